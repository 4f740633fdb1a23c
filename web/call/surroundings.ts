import type { Store } from "../state/store.ts";
import type { CallSession } from "./call_session.ts";

/** What is told of the machine and its network. */
export interface SurroundingsParts {
  readonly store: Store;
  readonly session: Pick<
    CallSession,
    "checkConnection" | "handleNetworkChanged"
  >;
}

/**
 * Watches for what nobody tells a connection: that the network is gone, or is
 * another one, and that the page has slept.
 */
export function watchSurroundings({ store, session }: SurroundingsParts): void {
  const tell = (online: boolean) =>
    store.dispatch({ kind: "network-changed", online });
  // Not at the start: a browser may be wrong, as long as the page came from near.
  addEventListener("offline", () => tell(false));
  addEventListener("online", () => {
    tell(true);
    session.handleNetworkChanged();
  });
  // Of a page that was frozen, and of one that was only in the background.
  document.addEventListener("resume", () => session.checkConnection());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) session.checkConnection();
  });
}

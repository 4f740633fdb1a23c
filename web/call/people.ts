import type { ServerConnection } from "../client/server_connection.ts";
import type { User } from "../client/types.ts";
import type { Person } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";
import { ifStillJoined } from "./receiving.ts";

/** Keeps the store's people as the connection knows them. */
export function receivePeople(
  connection: ServerConnection,
  store: Store,
): void {
  connection.onuser = (id) => {
    const user = connection.users[id];
    if (user !== undefined) {
      store.dispatch({ kind: "person-put", person: toPerson(id, user) });
    } else {
      ifStillJoined(
        connection,
        () => store.dispatch({ kind: "person-gone", id }),
      );
    }
  };
}

function toPerson(id: string, user: User): Person {
  const { username, permissions, data } = user;
  return {
    id,
    username,
    permissions,
    muted: data.muted === true,
    handSinceMs: handSince(data),
  };
}

/**
 * Since when a hand is up. Galène's clients say only that it is: then nobody
 * knows since when, and it comes before those of whom one does.
 */
function handSince({ raisehand, raisedAt }: User["data"]): number | undefined {
  if (!raisehand) return undefined;
  return typeof raisedAt === "number" && Number.isFinite(raisedAt)
    ? raisedAt
    : 0;
}

import type { ComponentType, JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { STRINGS } from "../strings.ts";
import { MessageScreen } from "./message_screen.tsx";

/** What came of fetching the part of the page that only a call needs. */
type Fetched =
  | { readonly kind: "waiting" }
  | { readonly kind: "here"; readonly View: ComponentType }
  | { readonly kind: "failed" };

/**
 * Fetches what only a call needs, so that it is there when one has joined;
 * whoever only looks at the form does not wait for it.
 *
 * @throws {TypeError} if the server cannot be reached, or has it no longer
 */
export async function fetchCallScreen(): Promise<ComponentType> {
  return (await import("./call_screen.tsx")).CallScreen;
}

/** The call, as soon as it is fetched. */
export function LazyCallScreen(): JSX.Element | null {
  const fetched = useSignal<Fetched>({ kind: "waiting" });
  // Before the browser draws: most often it was fetched long ago.
  useLayoutEffect(() => {
    fetchCallScreen().then(
      (View) => fetched.value = { kind: "here", View },
      () => fetched.value = { kind: "failed" },
    );
  }, []);
  const now = fetched.value;
  switch (now.kind) {
    case "waiting":
      return null;
    case "here":
      return <now.View />;
    case "failed":
      return <Outdated />;
  }
}

/** The server has been renewed since the page was opened, or is out of reach. */
function Outdated(): JSX.Element {
  const words = STRINGS.outdated;
  return (
    <MessageScreen title={words.title} text={words.advice}>
      <button
        type="button"
        class="button button-primary button-large"
        onClick={() => location.reload()}
      >
        {words.reload}
      </button>
    </MessageScreen>
  );
}

import type { JSX } from "preact";
import type { Departure } from "../state/session_state.ts";
import { HOME_ADDRESS } from "../pages/base_path.ts";
import { STRINGS } from "../strings.ts";
import { MessageScreen } from "./message_screen.tsx";
import { usePage } from "./page.ts";

/** After the call: why it is over, and the ways on. */
export function LeftScreen(
  { departure }: { readonly departure: Departure },
): JSX.Element {
  const { store } = usePage();
  const words = STRINGS.left;
  return (
    <MessageScreen title={titleOf(departure)} text={textOf(departure)}>
      <button
        type="button"
        class="button button-primary button-large"
        data-testid="rejoin"
        onClick={() => store.dispatch({ kind: "join-again" })}
      >
        {words.rejoin}
      </button>
      <a class="button button-large" href={HOME_ADDRESS}>{words.home}</a>
    </MessageScreen>
  );
}

function titleOf(departure: Departure): string {
  const words = STRINGS.left;
  switch (departure.kind) {
    case "own-wish":
      return words.ownWish;
    case "removed":
      return words.removed({ by: departure.by });
    case "ended":
      return words.ended;
  }
}

function textOf(departure: Departure): string {
  return departure.kind === "own-wish"
    ? STRINGS.left.ownWishHint
    : departure.message;
}

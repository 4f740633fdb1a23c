import type { Environment } from "../client/environment.ts";
import type { Caption, Reaction } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";

/** Lower is missed; higher covers the page with old signs. */
const REACTION_MS = 4_000;
/** As long as Galène's clients show a line. */
const CAPTION_MS = 3_000;

/** Shows for a moment what is only of the moment: signs and captions. */
export class Passing {
  readonly #store: Store;
  readonly #setTimer: Environment["setTimer"];
  #lastKey = 0;

  /** What it shows appears in the store's state. */
  constructor(store: Store, setTimer: Environment["setTimer"]) {
    this.#store = store;
    this.#setTimer = setTimer;
  }

  /** Shows a sign that somebody gives. */
  showReaction(given: Omit<Reaction, "key">): void {
    const key = this.#lastKey += 1;
    const reaction = { ...given, key };
    this.#store.dispatch({ kind: "reaction-shown", reaction });
    this.#setTimer(
      () => this.#store.dispatch({ kind: "reaction-gone", key }),
      REACTION_MS,
    );
  }

  /** Shows a line of what somebody says. */
  showCaption(given: Omit<Caption, "key">): void {
    const key = this.#lastKey += 1;
    const caption = { ...given, key };
    this.#store.dispatch({ kind: "caption-shown", caption });
    this.#setTimer(
      () => this.#store.dispatch({ kind: "caption-gone", key }),
      CAPTION_MS,
    );
  }
}

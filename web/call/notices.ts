import type { Environment } from "../client/environment.ts";
import type { Toast } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";

/** Longer than this, a notice is in the way; shorter, and it cannot be read. */
const SHOWN_MS = 6_000;

/** Shows short notices for a while. */
export class Notices {
  readonly #store: Store;
  readonly #setTimer: Environment["setTimer"];
  #lastKey = 0;

  /** The notices appear in the store's state. */
  constructor(store: Store, setTimer: Environment["setTimer"]) {
    this.#store = store;
    this.#setTimer = setTimer;
  }

  /** Shows a notice. Errors stay until they are dismissed. */
  show(tone: Toast["tone"], text: string): void {
    const key = this.#lastKey += 1;
    this.#store.dispatch({ kind: "toast-shown", toast: { key, tone, text } });
    if (tone === "error") return;
    this.#setTimer(() => this.dismiss(key), SHOWN_MS);
  }

  /** Takes a notice away that is not true any more. */
  withdraw(text: string): void {
    for (const toast of this.#store.state.peek().toasts) {
      if (toast.text === text) this.dismiss(toast.key);
    }
  }

  /** Takes a notice away. */
  dismiss(key: number): void {
    this.#store.dispatch({ kind: "toast-dismissed", key });
  }
}

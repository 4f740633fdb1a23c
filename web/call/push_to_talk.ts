import type { Preferences } from "../media/preferences.ts";
import type { Store } from "../state/store.ts";
import type { Publishing } from "./publishing.ts";

/**
 * Lets one speak while a key is held. With push to talk switched off, holding
 * the key while muted does the same: it is what people try.
 */
export class PushToTalk {
  readonly #publishing: Publishing;
  readonly #store: Store;
  #held = false;

  /** Does nothing before {@linkcode press}. */
  constructor(publishing: Publishing, store: Store) {
    this.#publishing = publishing;
    this.#store = store;
  }

  /** The key goes down. */
  press(): void {
    const { own, me } = this.#store.state.peek();
    if (own.microphone || !me.permissions.includes("present")) return;
    this.#held = true;
    void this.#publishing.setMicrophone(true);
  }

  /** The key goes up, or the page has lost the keyboard. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    void this.#publishing.setMicrophone(false);
  }

  /** Whoever has chosen push to talk begins muted. */
  handleJoined({ pushToTalk }: Preferences): void {
    if (!pushToTalk) return;
    const { microphone } = this.#store.state.peek().own;
    if (microphone) void this.#publishing.setMicrophone(false);
  }
}

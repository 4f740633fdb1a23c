import { type ReadonlySignal, signal } from "@preact/signals";

/** What can be asked to play again. */
export interface Playable {
  play(): void;
}

/**
 * All that plays on the page, and whether the browser keeps it from sounding
 * until the user has clicked somewhere.
 */
export class Playback {
  readonly #playing = new Set<Playable>();
  readonly #blocked = signal(false);

  /** Whether there is something to hear that the browser does not let sound. */
  get blocked(): ReadonlySignal<boolean> {
    return this.#blocked;
  }

  /** From now on it is played again with all others. */
  add(playable: Playable): void {
    this.#playing.add(playable);
  }

  /** It is gone. */
  remove(playable: Playable): void {
    this.#playing.delete(playable);
  }

  /** The browser has refused to play something. */
  handleBlocked(): void {
    this.#blocked.value = true;
  }

  /** Plays everything: call this in the handler of a click. */
  playAll(): void {
    this.#blocked.value = false;
    for (const playable of this.#playing) playable.play();
  }
}

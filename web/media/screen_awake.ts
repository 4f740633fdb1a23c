/**
 * Keeps the screen awake, and with it a phone that would fall asleep while one
 * only listens. Browsers take it back when the page is hidden; then it is asked
 * for again as soon as the page is seen.
 */
export class ScreenAwake {
  #wanted = false;
  #held: WakeLockSentinel | undefined;

  /** Holds nothing before {@linkcode set}. */
  constructor() {
    document.addEventListener("visibilitychange", () => void this.#follow());
  }

  /** Keeps the screen awake from now on, or lets it sleep. */
  set(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    void this.#follow();
  }

  async #follow(): Promise<void> {
    if (!this.#wanted) {
      const held = this.#held;
      this.#held = undefined;
      return await held?.release();
    }
    if (document.hidden || !("wakeLock" in navigator)) return;
    if (this.#held?.released === false) return;
    try {
      const held = await navigator.wakeLock.request("screen");
      if (this.#wanted) this.#held = held;
      else await held.release();
    } catch {
      // As with an empty battery: then the screen sleeps when it would.
    }
  }
}

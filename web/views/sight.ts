/** Higher fetches pictures before they are scrolled to; lower saves more. */
const MARGIN = "200px";

/**
 * Which tiles of a grid can be seen, or nearly: one observer for all of them,
 * so that fifty that are scrolled cost one call of one function.
 */
export class Sight {
  readonly #watched = new Map<Element, (visible: boolean) => void>();
  #observer: IntersectionObserver | undefined;

  /**
   * Tells whether a tile can be seen, now and when that changes.
   *
   * @returns ends it
   */
  watch(tile: Element, tell: (visible: boolean) => void): () => void {
    this.#observer ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          this.#watched.get(target)?.(isIntersecting);
        }
      },
      { root: tile.closest(".grid"), rootMargin: MARGIN },
    );
    this.#watched.set(tile, tell);
    this.#observer.observe(tile);
    return () => {
      this.#watched.delete(tile);
      this.#observer?.unobserve(tile);
    };
  }

  /** Ends it for all tiles. */
  close(): void {
    this.#observer?.disconnect();
    this.#watched.clear();
  }
}

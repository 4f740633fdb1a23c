/** Groups over which the trend is found. Lower is quicker; higher, surer. */
const WINDOW = 20;

/** Of the accumulated delay's smoothing; higher is smoother and later. */
const SMOOTHING = 0.9;

/** Makes the slope of a line comparable to the threshold. */
const GAIN = 4;

/** The slope counts for more with more groups, up to so many. */
const MAX_GROUPS = 60;

/** Of the threshold, at first and its bounds (draft-ietf-rmcat-gcc-02 §5.4). */
const INITIAL_THRESHOLD = 12.5;
const MIN_THRESHOLD = 6;
const MAX_THRESHOLD = 600;

/**
 * How fast the threshold follows the trend, per millisecond. Upwards slower
 * than downwards, so that flows that fill queues do not starve this one.
 */
const UP_PER_MS = 0.0087;
const DOWN_PER_MS = 0.039;

/** A trend that is so far above is an exception, not to be followed. */
const MAX_EXCESS = 15;

/** How long the trend has to be above the threshold, in milliseconds. */
const OVERUSE_MS = 10;

/** What the path's queue does: drains, stays, or grows. */
export type Usage = "under" | "normal" | "over";

/**
 * Whether the queue of a path grows, by the trend of the delay: the slope of a
 * line through the last groups, against a threshold that adapts
 * (draft-ietf-rmcat-gcc-02 §5.4; the line in place of the draft's filter).
 */
export class OveruseDetector {
  usage: Usage = "normal";

  // Rings of the last groups: time of arrival and smoothed delay.
  readonly #times = new Float64Array(WINDOW);
  readonly #delays = new Float64Array(WINDOW);
  #count = 0;
  #accumulated = 0;
  #smoothed = 0;
  #now = 0;
  #trend = 0;
  #threshold = INITIAL_THRESHOLD;
  #overMs = 0;
  #overGroups = 0;

  /** The slope, made comparable to {@linkcode threshold}. */
  get trend(): number {
    return this.#trend;
  }

  /** What the trend is held against. */
  get threshold(): number {
    return this.#threshold;
  }

  /** Notes a group; see `PacketGroups`. */
  update(variationMs: number, arrivalDeltaMs: number): void {
    this.#now += arrivalDeltaMs;
    this.#accumulated += variationMs;
    this.#smoothed = SMOOTHING * this.#smoothed +
      (1 - SMOOTHING) * this.#accumulated;
    const slot = this.#count++ % WINDOW;
    this.#times[slot] = this.#now;
    this.#delays[slot] = this.#smoothed;
    const before = this.#trend;
    if (this.#count >= WINDOW) {
      this.#trend = this.#slope() * Math.min(this.#count, MAX_GROUPS) * GAIN;
    }
    this.#judge(before, arrivalDeltaMs);
    this.#adapt(arrivalDeltaMs);
  }

  /** Forgets the delays; the threshold stays. */
  clear(): void {
    this.#count = 0;
    this.#accumulated = 0;
    this.#smoothed = 0;
    this.#trend = 0;
    this.#overMs = 0;
    this.#overGroups = 0;
    this.usage = "normal";
  }

  #judge(before: number, elapsedMs: number): void {
    if (this.#trend > this.#threshold) {
      // Half of the first interval, as it is not known when it began.
      this.#overMs += this.#overGroups === 0 ? elapsedMs / 2 : elapsedMs;
      this.#overGroups++;
      const lasting = this.#overMs > OVERUSE_MS && this.#overGroups > 1;
      if (lasting && this.#trend >= before) this.usage = "over";
      return;
    }
    this.#overMs = 0;
    this.#overGroups = 0;
    this.usage = this.#trend < -this.#threshold ? "under" : "normal";
  }

  #adapt(elapsedMs: number): void {
    const size = Math.abs(this.#trend);
    if (size > this.#threshold + MAX_EXCESS) return;
    const rate = size < this.#threshold ? DOWN_PER_MS : UP_PER_MS;
    const step = rate * (size - this.#threshold) *
      Math.min(Math.max(elapsedMs, 0), 100);
    this.#threshold = Math.min(
      Math.max(this.#threshold + step, MIN_THRESHOLD),
      MAX_THRESHOLD,
    );
  }

  /** Of the line with the least squares. */
  #slope(): number {
    let time = 0;
    let delay = 0;
    for (let i = 0; i < WINDOW; i++) {
      time += this.#times[i]!;
      delay += this.#delays[i]!;
    }
    time /= WINDOW;
    delay /= WINDOW;
    let above = 0;
    let below = 0;
    for (let i = 0; i < WINDOW; i++) {
      const distance = this.#times[i]! - time;
      above += distance * (this.#delays[i]! - delay);
      below += distance * distance;
    }
    return below === 0 ? 0 : above / below;
  }
}

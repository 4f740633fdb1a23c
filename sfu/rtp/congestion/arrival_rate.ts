const BUCKETS = 10;

/** Lower takes one picture for the rate; higher, what was before a burst. */
const RECENT_BUCKETS = 4;

/**
 * Of one bucket, in milliseconds; ten of them are measured over. Lower is quicker;
 * higher is steadier where pictures come in bursts.
 */
const BUCKET_MS = 50;

/**
 * How much of what is sent arrives, by times of the receiver's clock. The bucket
 * that is being filled does not count, or the rate would saw.
 */
export class ArrivalRate {
  readonly #bytes = new Float64Array(BUCKETS + 1);
  #first = -1;
  #bucket = -1;

  /** Notes a packet that arrived. */
  add(sizeBytes: number, arrivalMs: number): void {
    const bucket = Math.floor(arrivalMs / BUCKET_MS);
    if (this.#first < 0) this.#first = this.#bucket = bucket;
    for (let i = this.#bucket + 1; i <= bucket; i++) {
      if (i - this.#bucket > BUCKETS + 1) break;
      this.#bytes[i % (BUCKETS + 1)] = 0;
    }
    if (bucket < this.#bucket - BUCKETS) return;
    if (bucket - this.#bucket > BUCKETS) this.#bytes.fill(0);
    this.#bucket = Math.max(this.#bucket, bucket);
    const slot = bucket % (BUCKETS + 1);
    this.#bytes[slot] = this.#bytes[slot]! + sizeBytes;
  }

  /** Whether it has been measured for long enough to rely on. */
  get settled(): boolean {
    return this.#bucket - this.#first >= BUCKETS;
  }

  /** In bit/s; as far as it can be said, if it is not {@linkcode settled}. */
  get bitrateBps(): number {
    return this.#over(BUCKETS);
  }

  /** The same of the last part of that time. */
  get recentBps(): number {
    return this.#over(RECENT_BUCKETS);
  }

  #over(most: number): number {
    const buckets = Math.min(this.#bucket - this.#first, most);
    if (buckets === 0) return 0;
    let sum = 0;
    for (let i = 1; i <= buckets; i++) {
      sum += this.#bytes[(this.#bucket - i) % (BUCKETS + 1)]!;
    }
    return sum * 8 * 1_000 / (buckets * BUCKET_MS);
  }
}

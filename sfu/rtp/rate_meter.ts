import type { Instant } from "../../lib/time.ts";

const BUCKETS = 10;
const BUCKET_MS = 100;
const RECENT_BUCKETS = 3;

/** Counts what flows over the last second, in ten steps. */
export class RateMeter {
  readonly #bytes = new Float64Array(BUCKETS);
  readonly #packets = new Float64Array(BUCKETS);
  /** Since time began, of the newest bucket. */
  #bucket = 0;

  /** Counts a packet. */
  add(sizeBytes: number, now: Instant): void {
    this.#advance(now);
    const index = this.#bucket % BUCKETS;
    this.#bytes[index] = this.#bytes[index]! + sizeBytes;
    this.#packets[index] = this.#packets[index]! + 1;
  }

  /** In the last second, in bytes. */
  bytesPerSecond(now: Instant): number {
    this.#advance(now);
    return sum(this.#bytes);
  }

  /** The same of the last quarter of a second or so: sooner, but less steady. */
  recentBytesPerSecond(now: Instant): number {
    this.#advance(now);
    let bytes = 0;
    for (let age = 0; age < RECENT_BUCKETS; age++) {
      bytes += this.#bytes[(this.#bucket - age + BUCKETS) % BUCKETS]!;
    }
    const elapsedMs = (RECENT_BUCKETS - 1) * BUCKET_MS + now % BUCKET_MS;
    return bytes * 1_000 / elapsedMs;
  }

  /** In the last second. */
  packetsPerSecond(now: Instant): number {
    this.#advance(now);
    return sum(this.#packets);
  }

  #advance(now: Instant): void {
    const bucket = Math.max(this.#bucket, Math.floor(now / BUCKET_MS));
    const stale = Math.min(bucket - this.#bucket, BUCKETS);
    for (let i = 0; i < stale; i++) {
      const index = (bucket - i) % BUCKETS;
      this.#bytes[index] = 0;
      this.#packets[index] = 0;
    }
    this.#bucket = bucket;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

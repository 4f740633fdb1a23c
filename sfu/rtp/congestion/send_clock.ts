import { type Instant, instantAt } from "../../../lib/time.ts";

/** How many flushes are remembered; a power of two. Some seconds of a busy port. */
const REMEMBERED = 8_192;

/**
 * When packets really left: they are written while a batch is forwarded, and
 * handed to the system when that is over, which may be tens of milliseconds
 * later. Who writes a packet notes which flush is to come; when it came is told
 * when somebody asks, so that nothing has to be done per packet.
 */
export class SendClock {
  readonly #times = new Float64Array(REMEMBERED);
  #next = 1;

  /** Names the flush with which what is written now will leave; from 1. */
  get next(): number {
    return this.#next;
  }

  /** A flush is over, which began at `from`. */
  flushed(from: Instant, to: Instant): void {
    this.#times[this.#next & (REMEMBERED - 1)] = (from + to) / 2;
    this.#next++;
  }

  /**
   * When that flush was.
   *
   * @param writtenAt what to say if it has not been, or is too long ago
   */
  timeOf(flush: number, writtenAt: Instant): Instant {
    const age = this.#next - flush;
    if (age < 1 || age > REMEMBERED) return writtenAt;
    return instantAt(this.#times[flush & (REMEMBERED - 1)]!);
  }
}

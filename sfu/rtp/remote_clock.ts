import { after, type Instant, instantAt } from "../../lib/time.ts";
import { ntpToWallTime } from "./ntp.ts";

/** A step of the remote clock, rather than a slow packet, in milliseconds. */
const STEP_MS = 1_000;

/**
 * How fast the estimate may rise, per millisecond, so that it follows a remote
 * clock that runs slow. Quartz is better than this.
 */
const DRIFT = 1e-4;

/**
 * How fast the estimate may fall, per millisecond, when a faster report shows
 * that it was too late. Higher is right sooner; lower keeps reports together
 * that viewers got at different times: one track's may be lost, and the other's
 * must not part lips from sound by more than a few milliseconds.
 */
const CORRECTION = 5e-3;

/** A sender report older than this no longer tells the time (B-52). */
const MAX_REPORT_AGE_MS = 3_600_000;

/**
 * How a publisher's wall clock stands to ours, learnt from its sender reports.
 * One for all tracks of a publisher: whatever error is in it delays them alike,
 * and so does not part lips from sound.
 */
export class RemoteClock {
  /** Our instant minus the remote time, by the fastest report; or undefined. */
  #offsetMs: number | undefined;
  #observedAt = 0;

  /** Notes that the remote clock stood at `remoteMs` when a report was sent. */
  observe(remoteMs: number, arrival: Instant): void {
    const sample = arrival - remoteMs;
    const offset = this.#offsetMs;
    if (offset === undefined || Math.abs(sample - offset) > STEP_MS) {
      this.#offsetMs = sample;
    } else {
      const elapsed = arrival - this.#observedAt;
      const lowest = offset - elapsed * CORRECTION;
      const highest = offset + elapsed * DRIFT;
      this.#offsetMs = Math.max(lowest, Math.min(highest, sample));
    }
    this.#observedAt = arrival;
  }

  /** Our time for one of the remote clock; `undefined` before any report. */
  toInstant(remoteMs: number): Instant | undefined {
    return this.#offsetMs === undefined
      ? undefined
      : after(instantAt(remoteMs), this.#offsetMs);
  }
}

/**
 * Which RTP timestamp a publisher's track has at a given moment, by its latest
 * sender report (RFC 3550 §6.4.1).
 */
export class SourceClock {
  readonly #clockRate: number;
  readonly #remote: RemoteClock;
  #rtpTimestamp = 0;
  #remoteMs = 0;
  #hasRemoteTime = false;
  #arrival: Instant | undefined;

  /**
   * The clock of one track.
   *
   * @param clockRate of the codec, in Hz
   * @param remote the publisher's, shared by its tracks
   */
  constructor(clockRate: number, remote: RemoteClock) {
    this.#clockRate = clockRate;
    this.#remote = remote;
  }

  /** Whether a sender report has come: without one, we must not send any. */
  get known(): boolean {
    return this.#arrival !== undefined;
  }

  /** Notes a sender report. */
  senderReport(
    ntpHigh: number,
    ntpLow: number,
    rtpTimestamp: number,
    now: Instant,
  ): void {
    this.#rtpTimestamp = rtpTimestamp;
    this.#arrival = now;
    // A sender without a wall clock says 0.
    this.#hasRemoteTime = ntpHigh !== 0 || ntpLow !== 0;
    if (!this.#hasRemoteTime) return;
    this.#remoteMs = ntpToWallTime(ntpHigh, ntpLow);
    this.#remote.observe(this.#remoteMs, now);
  }

  /**
   * The track's timestamp at `now`, in the publisher's numbers; `undefined`
   * without a report of the last hour (B-52).
   */
  timestampAt(now: Instant): number | undefined {
    const arrival = this.#arrival;
    if (arrival === undefined || now - arrival > MAX_REPORT_AGE_MS) {
      return undefined;
    }
    const sentAt = this.#hasRemoteTime
      ? this.#remote.toInstant(this.#remoteMs) ?? arrival
      : arrival;
    const passed = Math.round((now - sentAt) * this.#clockRate / 1000);
    return (this.#rtpTimestamp + passed) >>> 0;
  }

  /** Forgets the report: the source is another one. */
  clear(): void {
    this.#arrival = undefined;
  }
}

import type { Instant } from "../../lib/time.ts";

/** The level of silence (RFC 6464 §3): so many decibels below the loudest sound. */
const SILENCE = 127;

/**
 * How loud it has to be to begin, and how quiet to end: decibels above silence.
 * Lower takes breath and fans for speech; higher misses soft voices. The distance
 * keeps a voice near the border from flickering.
 */
const BEGIN_LOUDNESS = 87;
const END_LOUDNESS = 77;

/**
 * For how long it has to be loud to begin, and quiet to end, in milliseconds.
 * Lower follows sooner; higher overlooks a cough, and breath between words.
 */
const BEGIN_MS = 100;
const END_MS = 600;

/**
 * Without a packet for so long nothing is said, in milliseconds: senders that
 * leave out silence (DTX) send one in 400.
 */
const ABSENCE_MS = 300;

/** Loudness is kept in so many parts of a decibel. */
const SCALE_BITS = 8;
/** By which part of the difference loudness follows: quick up, slow down. */
const RISE_BITS = 1;
const FALL_BITS = 3;

/** Reads the level of a packet's extension: 0 is the loudest, 127 silence. */
export function levelOf(extension: number): number {
  return extension & 0x7f;
}

/**
 * Decides whether somebody speaks, by the levels that packets of sound carry
 * (RFC 6464): smoothed, and with hysteresis in loudness and in time. The flag
 * that the extension has for speech is not used: browsers do not agree on it.
 */
export class VoiceActivity {
  #loudness = 0;
  #heardAt = -Infinity;
  /** Since when it has been as loud, or quiet, as the other state wants. */
  #contrarySince: Instant | undefined;
  #speaking = false;

  /** Whether somebody speaks, as of the last {@linkcode poll}. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /** Takes the level of a packet. The packet path. */
  receive(level: number, now: Instant): void {
    const loudness = (SILENCE - level) << SCALE_BITS;
    const bits = loudness > this.#loudness ? RISE_BITS : FALL_BITS;
    this.#loudness += (loudness - this.#loudness) >> bits;
    this.#heardAt = now;
  }

  /** Looks how it is now; true if somebody has begun or ended. */
  poll(now: Instant): boolean {
    if (now - this.#heardAt > ABSENCE_MS) this.#loudness = 0;
    const loudness = this.#loudness >> SCALE_BITS;
    const isContrary = this.#speaking
      ? loudness < END_LOUDNESS
      : loudness >= BEGIN_LOUDNESS;
    if (!isContrary) {
      this.#contrarySince = undefined;
      return false;
    }
    this.#contrarySince ??= now;
    const limit = this.#speaking ? END_MS : BEGIN_MS;
    if (now - this.#contrarySince < limit) return false;
    this.#speaking = !this.#speaking;
    this.#contrarySince = undefined;
    return true;
  }
}

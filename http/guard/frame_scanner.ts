/** What a client's next bytes are, to a {@linkcode FrameScanner}. */
export type FrameVerdict =
  | "fine"
  /** The message that they are part of is longer than it may be. */
  | "too-long";

/**
 * The most frames that one message may come in. Lower refuses programs that
 * send small pieces; higher lets somebody keep us busy with empty ones, which
 * never add up to a message that is too long.
 */
export const MAX_FRAGMENTS = 4_096;

/** The longest head of a frame: 2 bytes, length in 8, masking key (RFC 6455 §5.2). */
const MAX_HEAD_BYTES = 14;

/**
 * Reads the heads of the WebSocket frames in a client's bytes, and adds up how
 * long the message becomes, before anybody takes memory for it. Everything else
 * that may be wrong with a frame is left to the server behind.
 *
 * Keeps nothing but a head that has come in part; allocates nothing.
 */
export class FrameScanner {
  readonly #maxMessageBytes: number;
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  #headLength = 0;
  /** What is still to come of the payload of the frame at hand. */
  #payloadLeft = 0;
  #messageBytes = 0;
  #fragments = 0;
  #isTooLong = false;

  /** Begins before the first frame. */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Takes the next bytes. Once it has said "too-long", it says so for ever. */
  take(bytes: Uint8Array): FrameVerdict {
    let at = 0;
    while (at < bytes.length && !this.#isTooLong) {
      if (this.#payloadLeft > 0) {
        const skipped = Math.min(this.#payloadLeft, bytes.length - at);
        this.#payloadLeft -= skipped;
        at += skipped;
        continue;
      }
      this.#head[this.#headLength++] = bytes[at++] ?? 0;
      if (this.#headLength === this.#headSize()) this.#endHead();
    }
    return this.#isTooLong ? "too-long" : "fine";
  }

  /** How long the head is, as far as one can tell from what has come of it. */
  #headSize(): number {
    if (this.#headLength < 2) return 2;
    const second = this.#head[1] ?? 0;
    const length = second & 0x7f;
    const extended = length === 126 ? 2 : length === 127 ? 8 : 0;
    return 2 + extended + (second & 0x80 ? 4 : 0);
  }

  #endHead(): void {
    const [first = 0] = this.#head;
    const length = this.#payloadLength();
    this.#headLength = 0;
    this.#payloadLeft = length;
    // Control frames may come between the fragments of a message. Those longer
    // than they may be (§5.5) end the connection as soon as their head is seen
    // by the server behind.
    if (first & 0x08) return;
    this.#messageBytes += length;
    this.#fragments += 1;
    this.#isTooLong = this.#messageBytes > this.#maxMessageBytes ||
      this.#fragments > MAX_FRAGMENTS;
    const isLast = (first & 0x80) !== 0;
    if (isLast) {
      this.#messageBytes = 0;
      this.#fragments = 0;
    }
  }

  #payloadLength(): number {
    const short = (this.#head[1] ?? 0) & 0x7f;
    if (short < 126) return short;
    let length = 0;
    for (let at = 2; at < (short === 126 ? 4 : 10); at += 1) {
      length = length * 256 + (this.#head[at] ?? 0);
    }
    return length;
  }
}

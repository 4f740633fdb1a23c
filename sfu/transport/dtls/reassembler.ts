import type { HandshakeFragment, HandshakeMessage } from "./records.ts";

/**
 * The longest handshake message taken, in bytes. The longest that browsers send
 * is a ClientHello with post-quantum key shares, below 2,000.
 */
const MAX_MESSAGE_BYTES = 8_192;

/** How many messages ahead of the next are kept: a whole flight of a client. */
const MAX_AHEAD = 4;

/** A message of which parts are there. */
interface Partial {
  readonly type: number;
  readonly body: Uint8Array;
  /** One per byte of the body: whether it has come. */
  readonly have: Uint8Array;
  missing: number;
}

/**
 * Puts handshake messages together from fragments that come in any order,
 * twice, or overlapping, and gives them out in order (RFC 6347 §4.2.3). What it
 * holds is bounded.
 */
export class Reassembler {
  #next = 0;
  readonly #partials = new Map<number, Partial>();

  /** The sequence number of the message that is to come next. */
  get next(): number {
    return this.#next;
  }

  /** Takes a fragment; false if it is of no use. */
  add(fragment: HandshakeFragment): boolean {
    const { type, sequence, length, offset, body } = fragment;
    if (sequence < this.#next || sequence > this.#next + MAX_AHEAD) {
      return false;
    }
    if (length > MAX_MESSAGE_BYTES) return false;
    const known = this.#partials.get(sequence);
    // The latest word counts, so that a forged fragment does not stand in the
    // way of the client's next try.
    const partial = known?.type === type && known.body.length === length
      ? known
      : emptyPartial(type, length);
    this.#partials.set(sequence, partial);
    for (let i = 0; i < body.length; i++) {
      if (partial.have[offset + i] !== 0) continue;
      partial.have[offset + i] = 1;
      partial.body[offset + i] = body[i]!;
      partial.missing--;
    }
    return true;
  }

  /** The next message, if it is whole. The same until it is taken or dropped. */
  peek(): HandshakeMessage | undefined {
    const partial = this.#partials.get(this.#next);
    if (partial === undefined || partial.missing > 0) return undefined;
    const { type, body } = partial;
    return { type, sequence: this.#next, body };
  }

  /** The next message is done with: the one after it is next. */
  take(): void {
    this.#partials.delete(this.#next++);
  }

  /** The next message is not what it should be: waits for another in its place. */
  drop(): void {
    this.#partials.delete(this.#next);
  }
}

function emptyPartial(type: number, length: number): Partial {
  const body = new Uint8Array(length);
  return { type, body, have: new Uint8Array(length), missing: length };
}

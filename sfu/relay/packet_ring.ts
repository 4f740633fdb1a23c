/**
 * Packets on their way from one thread to another, in memory that both see.
 *
 * A ring of records, for one writer and one reader. A record is its length, the
 * publisher's key and what it is, 12 bytes, and then the packet; a length of
 * {@linkcode SKIP} says that the rest of the memory is left out. Places are
 * counted on and on, modulo 2³², and the memory's size is a power of two.
 *
 * @module
 */
import type { PublisherKey } from "../../protocol/media_plane.ts";

/** What a record is. */
export const RelayedKind = { rtp: 0, rtcp: 1, source: 2 } as const;

/** {@linkcode RelayedKind}, as a number. */
export type RelayedKind = typeof RelayedKind[keyof typeof RelayedKind];

/**
 * How much of packets a ring holds, in bytes. Lower saves memory; higher bridges
 * longer pauses of the reader: this much is 100 ms of 300 Mbit/s.
 */
const RING_BYTES = 1 << 22;

/** The longest packet; no datagram that comes is longer. */
const MAX_PACKET_BYTES = 2_048;

const HEADER_BYTES = 12;
const SKIP = 0xffff_ffff;

/** Where the counters are, before the records. */
const WRITTEN = 0;
const READ = 1;
const COUNTER_BYTES = 8;

/** Makes the memory of a ring, to be given to a writer and a reader. */
export function createRingMemory(
  bytes: number = RING_BYTES,
): SharedArrayBuffer {
  return new SharedArrayBuffer(COUNTER_BYTES + bytes);
}

/** The two sides' view of a ring's memory. */
interface RingViews {
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  /** Of a place, within the memory. */
  readonly mask: number;
}

function viewsOf(memory: SharedArrayBuffer): RingViews {
  const size = memory.byteLength - COUNTER_BYTES;
  return {
    counters: new Int32Array(memory, 0, 2),
    words: new Uint32Array(memory, COUNTER_BYTES),
    bytes: new Uint8Array(memory, COUNTER_BYTES),
    mask: size - 1,
  };
}

/** Writes packets for another thread. The packet path: nothing is allocated. */
export class RingWriter {
  readonly #views: RingViews;
  #written: number;
  /** How many packets found no room, since the reader has fallen behind. */
  dropped = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#views = viewsOf(memory);
    this.#written = Atomics.load(this.#views.counters, WRITTEN);
  }

  /** Copies a packet in. The reader sees it after {@linkcode flush}. */
  write(
    publisher: PublisherKey,
    kind: RelayedKind,
    packet: Uint8Array,
    offset: number,
    sizeBytes: number,
  ): void {
    const { counters, words, bytes, mask } = this.#views;
    const needed = HEADER_BYTES + (sizeBytes + 3 & ~3);
    let at = this.#written & mask;
    const rest = mask + 1 - at;
    const skipped = rest < needed ? rest : 0;
    const used = this.#written - Atomics.load(counters, READ) | 0;
    if (sizeBytes > MAX_PACKET_BYTES || used + skipped + needed > mask + 1) {
      this.dropped++;
      return;
    }
    if (skipped > 0) {
      words[at >>> 2] = SKIP;
      at = 0;
    }
    words[at >>> 2] = sizeBytes;
    words[(at >>> 2) + 1] = publisher;
    words[(at >>> 2) + 2] = kind;
    const to = at + HEADER_BYTES;
    for (let i = 0; i < sizeBytes; i++) bytes[to + i] = packet[offset + i]!;
    this.#written = this.#written + skipped + needed | 0;
  }

  /** Shows the reader what has been written, and wakes it. */
  flush(): void {
    const { counters } = this.#views;
    if (Atomics.load(counters, WRITTEN) === this.#written) return;
    Atomics.store(counters, WRITTEN, this.#written);
    Atomics.notify(counters, WRITTEN);
  }
}

/** Gets each packet of a ring; it is valid during the call only. */
export type RelayedPacketHandler = (
  publisher: PublisherKey,
  kind: RelayedKind,
  packet: Uint8Array,
  sizeBytes: number,
) => void;

/** Reads the packets that another thread has written. */
export class RingReader {
  readonly #views: RingViews;
  /** What others may go on writing to is not what is parsed. */
  readonly #packet = new Uint8Array(MAX_PACKET_BYTES);
  #read: number;

  constructor(memory: SharedArrayBuffer) {
    this.#views = viewsOf(memory);
    this.#read = Atomics.load(this.#views.counters, READ);
  }

  /** Gives all packets that there are, in order. */
  drain(handle: RelayedPacketHandler): void {
    const { counters, words, bytes, mask } = this.#views;
    const written = Atomics.load(counters, WRITTEN);
    while (this.#read !== written) {
      const at = this.#read & mask;
      const sizeBytes = words[at >>> 2]!;
      if (sizeBytes === SKIP) {
        this.#read = this.#read + (mask + 1 - at) | 0;
        continue;
      }
      const publisher = words[(at >>> 2) + 1] as PublisherKey;
      const kind = words[(at >>> 2) + 2] as RelayedKind;
      const from = at + HEADER_BYTES;
      for (let i = 0; i < sizeBytes; i++) this.#packet[i] = bytes[from + i]!;
      this.#read = this.#read + HEADER_BYTES + (sizeBytes + 3 & ~3) | 0;
      Atomics.store(counters, READ, this.#read);
      handle(publisher, kind, this.#packet, sizeBytes);
    }
    Atomics.store(counters, READ, this.#read);
  }

  /** Waits until there is something to read. */
  async ready(): Promise<void> {
    const waiting = Atomics.waitAsync(
      this.#views.counters,
      WRITTEN,
      this.#read,
    );
    if (waiting.async) await waiting.value;
  }

  /** Ends the wait of {@linkcode ready}, though nothing may come any more. */
  wake(): void {
    Atomics.notify(this.#views.counters, WRITTEN);
  }
}

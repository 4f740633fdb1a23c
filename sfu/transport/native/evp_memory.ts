import type { Libc } from "./libc.ts";
import type { Libcrypto } from "./libcrypto.ts";
import { addressOf, NativeMemory } from "./native_memory.ts";

const SCRATCH_BYTES = 1_024;

/**
 * What all ciphers of one direction share: the library, memory for the arguments
 * of one packet, and where the buffers are that packets and payloads lie in. One
 * packet is done before the next begins, so that one of each is enough.
 */
export class EvpMemory {
  readonly libcrypto: Libcrypto;
  readonly scratch: NativeMemory;
  /** Where a packet's nonce is written: 16 bytes. */
  readonly nonce: Uint8Array;
  /** Other clear text or trailing bytes to be authenticated: 16 bytes. */
  readonly extra: Uint8Array;
  /** Where a whole HMAC is left, of which a tag is the first half: 20 bytes. */
  readonly digest: Uint8Array;
  readonly nonceAddress: bigint;
  readonly digestAddress: bigint;
  /** Where OpenSSL writes how much it has written; nobody reads it. */
  readonly sizeAddress: bigint;
  /** Addresses that change with each packet, by {@linkcode Cell}. */
  readonly cells: BigUint64Array<ArrayBuffer>;
  readonly #sizes: Uint32Array;
  /** Where packets are written to, or opened. */
  readonly packets: BufferAddress;
  /** Where payloads are that packets are made of. */
  readonly payloads: BufferAddress;

  constructor(libc: Libc, libcrypto: Libcrypto) {
    this.libcrypto = libcrypto;
    this.cells = new BigUint64Array(CELLS);
    this.packets = new BufferAddress(libc, this.cells);
    this.payloads = new BufferAddress(libc, this.cells);
    this.scratch = new NativeMemory(libc, SCRATCH_BYTES);
    const { bytes } = this.scratch;
    this.#sizes = new Uint32Array(this.cells.buffer);
    const [nonce, extra, digest, size] = [16, 16, 32, 16]
      .map((sizeBytes) => this.scratch.allocate(sizeBytes)) as [
        number,
        number,
        number,
        number,
      ];
    this.nonce = bytes.subarray(nonce, nonce + 16);
    this.extra = bytes.subarray(extra, extra + 16);
    this.digest = bytes.subarray(digest, digest + 20);
    this.nonceAddress = this.scratch.address(nonce);
    this.cells[Cell.extra] = this.scratch.address(extra);
    this.digestAddress = this.scratch.address(digest);
    this.sizeAddress = this.scratch.address(size);
  }

  /** Writes a size of less than 32 bits for the next calls. */
  setSize(sizeBytes: number): void {
    this.#sizes[2 * Cell.size] = sizeBytes;
  }
}

/**
 * What is written down for the calls of one packet. As an argument of 64 bits V8
 * takes a number only by way of an object, but what an array of 64-bit numbers
 * holds as it is.
 */
export const Cell = {
  /** All of the packet, or what is authenticated of it. */
  whole: 0,
  /** What is encrypted of it. */
  secret: 1,
  /** The tag that it ends with. */
  tag: 2,
  /** What its secret is made of. */
  source: 3,
  /** Trailing bytes that are authenticated. */
  trailer: 4,
  size: 5,
  /** Where {@linkcode EvpMemory.extra} is, always. */
  extra: 6,
} as const;
/** One of the values of {@linkcode Cell}. */
export type Cell = typeof Cell[keyof typeof Cell];
const CELLS = 7;

/** No pointer. */
export const NULL = 0n;

/**
 * Where one buffer is. Packets are mostly written to the same, so that its
 * address is kept, and the buffer with it.
 */
export class BufferAddress {
  readonly #libc: Libc;
  readonly #halves: Uint32Array;
  #buffer: ArrayBufferLike | undefined;
  #low = 0;
  #high = 0;
  #at = 0;

  constructor(libc: Libc, cells: BigUint64Array<ArrayBuffer>) {
    this.#libc = libc;
    this.#halves = new Uint32Array(cells.buffer);
  }

  /**
   * Takes `sizeBytes` of a view from an offset on for the next calls. Asking for
   * the buffer also makes a short view stay where it is. A detached buffer has no
   * bytes, and so is refused.
   *
   * @throws {RangeError} if the view is shorter
   */
  take(view: Uint8Array, offset: number, sizeBytes: number): void {
    const inside = offset >= 0 && sizeBytes >= 0 &&
      offset + sizeBytes <= view.length;
    if (!inside) refuse(view, offset, sizeBytes);
    if (view.buffer !== this.#buffer) this.#move(view.buffer);
    this.#at = view.byteOffset + offset;
  }

  /** Writes the address of what was taken, from an offset on, into a cell. */
  point(cell: Cell, offset: number): void {
    // No address goes from one function to another: as a number it is an object.
    const low = this.#low + this.#at + offset;
    this.#halves[2 * cell] = low;
    this.#halves[2 * cell + 1] = low < 0x1_0000_0000
      ? this.#high
      : this.#high + 1;
  }

  #move(buffer: ArrayBufferLike): void {
    const address = addressOf(this.#libc, buffer);
    this.#low = address % 0x1_0000_0000;
    this.#high = Math.floor(address / 0x1_0000_0000);
    this.#buffer = buffer;
  }
}

function refuse(view: Uint8Array, offset: number, sizeBytes: number): never {
  throw new RangeError(
    `Cannot use ${sizeBytes} bytes at ${offset} of ${view.length}`,
  );
}

/** Says that a call did what cannot fail with what it was given. */
export function expectOne(result: number, what: string): void {
  if (result !== 1) throw new Error(`OpenSSL failed: ${what}`);
}

/** Says that a context is not freed: with one that is, C would end the process. */
export function expectOpen(context: bigint): void {
  if (context === NULL) throw new Error("Cannot use a cipher: it is closed");
}

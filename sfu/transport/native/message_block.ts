import type { NativeMemory } from "./native_memory.ts";

/** `struct mmsghdr` on 64-bit Linux: where its members are. */
const MESSAGE_BYTES = 64;
const NAME = 0;
const NAME_BYTES = 8;
const VECTOR = 16;
const VECTOR_COUNT = 24;
const CONTROL = 32;
const CONTROL_BYTES = 40;
const TRANSFERRED = 56;

/** `struct iovec`. */
const VECTOR_BYTES = 16;

/**
 * An array of `struct mmsghdr` with their `iovec`s, for `recvmmsg` and
 * `sendmmsg`. Every pointer in it is to the same memory, which lives longer.
 */
export class MessageBlock {
  readonly #memory: NativeMemory;
  readonly #messages: number;
  readonly #vectors: number;
  readonly #addresses: BigUint64Array;

  /** How much memory so many messages and vectors allocate. */
  static memoryBytes(messages: number, vectors: number): number {
    return messages * MESSAGE_BYTES + vectors * VECTOR_BYTES;
  }

  constructor(memory: NativeMemory, messages: number, vectors: number) {
    this.#memory = memory;
    this.#messages = memory.allocate(messages * MESSAGE_BYTES);
    this.#vectors = memory.allocate(vectors * VECTOR_BYTES);
    this.#addresses = BigUint64Array.from(
      { length: messages },
      (_, message) => memory.address(this.#messages + message * MESSAGE_BYTES),
    );
  }

  /** The address of a message, for C. */
  address(message: number): bigint {
    return this.#addresses[message]!;
  }

  /** Where a message comes from or goes to. The system overwrites the size. */
  setName(message: number, offset: number, sizeBytes: number): void {
    const at = this.#messages + message * MESSAGE_BYTES;
    this.#memory.setPointer(at + NAME, offset);
    this.#memory.setU32(at + NAME_BYTES, sizeBytes);
  }

  /** The size of the name, as the system has written it. */
  nameBytes(message: number): number {
    const at = this.#messages + message * MESSAGE_BYTES;
    return this.#memory.u32(at + NAME_BYTES);
  }

  /** Which vectors say where a message's bytes are. */
  setVectors(message: number, first: number, count: number): void {
    const at = this.#messages + message * MESSAGE_BYTES;
    this.#memory.setPointer(at + VECTOR, this.#vectors + first * VECTOR_BYTES);
    this.#memory.setU64(at + VECTOR_COUNT, count);
  }

  /** The control data of a message; none if there are 0 bytes. */
  setControl(message: number, offset: number, sizeBytes: number): void {
    const at = this.#messages + message * MESSAGE_BYTES;
    if (sizeBytes === 0) this.#memory.setU64(at + CONTROL, 0);
    else this.#memory.setPointer(at + CONTROL, offset);
    this.#memory.setU64(at + CONTROL_BYTES, sizeBytes);
  }

  /** How many bytes of a message the system has taken or given. */
  transferred(message: number): number {
    const at = this.#messages + message * MESSAGE_BYTES;
    return this.#memory.u32(at + TRANSFERRED);
  }

  setVector(vector: number, offset: number, sizeBytes: number): void {
    const at = this.#vectors + vector * VECTOR_BYTES;
    this.#memory.setPointer(at, offset);
    this.#memory.setU64(at + 8, sizeBytes);
  }
}

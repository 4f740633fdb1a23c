import {
  decodeIpAddress,
  encodeIpAddress,
  toPlainAddress,
} from "../ip_address.ts";
import type { Endpoint } from "../ports.ts";
import { Linux } from "./libc.ts";
import type { NativeMemory } from "./native_memory.ts";

/**
 * The most endpoints that are remembered at a time; a hub keeps a few for each
 * peer. Memory is used only for those that there are.
 */
export const MAX_ENDPOINTS = 65_536;

/** Room for a `sockaddr_in6` (28 bytes) or `sockaddr_in` (16). */
const ADDRESS_BYTES = 32;
const ADDRESS_WORDS = ADDRESS_BYTES / 4;
const SIN6_BYTES = 28;
const SIN_BYTES = 16;

/** Twice as many places as endpoints, so that searches are short. */
const PLACES = 2 * MAX_ENDPOINTS;

/**
 * Numbers remote addresses, as `EndpointTable` does, but by the bytes that the
 * system gives: no text is made. An endpoint's number holds the number of its
 * slot, and how often that slot was used before: so it needs no table to be
 * found, and is never given twice.
 */
export class EndpointSlots {
  readonly #memory: NativeMemory;
  /** Where the addresses are that C reads, one for each slot. */
  readonly #addresses: number;
  /** Where an address is made up before it is looked for. */
  readonly #wanted: number;
  readonly #family: number;
  readonly #seed: number;
  /** By hash: a slot's number plus one, or 0. Searched from place to place. */
  readonly #places = new Int32Array(PLACES);
  readonly #hashes = new Uint32Array(MAX_ENDPOINTS);
  readonly #uses = new Float64Array(MAX_ENDPOINTS);
  readonly #known = new Uint8Array(MAX_ENDPOINTS);
  /** How many queued datagrams need the slot's address. */
  readonly #queued = new Uint32Array(MAX_ENDPOINTS);
  /** Slots to use again, the longest unused first, in a ring. */
  readonly #free = new Int32Array(MAX_ENDPOINTS);
  #freeFirst = 0;
  #freeCount = 0;
  /** How many slots were ever used. */
  #fresh = 0;
  #count = 0;

  /**
   * @param family of the socket: on one for IPv6, IPv4 wears IPv6 dress
   * @param seed a random number, so that nobody can choose addresses that meet
   */
  constructor(memory: NativeMemory, family: number, seed: number) {
    this.#memory = memory;
    this.#family = family;
    this.#seed = seed;
    this.#wanted = memory.allocate(ADDRESS_BYTES);
    this.#addresses = memory.allocate(MAX_ENDPOINTS * ADDRESS_BYTES);
  }

  /** How much memory an object of this class allocates. */
  static readonly memoryBytes = (MAX_ENDPOINTS + 1) * ADDRESS_BYTES;

  /** How many endpoints are known. */
  get count(): number {
    return this.#count;
  }

  /**
   * The endpoint of the address that the system wrote at an offset, or 0 if
   * there is no room for one more.
   */
  intern(offset: number): Endpoint | 0 {
    this.#copy(offset >>> 2);
    return this.#internWanted();
  }

  /**
   * The endpoint of an address in text.
   *
   * @throws {RangeError} if it is not an address, or there is no room
   */
  endpoint(host: string, port: number): Endpoint {
    const bytes = decodeIpAddress(toPlainAddress(host));
    if (bytes === undefined || !(port >= 0 && port <= 0xffff)) {
      throw new RangeError(`Cannot number ${host}, port ${port}: no address`);
    }
    this.#setWanted(bytes, port);
    const endpoint = this.#internWanted();
    if (endpoint === 0) throw new RangeError("Cannot number more endpoints");
    return endpoint;
  }

  /** The slot of an endpoint, or -1 if it is forgotten. */
  slotOf(endpoint: Endpoint): number {
    const slot = endpoint % MAX_ENDPOINTS;
    const uses = Math.floor(endpoint / MAX_ENDPOINTS);
    return this.#uses[slot] === uses && this.#known[slot] === 1 ? slot : -1;
  }

  /** How often a slot was used: tells its endpoints apart. Never 0 in use. */
  uses(slot: number): number {
    return this.#uses[slot]!;
  }

  /** Where the address of a slot lies, and for how long it does: see `hold`. */
  addressOffset(slot: number): number {
    return this.#addresses + slot * ADDRESS_BYTES;
  }

  /** The size of a slot's address, as the system wants it. */
  addressBytes(slot: number): number {
    const family = this.#memory.u32(this.addressOffset(slot)) & 0xffff;
    return family === Linux.AF_INET6 ? SIN6_BYTES : SIN_BYTES;
  }

  /**
   * The text of an endpoint.
   *
   * @throws {RangeError} if it is forgotten
   */
  address(endpoint: Endpoint): { host: string; port: number } {
    const slot = this.slotOf(endpoint);
    if (slot < 0) {
      throw new RangeError(`Cannot name endpoint ${endpoint}: it is forgotten`);
    }
    return readAddress(this.#memory.bytes, this.addressOffset(slot));
  }

  /** Keeps a slot's address for one more datagram, even if it is forgotten. */
  hold(slot: number): void {
    this.#queued[slot]!++;
  }

  /** That datagram is gone. */
  release(slot: number): void {
    this.#queued[slot]!--;
    if (this.#queued[slot] === 0 && this.#known[slot] === 0) this.#reuse(slot);
  }

  /** Forgets an endpoint, if it is known. */
  forget(endpoint: Endpoint): void {
    const slot = this.slotOf(endpoint);
    if (slot < 0) return;
    this.#remove(slot);
    this.#known[slot] = 0;
    this.#count--;
    if (this.#queued[slot] === 0) this.#reuse(slot);
  }

  /** Copies what makes an address out; the rest is 0, so that it compares. */
  #copy(from: number): void {
    const { words } = this.#memory;
    const to = this.#wanted >>> 2;
    const isIpv6 = (words[from]! & 0xffff) === Linux.AF_INET6;
    words[to] = words[from]!;
    words[to + 1] = isIpv6 ? 0 : words[from + 1]!; // not the flow label
    for (let i = 2; i < ADDRESS_WORDS - 1; i++) {
      words[to + i] = isIpv6 ? words[from + i]! : 0;
    }
  }

  #setWanted(bytes: Uint8Array, port: number): void {
    writeAddress(this.#memory.bytes, this.#wanted, this.#family, bytes, port);
  }

  #internWanted(): Endpoint | 0 {
    const hash = this.#hashWanted();
    let place = hash % PLACES;
    for (let held; (held = this.#places[place]!) !== 0;) {
      const slot = held - 1;
      if (this.#hashes[slot] === hash && this.#isWanted(slot)) {
        return this.#number(slot);
      }
      place = (place + 1) % PLACES;
    }
    const slot = this.#takeSlot();
    if (slot < 0) return 0;
    const at = this.addressOffset(slot);
    this.#memory.bytes.copyWithin(
      at,
      this.#wanted,
      this.#wanted + ADDRESS_BYTES,
    );
    this.#hashes[slot] = hash;
    this.#places[place] = slot + 1;
    this.#known[slot] = 1;
    this.#uses[slot]!++;
    this.#count++;
    return this.#number(slot);
  }

  #number(slot: number): Endpoint {
    return this.#uses[slot]! * MAX_ENDPOINTS + slot as Endpoint;
  }

  #isWanted(slot: number): boolean {
    const { words } = this.#memory;
    const a = this.addressOffset(slot) >>> 2;
    const b = this.#wanted >>> 2;
    for (let i = 0; i < ADDRESS_WORDS; i++) {
      if (words[a + i] !== words[b + i]) return false;
    }
    return true;
  }

  #hashWanted(): number {
    const { words } = this.#memory;
    const at = this.#wanted >>> 2;
    let hash = this.#seed;
    for (let i = 0; i < ADDRESS_WORDS; i++) {
      hash = Math.imul(hash ^ words[at + i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash >>> 0;
  }

  #takeSlot(): number {
    if (this.#freeCount > 0) {
      const slot = this.#free[this.#freeFirst]!;
      this.#freeFirst = (this.#freeFirst + 1) % MAX_ENDPOINTS;
      this.#freeCount--;
      return slot;
    }
    return this.#fresh < MAX_ENDPOINTS ? this.#fresh++ : -1;
  }

  #reuse(slot: number): void {
    this.#free[(this.#freeFirst + this.#freeCount++) % MAX_ENDPOINTS] = slot;
  }

  /** Takes a slot out of its place, and moves those up that it was in the way of. */
  #remove(slot: number): void {
    let hole = this.#hashes[slot]! % PLACES;
    while (this.#places[hole] !== slot + 1) hole = (hole + 1) % PLACES;
    for (let at = (hole + 1) % PLACES;; at = (at + 1) % PLACES) {
      const held = this.#places[at]!;
      if (held === 0) break;
      const home = this.#hashes[held - 1]! % PLACES;
      const distance = (at - home + PLACES) % PLACES;
      if (distance < (at - hole + PLACES) % PLACES) continue;
      this.#places[hole] = held;
      hole = at;
    }
    this.#places[hole] = 0;
  }
}

/**
 * Writes a `sockaddr` for a socket of a family, all of its 32 bytes.
 *
 * @param address 4 or 16 bytes
 * @returns the size that the system wants to be told
 */
export function writeAddress(
  bytes: Uint8Array,
  offset: number,
  family: number,
  address: Uint8Array,
  port: number,
): number {
  const isIpv6 = family === Linux.AF_INET6 || address.length === 16;
  bytes.fill(0, offset, offset + ADDRESS_BYTES);
  bytes[offset] = isIpv6 ? Linux.AF_INET6 : Linux.AF_INET;
  bytes[offset + 2] = port >> 8;
  bytes[offset + 3] = port;
  if (!isIpv6) {
    bytes.set(address, offset + 4);
    return SIN_BYTES;
  }
  bytes.set(address, offset + SIN6_BYTES - 4 - address.length);
  if (address.length === 4) bytes.fill(0xff, offset + 18, offset + 20);
  return SIN6_BYTES;
}

/** The text of a `sockaddr`. */
export function readAddress(
  bytes: Uint8Array,
  offset: number,
): { host: string; port: number } {
  const isIpv6 = bytes[offset] === Linux.AF_INET6;
  const address = isIpv6
    ? bytes.subarray(offset + 8, offset + 24)
    : bytes.subarray(offset + 4, offset + 8);
  return {
    host: toPlainAddress(encodeIpAddress(address)),
    port: bytes[offset + 2]! << 8 | bytes[offset + 3]!,
  };
}

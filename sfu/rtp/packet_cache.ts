import { type Instant, instantAt } from "../../lib/time.ts";
import type { RtpView } from "./rtp_packet.ts";

/** The largest packet that is kept; one of WebRTC never exceeds it. */
export const MAX_CACHED_BYTES = 1_500;

/** The most packets that a cache holds (B-22): 1.5 MB. */
export const MAX_CACHE_CAPACITY = 1_024;

/**
 * What round trips are taken for at least where the cache's size is concerned, in
 * milliseconds: what is lost again is asked for again, and later than that.
 */
export const MIN_RTT_MS = 150;

/** The fewest, by kind; powers of two at or above B-22's. */
export const MIN_CACHE_CAPACITY = { audio: 32, video: 128 } as const;

/**
 * The most packets with which a new viewer is started from the cache. Lower
 * costs publishers more keyframes; higher, viewers a longer burst.
 */
const MAX_REPLAY_PACKETS = 96;

/**
 * How old the keyframe may be with which a new viewer is started. Higher shows
 * the first picture sooner, but then plays more of the past in fast motion.
 */
const MAX_REPLAY_MS = 2_000;

/**
 * How many packets to keep so that a retransmission can still be answered: four
 * round trips' worth, a power of two (B-22).
 */
export function wantedCapacity(
  kind: "audio" | "video",
  packetsPerSecond: number,
  rttMs: number,
): number {
  const packets = packetsPerSecond * rttMs / 1000 * 4;
  let capacity: number = MIN_CACHE_CAPACITY[kind];
  while (capacity < packets && capacity < MAX_CACHE_CAPACITY) capacity *= 2;
  return capacity;
}

/**
 * The latest packets of one source, by extended sequence number (see
 * `SequenceExtender`), in memory that is allocated once. What forwarding needs
 * of their headers is kept as numbers.
 *
 * A packet that is found is named by its *slot*, which is good until the next
 * `store`, `resize` or `clear`.
 */
export class PacketCache {
  #capacity: number;
  #arena: Uint8Array;
  #words: DataView;
  /** Where packets came from last: mostly one buffer for all. */
  #source: Uint8Array = NO_BYTES;
  #sourceWords = wordsOf(NO_BYTES);
  /** The extended number in each slot, or −1. */
  #numbers: Float64Array;
  #timestamps: Uint32Array;
  #arrivals: Float64Array;
  /** Of the payload, from the start of the packet. */
  #offsets: Uint16Array;
  #sizes: Uint16Array;
  #flags: Uint8Array;
  #levels: Int16Array;
  /** What is to be known of layers, in 8 bits that others understand. */
  #layers: Uint8Array;
  /** Of the dependency descriptor, from the start of the packet; 0 without. */
  #descriptors: Uint16Array;
  #descriptorSizes: Uint8Array;
  #newest = -1;
  #keyframe = -1;

  /**
   * Allocates all that the cache will need.
   *
   * @param capacity in packets; a power of two
   * @throws {RangeError} if it is not, or above {@linkcode MAX_CACHE_CAPACITY}
   */
  constructor(capacity: number) {
    this.#capacity = checkCapacity(capacity);
    this.#arena = new Uint8Array(capacity * MAX_CACHED_BYTES);
    this.#words = wordsOf(this.#arena);
    this.#numbers = new Float64Array(capacity).fill(-1);
    this.#timestamps = new Uint32Array(capacity);
    this.#arrivals = new Float64Array(capacity);
    this.#offsets = new Uint16Array(capacity);
    this.#sizes = new Uint16Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#levels = new Int16Array(capacity);
    this.#layers = new Uint8Array(capacity);
    this.#descriptors = new Uint16Array(capacity);
    this.#descriptorSizes = new Uint8Array(capacity);
  }

  /** In packets. */
  get capacity(): number {
    return this.#capacity;
  }

  /** The highest extended number stored; −1 if the cache is empty. */
  get newest(): number {
    return this.#newest;
  }

  /**
   * Keeps a copy of the packet that `view` has parsed from `bytes`.
   *
   * @param startsKeyframe it is the first packet of a keyframe
   * @returns false if it is too large or too old
   */
  store(
    extended: number,
    view: RtpView,
    bytes: Uint8Array,
    now: Instant,
    startsKeyframe: boolean,
    layers = 0,
  ): boolean {
    if (view.size > MAX_CACHED_BYTES) return false;
    if (this.#newest - extended >= this.#capacity) return false;
    const slot = extended & (this.#capacity - 1);
    this.#numbers[slot] = extended;
    this.#timestamps[slot] = view.timestamp;
    this.#arrivals[slot] = now;
    this.#offsets[slot] = view.payloadOffset - view.start;
    this.#sizes[slot] = view.payloadSize;
    this.#flags[slot] = (view.marker ? MARKER : 0) |
      (startsKeyframe ? KEYFRAME : 0);
    this.#levels[slot] = NO_LEVEL;
    this.#layers[slot] = layers;
    this.#descriptorSizes[slot] = 0;
    this.#copy(bytes, view.start, view.size, slot * MAX_CACHED_BYTES);
    if (extended > this.#newest) this.#newest = extended;
    if (startsKeyframe && extended > this.#keyframe) this.#keyframe = extended;
    return true;
  }

  /** Notes how loud the packet is that was stored last: the byte of RFC 6464. */
  noteLevel(extended: number, level: number): void {
    const slot = this.find(extended);
    if (slot >= 0) this.#levels[slot] = level;
  }

  /** What {@linkcode noteLevel} was told of the packet in a slot; −1 if nothing. */
  level(slot: number): number {
    return this.#levels[slot]!;
  }

  /**
   * Notes where in its packet the dependency descriptor is of the packet that was
   * stored last, and how long: at most 255 bytes.
   */
  noteDescriptor(extended: number, offset: number, sizeBytes: number): void {
    const slot = this.find(extended);
    if (slot < 0 || sizeBytes > 255) return;
    this.#descriptors[slot] = offset;
    this.#descriptorSizes[slot] = sizeBytes;
  }

  /** Of the dependency descriptor, in bytes; 0 if the packet has none. */
  descriptorSize(slot: number): number {
    return this.#descriptorSizes[slot]!;
  }

  /** Where in the {@linkcode memory} it is. */
  descriptorOffset(slot: number): number {
    return slot * MAX_CACHED_BYTES + this.#descriptors[slot]!;
  }

  /** The slot of a packet, or −1 if it is not there (any more). */
  find(extended: number): number {
    const age = this.#newest - extended;
    if (extended < 0 || age < 0 || age >= this.#capacity) return -1;
    const slot = extended & (this.#capacity - 1);
    return this.#numbers[slot] === extended ? slot : -1;
  }

  /** The extended sequence number of the packet in a slot. */
  extended(slot: number): number {
    return this.#numbers[slot]!;
  }

  /** Its RTP timestamp, as the publisher set it. */
  timestamp(slot: number): number {
    return this.#timestamps[slot]!;
  }

  /** Its marker bit. */
  marker(slot: number): boolean {
    return (this.#flags[slot]! & MARKER) !== 0;
  }

  /** Whether it is the first packet of a keyframe. */
  startsKeyframe(slot: number): boolean {
    return (this.#flags[slot]! & KEYFRAME) !== 0;
  }

  /** What was given with it of its layers: 8 bits. */
  layers(slot: number): number {
    return this.#layers[slot]!;
  }

  /** When it arrived. */
  arrival(slot: number): Instant {
    return instantAt(this.#arrivals[slot]!);
  }

  /** Of its payload, in bytes. */
  payloadSize(slot: number): number {
    return this.#sizes[slot]!;
  }

  /** The memory that payloads lie in; another one after a `resize`. */
  get memory(): Uint8Array {
    return this.#arena;
  }

  /**
   * Where in the {@linkcode memory} its payload is. There are at least twelve
   * bytes before that belong to the packet; of these, the descriptor alone is
   * needed any more.
   */
  payloadOffset(slot: number): number {
    return slot * MAX_CACHED_BYTES + this.#offsets[slot]!;
  }

  /** Its payload: a view of the cache, valid until the next `store`. */
  payload(slot: number): Uint8Array {
    const offset = slot * MAX_CACHED_BYTES + this.#offsets[slot]!;
    return this.#arena.subarray(offset, offset + this.#sizes[slot]!);
  }

  /** Copies its payload to `out` at an offset, and returns where that ends. */
  copyPayload(slot: number, out: Uint8Array, offset: number): number {
    const size = this.#sizes[slot]!;
    const start = slot * MAX_CACHED_BYTES + this.#offsets[slot]!;
    // Sound is short: a view of it would cost more than the loop.
    for (let i = 0; i < size; i++) out[offset + i] = this.#arena[start + i]!;
    return offset + size;
  }

  /**
   * The extended number of the first packet of the latest keyframe, or −1 if
   * there is none in the cache.
   */
  get keyframe(): number {
    return this.find(this.#keyframe) < 0 ? -1 : this.#keyframe;
  }

  /** The same, also if it is not in the cache any more. */
  get latestKeyframe(): number {
    return this.#keyframe;
  }

  /** Whether a packet was there, or could have been, and is too old to be. */
  isPast(extended: number): boolean {
    return extended <= this.#newest - this.#capacity;
  }

  /**
   * Where to start a new viewer: with the packets from the number returned up
   * to {@linkcode newest}, all that are there. −1 if the last keyframe is too
   * long ago, so that a new one has to be requested (B-31).
   */
  replayStart(now: Instant): number {
    const slot = this.find(this.#keyframe);
    if (slot < 0) return -1;
    if (this.#newest - this.#keyframe >= MAX_REPLAY_PACKETS) return -1;
    return now - this.arrival(slot) > MAX_REPLAY_MS ? -1 : this.#keyframe;
  }

  /**
   * Changes the capacity, keeping the latest packets that fit. Allocates, so
   * not to be done more often than once a second.
   */
  resize(capacity: number): void {
    if (checkCapacity(capacity) === this.#capacity) return;
    const other = new PacketCache(capacity);
    const oldest = this.#newest - Math.min(capacity, this.#capacity) + 1;
    for (let extended = oldest; extended <= this.#newest; extended++) {
      const from = this.find(extended);
      if (from >= 0) other.#take(this, from, extended & (capacity - 1));
    }
    this.#capacity = capacity;
    this.#arena = other.#arena;
    this.#words = other.#words;
    this.#numbers = other.#numbers;
    this.#timestamps = other.#timestamps;
    this.#arrivals = other.#arrivals;
    this.#offsets = other.#offsets;
    this.#sizes = other.#sizes;
    this.#flags = other.#flags;
    this.#levels = other.#levels;
    this.#layers = other.#layers;
    this.#descriptors = other.#descriptors;
    this.#descriptorSizes = other.#descriptorSizes;
  }

  /** Forgets everything: the source is another one. */
  clear(): void {
    this.#numbers.fill(-1);
    this.#newest = -1;
    this.#keyframe = -1;
  }

  /**
   * Copies bytes into the arena: by words, because `set` would want a view.
   */
  #copy(bytes: Uint8Array, from: number, sizeBytes: number, to: number): void {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceWords = wordsOf(bytes);
    }
    const source = this.#sourceWords;
    const words = sizeBytes & ~3;
    for (let i = 0; i < words; i += 4) {
      this.#words.setInt32(to + i, source.getInt32(from + i, true), true);
    }
    for (let i = words; i < sizeBytes; i++) {
      this.#arena[to + i] = bytes[from + i]!;
    }
  }

  #take(source: PacketCache, from: number, to: number): void {
    this.#numbers[to] = source.#numbers[from]!;
    this.#timestamps[to] = source.#timestamps[from]!;
    this.#arrivals[to] = source.#arrivals[from]!;
    this.#offsets[to] = source.#offsets[from]!;
    this.#sizes[to] = source.#sizes[from]!;
    this.#flags[to] = source.#flags[from]!;
    this.#levels[to] = source.#levels[from]!;
    this.#layers[to] = source.#layers[from]!;
    this.#descriptors[to] = source.#descriptors[from]!;
    this.#descriptorSizes[to] = source.#descriptorSizes[from]!;
    const start = from * MAX_CACHED_BYTES;
    const packet = source.#arena.subarray(start, start + MAX_CACHED_BYTES);
    this.#arena.set(packet, to * MAX_CACHED_BYTES);
  }
}

const NO_BYTES = new Uint8Array(0);

function wordsOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const MARKER = 1;
const KEYFRAME = 2;
const NO_LEVEL = -1;

function checkCapacity(capacity: number): number {
  const isPowerOfTwo = Number.isInteger(Math.log2(capacity));
  if (capacity < 1 || capacity > MAX_CACHE_CAPACITY || !isPowerOfTwo) {
    throw new RangeError(`Cannot make packet cache: capacity ${capacity}`);
  }
  return capacity;
}

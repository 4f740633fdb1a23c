import { after, type Instant } from "../../../lib/time.ts";
import { concat } from "./bytes.ts";
import { Reassembler } from "./reassembler.ts";
import {
  ContentType,
  decodeFragments,
  type DtlsRecord,
  type HandshakeFragment,
  type HandshakeMessage,
  RECORD_HEADER_BYTES,
} from "./records.ts";

/**
 * Our datagrams in a handshake are no longer than that, in bytes: small enough
 * for any path that IPv6 allows.
 */
export const MAX_DATAGRAM_BYTES = 1_200;

/** How many sealed records are kept that came before the messages they follow. */
const MAX_SEALED = 2;

/**
 * How long a client may be silent before our flight is repeated, in
 * milliseconds; twice as long each time. Browsers repeat theirs after 50 ms, so
 * that this helps those who wait longer. Lower repeats what is only late.
 */
const FIRST_REPEAT_MS = 150;

/** What an engine does with a client's messages, each whole, in order, once. */
export interface HandshakeSteps {
  /** Takes a clear-text message of the right type; false if it is dropped. */
  handleMessage(message: HandshakeMessage): boolean;
  /** Takes a sealed record, after all messages; false if it is of no use. */
  handleSealed(record: DtlsRecord): boolean;
  /** Sends a flight, for the first time or again. */
  handleFlight(datagrams: readonly Uint8Array[]): void;
}

/**
 * What stands before an engine, werift's or OpenSSL's: it sees no fragments, no
 * repetitions, no garbage, and nothing out of order, for either would break or
 * give up. Our flights are kept and repeated here.
 *
 * What is not authentic is dropped as far as possible: only a message that is
 * the right one in its place, and wrong, makes the handshake fail.
 */
export class HandshakeFront {
  readonly #types: readonly number[];
  readonly #steps: HandshakeSteps;
  readonly #reassembler = new Reassembler();
  #sealed: DtlsRecord[] = [];
  /** Our latest flight, and the client's message that it answers. */
  #flight: readonly Uint8Array[] = [];
  #answered = -1;
  #repeatMs = 0;
  #repeatAt: Instant | undefined;
  #over = false;

  /** @param types the types of the client's clear-text messages, in order */
  constructor(types: readonly number[], steps: HandshakeSteps) {
    this.#types = types;
    this.#steps = steps;
  }

  /** Whether nothing more is taken. */
  get over(): boolean {
    return this.#over;
  }

  /** Takes a record; false if it is of no use. */
  handleRecord(record: DtlsRecord): boolean {
    // A ChangeCipherSpec says nothing that the epoch does not say too. Alerts
    // are not authentic yet: a client that gave up is noticed by its silence.
    if (record.type === ContentType.changeCipherSpec) return true;
    if (record.type !== ContentType.handshake || this.#over) return false;
    if (record.epoch === 1) return this.#handleSealed(record);
    if (record.epoch !== 0) return false;
    let used = false;
    for (const fragment of decodeFragments(record.fragment)) {
      used = this.#handleFragment(fragment) || used;
    }
    return used;
  }

  /** Sends the flight that answers a message, and keeps it to be repeated. */
  answer(message: HandshakeMessage, records: readonly Uint8Array[]): void {
    this.#flight = toDatagrams(records);
    this.#answered = message.sequence;
    this.#repeatMs = FIRST_REPEAT_MS;
    this.#repeatAt = undefined;
    this.#steps.handleFlight(this.#flight);
  }

  /** Repeats our flight if the client has been silent for too long. */
  poll(now: Instant): void {
    if (this.#over || this.#flight.length === 0) return;
    this.#repeatAt ??= after(now, this.#repeatMs);
    if (now < this.#repeatAt) return;
    this.#repeatMs *= 2;
    this.#repeatAt = after(now, this.#repeatMs);
    this.#steps.handleFlight(this.#flight);
  }

  /** Nothing more is taken or sent. */
  close(): void {
    this.#over = true;
    this.#sealed = [];
  }

  #handleFragment(fragment: HandshakeFragment): boolean {
    if (fragment.sequence < this.#reassembler.next) {
      // The client says it again, so it has not got our answer.
      const last = fragment.sequence === this.#answered &&
        fragment.offset === 0;
      if (last && !this.#over) this.#steps.handleFlight(this.#flight);
      return true;
    }
    if (!this.#reassembler.add(fragment)) return false;
    let message;
    while (!this.#over && (message = this.#reassembler.peek()) !== undefined) {
      const fits = message.type === this.#types[message.sequence] &&
        this.#steps.handleMessage(message);
      if (!fits) {
        this.#reassembler.drop();
        return false;
      }
      this.#reassembler.take();
    }
    this.#sealed.splice(0).forEach((record) => this.#handleSealed(record));
    return true;
  }

  /** A sealed record: in a handshake that can only be the client's Finished. */
  #handleSealed(record: DtlsRecord): boolean {
    if (this.#over) return false;
    if (this.#reassembler.next >= this.#types.length) {
      return this.#steps.handleSealed(record);
    }
    if (this.#sealed.length >= MAX_SEALED) return false;
    this.#sealed.push(copyOf(record));
    return true;
  }
}

/** As few datagrams as hold the records in order. */
export function toDatagrams(records: readonly Uint8Array[]): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  for (const record of records) {
    const last = datagrams.at(-1);
    if (last && last.length + record.length <= MAX_DATAGRAM_BYTES) {
      datagrams[datagrams.length - 1] = concat(last, record);
    } else datagrams.push(record);
  }
  return datagrams;
}

function copyOf(record: DtlsRecord): DtlsRecord {
  const bytes = record.bytes.slice();
  return { ...record, bytes, fragment: bytes.subarray(RECORD_HEADER_BYTES) };
}

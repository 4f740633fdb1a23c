/**
 * DTLS 1.2 records and handshake fragments as they are on the wire (RFC 6347
 * §4.1, §4.2.2).
 *
 * @module
 */

/** RFC 5246 §6.2.1. */
export const ContentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const;

/** The handshake messages that we meet (RFC 5246 §7.4, RFC 6347 §4.3.2). */
export const HandshakeType = {
  clientHello: 1,
  helloVerifyRequest: 3,
  certificate: 11,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** Bytes before a record's fragment. */
export const RECORD_HEADER_BYTES = 13;
const FRAGMENT_HEADER_BYTES = 12;
/** DTLS 1.2, as complements of the digits. */
export const DTLS_1_2 = 0xfefd;
/** DTLS 1.0, which a first ClientHello may bear (RFC 6347 §4.2.1). */
const DTLS_1_0 = 0xfeff;

/** A record; its arrays are views of the datagram. */
export interface DtlsRecord {
  readonly type: number;
  /** 0 in clear text, 1 with the keys of the handshake. */
  readonly epoch: number;
  /** With its header. */
  readonly bytes: Uint8Array;
  readonly fragment: Uint8Array;
}

/** A part of a handshake message; `body` is a view. */
export interface HandshakeFragment {
  readonly type: number;
  /** Of the whole message, in bytes. */
  readonly length: number;
  readonly sequence: number;
  readonly offset: number;
  readonly body: Uint8Array;
}

/** A whole handshake message. */
export interface HandshakeMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

/** The records of a datagram, up to the first that is malformed. */
export function decodeRecords(datagram: Uint8Array): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  const view = viewOf(datagram);
  let start = 0;
  while (start + RECORD_HEADER_BYTES <= datagram.length) {
    const version = view.getUint16(start + 1);
    const body = start + RECORD_HEADER_BYTES;
    const end = body + view.getUint16(start + 11);
    if (version !== DTLS_1_2 && version !== DTLS_1_0) break;
    if (end > datagram.length) break;
    records.push({
      type: datagram[start]!,
      epoch: view.getUint16(start + 3),
      bytes: datagram.subarray(start, end),
      fragment: datagram.subarray(body, end),
    });
    start = end;
  }
  return records;
}

/** The fragments in a handshake record, up to the first that is malformed. */
export function decodeFragments(bytes: Uint8Array): HandshakeFragment[] {
  const fragments: HandshakeFragment[] = [];
  const view = viewOf(bytes);
  let start = 0;
  while (start + FRAGMENT_HEADER_BYTES <= bytes.length) {
    const length = readUint24(view, start + 1);
    const offset = readUint24(view, start + 6);
    const size = readUint24(view, start + 9);
    const body = start + FRAGMENT_HEADER_BYTES;
    if (body + size > bytes.length || offset + size > length) break;
    fragments.push({
      type: bytes[start]!,
      length,
      sequence: view.getUint16(start + 4),
      offset,
      body: bytes.subarray(body, body + size),
    });
    start = body + size;
  }
  return fragments;
}

/**
 * A handshake message as if it had come in one fragment: so it enters the
 * transcript (RFC 6347 §4.2.6).
 */
export function encodeMessage(message: HandshakeMessage): Uint8Array {
  const { type, sequence, body } = message;
  const bytes = new Uint8Array(FRAGMENT_HEADER_BYTES + body.length);
  const view = viewOf(bytes);
  bytes[0] = type;
  writeUint24(view, 1, body.length);
  view.setUint16(4, sequence);
  writeUint24(view, 9, body.length);
  bytes.set(body, FRAGMENT_HEADER_BYTES);
  return bytes;
}

/** A clear-text handshake record around a whole message. */
export function encodeHandshakeRecord(message: HandshakeMessage): Uint8Array {
  const fragment = encodeMessage(message);
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + fragment.length);
  const view = viewOf(bytes);
  bytes[0] = ContentType.handshake;
  view.setUint16(1, DTLS_1_2);
  view.setUint16(9, message.sequence);
  view.setUint16(11, fragment.length);
  bytes.set(fragment, RECORD_HEADER_BYTES);
  return bytes;
}

/** Reads 24 bits, most significant first. */
export function readUint24(view: DataView, offset: number): number {
  return (view.getUint16(offset) << 8) | view.getUint8(offset + 2);
}

function writeUint24(view: DataView, offset: number, value: number): void {
  view.setUint8(offset, value >>> 16);
  view.setUint16(offset + 1, value & 0xffff);
}

/** A view of just those bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Reads STUN messages (RFC 8489) as far as ICE needs them (RFC 8445 §16.1).
 *
 * Our own, though werift has a codec too: that one throws on garbage, logs, and
 * does not verify requests. What an unauthenticated stranger can send must be
 * dropped at the price of a few comparisons.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "./crc32.ts";
import { encodeIpAddress } from "./ip_address.ts";

/** Bytes before the first attribute. */
export const STUN_HEADER_BYTES = 20;
/** RFC 8489 §5. */
export const STUN_MAGIC_COOKIE = 0x2112a442;
/** What the CRC is mixed with, RFC 8489 §14.7. */
export const FINGERPRINT_XOR = 0x5354554e;

/** The message types of the Binding method (RFC 8489 §5). */
export const StunType = {
  request: 0x0001,
  success: 0x0101,
  error: 0x0111,
} as const;

/** The attributes that we read or write (RFC 8489 §18.3, RFC 8445 §20.1). */
export const StunAttribute = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/**
 * Attributes below 0x8000 that may be left unread: those of other mechanisms
 * that may stand beside ours, such as MESSAGE-INTEGRITY-SHA256 (0x001c).
 */
const UNREAD_REQUIRED = new Set([
  0x0001,
  0x0014,
  0x0015,
  0x001c,
  0x001d,
  0x001e,
]);

/** A STUN message, taken apart. It holds no view of the datagram. */
export interface StunMessage {
  /** One of {@linkcode StunType}, or another method's. */
  readonly type: number;
  /** 12 bytes. */
  readonly transactionId: Uint8Array;
  readonly username: string | undefined;
  readonly priority: number | undefined;
  readonly useCandidate: boolean;
  /** What the sender believes to be. */
  readonly role: "controlling" | "controlled" | undefined;
  readonly mappedAddress: { host: string; port: number } | undefined;
  readonly errorCode: number | undefined;
  /** Attributes that must be understood, and are not (RFC 8489 §14). */
  readonly unknownRequired: readonly number[];
  /** Where MESSAGE-INTEGRITY begins, or -1. */
  readonly integrityOffset: number;
}

type Draft = { -readonly [K in keyof StunMessage]: StunMessage[K] };

/**
 * Reads a message, or gives `undefined` if it is not one: other bytes, lengths
 * that do not fit, or a FINGERPRINT that is wrong. Says nothing of whether it is
 * authentic, see {@linkcode isAuthentic}.
 */
export function decodeStun(bytes: Uint8Array): StunMessage | undefined {
  const size = bytes.length;
  if (size < STUN_HEADER_BYTES || size % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  if (
    bytes[0]! > 3 || view.getUint32(4) !== STUN_MAGIC_COOKIE ||
    view.getUint16(2) !== size - STUN_HEADER_BYTES
  ) {
    return undefined;
  }
  const draft = emptyMessage(view.getUint16(0), bytes.slice(8, 20));
  const unknown: number[] = [];
  let offset = STUN_HEADER_BYTES;
  while (offset < size) {
    const type = view.getUint16(offset);
    const start = offset + 4;
    const end = start + view.getUint16(offset + 2);
    if (end > size) return undefined;
    if (type === StunAttribute.fingerprint) {
      return end === size && end - start === 4 &&
          isFingerprintRight(bytes, view, offset)
        ? { ...draft, unknownRequired: unknown }
        : undefined;
    }
    // Nothing behind MESSAGE-INTEGRITY is protected by it (RFC 8489 §14.5).
    if (draft.integrityOffset < 0 && !read(draft, view, type, start, end)) {
      if (!isOptional(type)) unknown.push(type);
    }
    offset = (end + 3) & ~3;
  }
  return { ...draft, unknownRequired: unknown };
}

/**
 * Whether MESSAGE-INTEGRITY is there and made with that password (RFC 8489
 * §14.5). Takes the same time whichever byte is wrong.
 *
 * @param message what {@linkcode decodeStun} made of `bytes`
 */
export function isAuthentic(
  bytes: Uint8Array,
  message: StunMessage,
  password: string,
): boolean {
  const offset = message.integrityOffset;
  if (offset < 0) return false;
  const claimed = bytes.subarray(offset + 4, offset + 24);
  return timingSafeEqual(claimed, integrityOf(bytes, offset, password));
}

/** The 20 bytes of MESSAGE-INTEGRITY for a message in which it begins there. */
export function integrityOf(
  bytes: Uint8Array,
  offset: number,
  password: string,
): Uint8Array {
  // The length in the header counts up to and with MESSAGE-INTEGRITY.
  const head = bytes.slice(0, STUN_HEADER_BYTES);
  new DataView(head.buffer).setUint16(2, offset + 24 - STUN_HEADER_BYTES);
  return createHmac("sha1", password).update(head)
    .update(bytes.subarray(STUN_HEADER_BYTES, offset)).digest();
}

function emptyMessage(type: number, transactionId: Uint8Array): Draft {
  return {
    type,
    transactionId,
    username: undefined,
    priority: undefined,
    useCandidate: false,
    role: undefined,
    mappedAddress: undefined,
    errorCode: undefined,
    unknownRequired: [],
    integrityOffset: -1,
  };
}

const isOptional = (type: number) =>
  type >= 0x8000 || UNREAD_REQUIRED.has(type);

/**
 * Reads one attribute into `draft`; the first of a kind counts (RFC 8489 §14).
 * One of a wrong length reads as one that is not understood.
 */
function read(
  draft: Draft,
  view: DataView,
  type: number,
  start: number,
  end: number,
): boolean {
  const size = end - start;
  switch (type) {
    case StunAttribute.username:
      draft.username ??= readText(view, start, size);
      return true;
    case StunAttribute.messageIntegrity:
      if (size !== 20) return false;
      draft.integrityOffset = start - 4;
      return true;
    case StunAttribute.priority:
      if (size !== 4) return false;
      draft.priority ??= view.getUint32(start);
      return true;
    case StunAttribute.useCandidate:
      draft.useCandidate = true;
      return true;
    case StunAttribute.iceControlled:
    case StunAttribute.iceControlling:
      if (size !== 8) return false;
      draft.role ??= type === StunAttribute.iceControlled
        ? "controlled"
        : "controlling";
      return true;
    case StunAttribute.xorMappedAddress:
      draft.mappedAddress ??= readXorAddress(view, start, size);
      return draft.mappedAddress !== undefined;
    case StunAttribute.errorCode:
      if (size < 4) return false;
      draft.errorCode ??= (view.getUint8(start + 2) & 7) * 100 +
        view.getUint8(start + 3);
      return true;
    case StunAttribute.unknownAttributes:
      return true;
    default:
      return false;
  }
}

function readText(view: DataView, start: number, size: number): string {
  return new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + start, size),
  );
}

/** RFC 8489 §14.2: the address is mixed with the cookie and transaction id. */
function readXorAddress(
  view: DataView,
  start: number,
  size: number,
): { host: string; port: number } | undefined {
  if (size !== 8 && size !== 20) return undefined;
  if (view.getUint8(start + 1) !== (size === 8 ? 1 : 2)) return undefined;
  const address = new Uint8Array(size - 4);
  for (let i = 0; i < address.length; i++) {
    address[i] = view.getUint8(start + 4 + i) ^ view.getUint8(4 + i);
  }
  return {
    host: encodeIpAddress(address),
    port: view.getUint16(start + 2) ^ (STUN_MAGIC_COOKIE >>> 16),
  };
}

function isFingerprintRight(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
): boolean {
  const expected = (crc32(bytes.subarray(0, offset)) ^ FINGERPRINT_XOR) >>> 0;
  return view.getUint32(offset + 4) === expected;
}

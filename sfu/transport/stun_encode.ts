/**
 * Writes STUN Binding messages (RFC 8489 §5, RFC 8445 §7).
 *
 * @module
 */
import { crc32 } from "./crc32.ts";
import { decodeIpAddress } from "./ip_address.ts";
import {
  FINGERPRINT_XOR,
  integrityOf,
  STUN_HEADER_BYTES,
  STUN_MAGIC_COOKIE,
  StunAttribute,
  StunType,
} from "./stun.ts";

/** One attribute; its padding is not part of it. */
interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

const INTEGRITY_BYTES = 24;
const FINGERPRINT_BYTES = 8;

/** What a check of a full, controlling agent says (RFC 8445 §7.1.1). */
export interface BindingRequest {
  /** 12 bytes. */
  readonly transactionId: Uint8Array;
  /** The receiver's ufrag, a colon, the sender's. */
  readonly username: string;
  readonly priority: number;
  readonly useCandidate: boolean;
  readonly role: "controlling" | "controlled";
  /** 8 bytes. */
  readonly tieBreaker: Uint8Array;
}

/** A check, protected by the receiver's password. */
export function encodeBindingRequest(
  request: BindingRequest,
  password: string,
): Uint8Array {
  const priority = new Uint8Array(4);
  new DataView(priority.buffer).setUint32(0, request.priority);
  const role = request.role === "controlling"
    ? StunAttribute.iceControlling
    : StunAttribute.iceControlled;
  const attributes: Attribute[] = [
    {
      type: StunAttribute.username,
      value: new TextEncoder().encode(request.username),
    },
    { type: StunAttribute.priority, value: priority },
    { type: role, value: request.tieBreaker },
  ];
  if (request.useCandidate) {
    attributes.push({
      type: StunAttribute.useCandidate,
      value: new Uint8Array(0),
    });
  }
  return encode(StunType.request, request.transactionId, attributes, password);
}

/**
 * The answer to a check: where it came from, protected by our password.
 *
 * @param host an IP address in text
 */
export function encodeBindingSuccess(
  transactionId: Uint8Array,
  host: string,
  port: number,
  password: string,
): Uint8Array {
  const address = decodeIpAddress(host) ?? new Uint8Array(4);
  const value = new Uint8Array(4 + address.length);
  const view = new DataView(value.buffer);
  value[1] = address.length === 4 ? 1 : 2;
  view.setUint16(2, port ^ (STUN_MAGIC_COOKIE >>> 16));
  value.set(address, 4);
  view.setUint32(4, (view.getUint32(4) ^ STUN_MAGIC_COOKIE) >>> 0);
  for (let i = 4; i < address.length; i++) {
    value[4 + i]! ^= transactionId[i - 4]!;
  }
  return encode(
    StunType.success,
    transactionId,
    [{ type: StunAttribute.xorMappedAddress, value }],
    password,
  );
}

/** Why a check that is authentic is refused. */
export type BindingError =
  | { readonly code: 420; readonly unknown: readonly number[] }
  | { readonly code: 487 };

/** The refusal of an authentic check, protected by our password. */
export function encodeBindingError(
  transactionId: Uint8Array,
  error: BindingError,
  password: string,
): Uint8Array {
  const reason = error.code === 420 ? "Unknown Attribute" : "Role Conflict";
  const value = new Uint8Array(4 + reason.length);
  value[2] = Math.floor(error.code / 100);
  value[3] = error.code % 100;
  value.set(new TextEncoder().encode(reason), 4);
  const attributes: Attribute[] = [{ type: StunAttribute.errorCode, value }];
  if (error.code === 420) {
    const list = new DataView(new ArrayBuffer(error.unknown.length * 2));
    error.unknown.forEach((type, i) => list.setUint16(i * 2, type));
    attributes.push({
      type: StunAttribute.unknownAttributes,
      value: new Uint8Array(list.buffer),
    });
  }
  return encode(StunType.error, transactionId, attributes, password);
}

function encode(
  type: number,
  transactionId: Uint8Array,
  attributes: readonly Attribute[],
  password: string,
): Uint8Array {
  let offset = STUN_HEADER_BYTES;
  const body = attributes.reduce((sum, a) => sum + 4 + padded(a.value), 0);
  const size = offset + body + INTEGRITY_BYTES + FINGERPRINT_BYTES;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, size - STUN_HEADER_BYTES);
  view.setUint32(4, STUN_MAGIC_COOKIE);
  bytes.set(transactionId, 8);
  const put = ({ type, value }: Attribute) => {
    view.setUint16(offset, type);
    view.setUint16(offset + 2, value.length);
    bytes.set(value, offset + 4);
    offset += 4 + padded(value);
  };
  attributes.forEach(put);
  put({
    type: StunAttribute.messageIntegrity,
    value: integrityOf(bytes, offset, password),
  });
  const crc = new DataView(new ArrayBuffer(4));
  crc.setUint32(0, crc32(bytes.subarray(0, offset)) ^ FINGERPRINT_XOR);
  put({ type: StunAttribute.fingerprint, value: new Uint8Array(crc.buffer) });
  return bytes;
}

const padded = (value: Uint8Array) => (value.length + 3) & ~3;

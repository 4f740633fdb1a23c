/**
 * Reads and writes IP addresses as bytes, for STUN attributes, for telling
 * ranges apart, and for naming one address in one way.
 *
 * @module
 */

/**
 * The 4 or 16 bytes of an address in text (RFC 4291 §2.2), or `undefined` if it
 * is not one. A zone (`%eth0`) is left out; a host name is not an address.
 */
export function decodeIpAddress(text: string): Uint8Array | undefined {
  return text.includes(":") ? decodeIpv6(text) : decodeIpv4(text);
}

/** The text of 4 or 16 bytes; IPv6 is shortened as RFC 5952 §4 wants. */
export function encodeIpAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: number[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    groups.push((bytes[i]! << 8) | bytes[i + 1]!);
  }
  const { start, length } = longestZeros(groups);
  const hex = (part: number[]) => part.map((g) => g.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/**
 * The one way in which we write an address: an IPv4 address that came in IPv6
 * dress (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is IPv4. Other text is returned
 * as it is.
 */
export function toPlainAddress(text: string): string {
  if (!text.includes(":")) return text;
  const bytes = decodeIpv6(text);
  if (bytes === undefined) return text;
  return encodeIpAddress(isMappedIpv4(bytes) ? bytes.subarray(12) : bytes);
}

/**
 * What counts as one place for bounds per address: an IPv4 address, or the /64
 * network of an IPv6 one, since that is what one subscriber is given.
 */
export function networkOf(host: string): string {
  const plain = toPlainAddress(host);
  const bytes = decodeIpAddress(plain);
  return bytes?.length === 16 ? `${bytes.subarray(0, 8).toHex()}/64` : plain;
}

/** Where an address may be reached from. */
export type AddressScope = "global" | "loopback" | "link-local" | "unusable";

/** The scope of an address's bytes; multicast and unspecified are unusable. */
export function addressScope(bytes: Uint8Array): AddressScope {
  return bytes.length === 4 ? ipv4Scope(bytes) : ipv6Scope(bytes);
}

function ipv4Scope(bytes: Uint8Array): AddressScope {
  const [a = 0, b = 0] = bytes;
  if (a === 127) return "loopback";
  if (a === 169 && b === 254) return "link-local";
  if (a === 0 || a >= 224) return "unusable";
  return "global";
}

function ipv6Scope(bytes: Uint8Array): AddressScope {
  if (isMappedIpv4(bytes)) return ipv4Scope(bytes.subarray(12));
  const [a = 0, b = 0] = bytes;
  if (a === 0xff) return "unusable";
  if (a === 0xfe && (b & 0xc0) === 0x80) return "link-local";
  if (!bytes.subarray(0, 15).every((byte) => byte === 0)) return "global";
  return bytes[15] === 1 ? "loopback" : bytes[15] === 0 ? "unusable" : "global";
}

function isMappedIpv4(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes[10] === 0xff && bytes[11] === 0xff &&
    bytes.subarray(0, 10).every((byte) => byte === 0);
}

function decodeIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) {
      return undefined;
    }
    bytes[i] = Number(part);
  }
  return bytes;
}

function decodeIpv6(text: string): Uint8Array | undefined {
  const [address = ""] = text.split("%", 1);
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const head = decodeGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? decodeGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const size = head.length + tail.length;
  if (halves.length === 1 ? size !== 16 : size > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of `a:b:…`; the last group may be an IPv4 address if `atEnd`. */
function decodeGroups(text: string, atEnd: boolean): number[] | undefined {
  const bytes: number[] = [];
  if (text === "") return bytes;
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    const last = atEnd && i === groups.length - 1;
    const ipv4 = last ? decodeIpv4(group) : undefined;
    if (ipv4 === undefined) return undefined;
    bytes.push(...ipv4);
  }
  return bytes;
}

function longestZeros(groups: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [i, group] of groups.entries()) {
    if (group !== 0) start = i + 1;
    else if (i + 1 - start > best.length) {
      best = { start, length: i + 1 - start };
    }
  }
  return best;
}

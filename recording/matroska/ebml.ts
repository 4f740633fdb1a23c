/**
 * Elements of EBML (RFC 8794), as bytes.
 *
 * @module
 */

/** A size that is not known yet, in eight bytes (RFC 8794 §6.2). */
export const UNKNOWN_SIZE: Uint8Array = new Uint8Array([
  0x01,
  0xff,
  0xff,
  0xff,
  0xff,
  0xff,
  0xff,
  0xff,
]);

/** An element with what it holds, in as few bytes as possible. */
export function element(id: number, ...parts: Uint8Array[]): Uint8Array {
  const content = concat(parts);
  return concat([idBytes(id), sizeBytes(content.length), content]);
}

/** An unsigned integer. */
export function uint(id: number, value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0;) {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  }
  return element(id, new Uint8Array(bytes));
}

/** A number, as a float of eight bytes. */
export function float(id: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return element(id, bytes);
}

/** Text. */
export function text(id: number, value: string): Uint8Array {
  const bytes = Uint8Array.from(value, (char) => char.charCodeAt(0) & 0x7f);
  return element(id, bytes);
}

/** Room for something later, so many bytes in all: 2 to 128 (RFC 8794 §11.3.2). */
export function room(bytes: number): Uint8Array {
  return element(0xec, new Uint8Array(bytes - 2));
}

/** A size in eight bytes, to be written over {@linkcode UNKNOWN_SIZE}. */
export function longSize(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0100_0000 + Math.floor(value / 2 ** 32));
  view.setUint32(4, value >>> 0);
  return bytes;
}

/** The bytes of an id, which tells its own length. */
export function idBytes(id: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = id; rest > 0; rest = Math.floor(rest / 256)) {
    bytes.unshift(rest % 256);
  }
  return new Uint8Array(bytes);
}

/** The bytes of a size of up to 2²⁸ − 2 (RFC 8794 §4). */
export function sizeBytes(value: number): Uint8Array {
  // All ones would mean that the size is not known.
  if (value < 0x7f) return new Uint8Array([0x80 | value]);
  if (value < 0x3fff) return new Uint8Array([0x40 | value >> 8, value]);
  if (value < 0x1f_ffff) {
    return new Uint8Array([0x20 | value >> 16, value >> 8, value]);
  }
  return new Uint8Array([
    0x10 | value >> 24,
    value >> 16,
    value >> 8,
    value,
  ]);
}

/** One after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

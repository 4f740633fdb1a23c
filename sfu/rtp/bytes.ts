/**
 * Big-endian reads and writes at an offset that the caller has checked. A
 * `DataView` would have to be made for every packet; these cost nothing.
 *
 * @module
 */

/** Reads 8 bits. The offset must be within bounds. */
export function readU8(bytes: Uint8Array, offset: number): number {
  return bytes[offset]!;
}

/** Reads 16 bits. The offset must be within bounds. */
export function readU16(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! << 8 | bytes[offset + 1]!;
}

/** Reads 24 bits, unsigned. The offset must be within bounds. */
export function readU24(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! << 16 | bytes[offset + 1]! << 8 | bytes[offset + 2]!;
}

/** Reads 32 bits, unsigned. The offset must be within bounds. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 24 | bytes[offset + 1]! << 16 |
    bytes[offset + 2]! << 8 | bytes[offset + 3]!) >>> 0;
}

/** Writes the low 16 bits of a number. */
export function writeU16(out: Uint8Array, offset: number, value: number): void {
  out[offset] = value >>> 8;
  out[offset + 1] = value;
}

/** Writes the low 24 bits of a number. */
export function writeU24(out: Uint8Array, offset: number, value: number): void {
  out[offset] = value >>> 16;
  out[offset + 1] = value >>> 8;
  out[offset + 2] = value;
}

/** Writes the low 32 bits of a number. */
export function writeU32(out: Uint8Array, offset: number, value: number): void {
  out[offset] = value >>> 24;
  out[offset + 1] = value >>> 16;
  out[offset + 2] = value >>> 8;
  out[offset + 3] = value;
}

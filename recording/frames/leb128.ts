/** A number that was read, and how many bytes it took: 0 if there is none. */
export interface Leb128 {
  readonly value: number;
  readonly bytes: number;
}

/** Reads a number of at most 28 bits (AV1 §4.10.5, `leb128()`). */
export function readLeb128(
  bytes: Uint8Array,
  offset: number,
  end: number,
): Leb128 {
  let value = 0;
  for (let n = 0; n < 4 && offset + n < end; n++) {
    const byte = bytes[offset + n]!;
    value |= (byte & 0x7f) << 7 * n;
    if (byte < 0x80) return { value, bytes: n + 1 };
  }
  return { value: 0, bytes: 0 };
}

/** A number in as few bytes as possible. */
export function writeLeb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest > 0x7f ? 0x80 : 0;
    bytes.push(rest & 0x7f | more);
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

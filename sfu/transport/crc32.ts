/** The remainders of each byte under the polynomial of ITU-T V.42. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) {
    rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return rest;
});

/** The CRC-32 of ITU-T V.42, as STUN's FINGERPRINT has it (RFC 8489 §14.7). */
export function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    rest = (rest >>> 8) ^ TABLE[(rest ^ bytes[i]!) & 0xff]!;
  }
  return ~rest >>> 0;
}

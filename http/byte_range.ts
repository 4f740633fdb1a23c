/** A part of a file: its first byte, and the one after its last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What part of a file a `Range` header asks for (RFC 9110 §14.1.2), if it is
 * one part; several, or what cannot be understood, mean the whole file.
 *
 * @param sizeBytes of the file
 */
export function parseByteRange(
  header: string | null,
  sizeBytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const [, from, to] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined) return undefined;
  if (from === "") {
    if (to === "") return undefined;
    const start = Math.max(0, sizeBytes - Number(to));
    return start < sizeBytes ? { start, end: sizeBytes } : "unsatisfiable";
  }
  const start = Number(from);
  const end = to === "" ? sizeBytes : Math.min(sizeBytes, Number(to) + 1);
  if (to !== "" && Number(to) < start) return undefined;
  return start < sizeBytes ? { start, end } : "unsatisfiable";
}

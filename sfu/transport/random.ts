/** Gives that many unpredictable bytes; tests give predictable ones. */
export type RandomBytes = (sizeBytes: number) => Uint8Array;

/** The system's randomness, good for secrets. */
export function systemRandomBytes(sizeBytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(sizeBytes));
}

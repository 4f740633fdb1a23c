/** Which MediaStream a track belongs to, and its own id (RFC 8830). */
export interface Msid {
  readonly streamId: string;
  readonly trackId: string;
}

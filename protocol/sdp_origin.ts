/** Who made a session description and which version of it this is (RFC 8866 §5.2). */
export interface SdpOrigin {
  /** The same for all descriptions of one peer. */
  readonly sessionId: string;
  /** Grows whenever the peer describes itself anew. */
  readonly version: bigint;
}

/** Finds the `o=` line of a description, if it has a well-formed one. */
export function parseSdpOrigin(sdp: string): SdpOrigin | undefined {
  const match = /^o=\S+ (\d{1,20}) (\d{1,20}) /m.exec(sdp);
  const [, sessionId, version] = match ?? [];
  if (sessionId === undefined || version === undefined) return undefined;
  return { sessionId, version: BigInt(version) };
}

/**
 * Whether an answer is one that came before `applied`, or is that one again.
 * The protocol has no number that tells which offer an answer answers; but one
 * peer's descriptions carry one session id and versions that never go down
 * (RFC 8866 §5.2, RFC 9429 §5.3).
 */
export function isRepeatedAnswer(answer: string, applied: string): boolean {
  if (answer === applied) return true;
  const [mine, latest] = [parseSdpOrigin(answer), parseSdpOrigin(applied)];
  return mine !== undefined && latest !== undefined &&
    mine.sessionId === latest.sessionId && mine.version < latest.version;
}

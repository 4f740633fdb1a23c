/** The most bytes of UTF-8 that the reason in a close frame may have (RFC 6455 §5.5). */
const MAX_REASON_BYTES = 123;

/** Cuts a text, between characters, so that it fits into a close frame. */
export function toCloseReason(text: string): string {
  let bytes = 0;
  let reason = "";
  for (const char of text) {
    bytes += utf8Length(char.codePointAt(0) ?? 0);
    if (bytes > MAX_REASON_BYTES) break;
    reason += char;
  }
  return reason;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/**
 * The character classes of RFC 8866 §9 that decide what may be echoed. All are
 * printable ASCII, so a value that passes cannot break out of its line.
 *
 * @module
 */

const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+$/;
const PRINTABLE = /^[\x20-\x7e]+$/;
const VISIBLE = /^[\x21-\x7e]+$/;

/** Whether `text` is a token of at most `maxChars`, such as a mid. */
export function isToken(text: string, maxChars = 64): boolean {
  return text.length <= maxChars && TOKEN.test(text);
}

/** Whether `text` is a byte-string that we are ready to repeat, such as an fmtp. */
export function isPrintable(text: string, maxChars: number): boolean {
  return text.length <= maxChars && PRINTABLE.test(text);
}

/** The same without spaces, such as a cname. */
export function isVisible(text: string, maxChars: number): boolean {
  return text.length <= maxChars && VISIBLE.test(text);
}

/** The number that `text` is in plain decimal digits, if it is at most `max`. */
export function toInteger(text: string, max: number): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

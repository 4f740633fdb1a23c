/**
 * The first word of what was written behind a command, and the rest. A word may
 * be in quotes, `"` or `'`, and `\` takes the next character as it is.
 */
export function splitWord(text: string): [word: string, rest: string] {
  const trimmed = text.trimStart();
  let word = "";
  let quote = "";
  let at = 0;
  for (; at < trimmed.length; at++) {
    const character = trimmed.charAt(at);
    if (character === "\\" && at + 1 < trimmed.length) {
      at += 1;
      word += trimmed.charAt(at);
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word += character;
    } else if (character === '"' || character === "'") quote = character;
    else if (/\s/.test(character)) break;
    else word += character;
  }
  return [word, trimmed.slice(at).trim()];
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  mon: 31 * 86_400_000,
  yr: 365 * 86_400_000,
};

/** How long an invitation lasts of which nothing is said. */
const DEFAULT_VALIDITY_MS = 86_400_000;

/**
 * When an invitation shall end: `30min`, `2h`, `7d`, `1mon`, `1yr`, or a date.
 *
 * @param text empty for a day from now
 * @returns milliseconds since 1970; `undefined` if the text is no time
 */
export function parseExpiration(
  text: string,
  nowMs: number,
): number | undefined {
  if (text === "") return nowMs + DEFAULT_VALIDITY_MS;
  const [, amount, unit = ""] = /^(\d{1,6})\s*(s|min|h|d|mon|yr)$/.exec(text) ??
    [];
  const unitMs = UNITS[unit];
  if (unitMs !== undefined) return nowMs + Number(amount) * unitMs;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}

/** The token of an invite link, or the text itself if it is none. */
export function tokenOf(link: string): string {
  if (!URL.canParse(link)) return link;
  return new URL(link).searchParams.get("token") ?? link;
}

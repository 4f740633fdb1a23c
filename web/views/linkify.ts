/** A piece of a text: as it is, or an address that can be followed. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;

/** What mostly belongs to the sentence around an address, not to it. */
const TRAILING = /[.,;:!?…*_~]+$/;

/** Finds the web addresses in a text. Only `http:` and `https:` become links. */
export function linkify(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimAddress(match[0]);
    const href = toHref(address);
    if (href === undefined) continue;
    if (match.index > end) {
      parts.push({ kind: "text", text: text.slice(end, match.index) });
    }
    parts.push({ kind: "link", text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

/** Without full stops at the end, nor a bracket that was opened before it. */
function trimAddress(address: string): string {
  const trimmed = address.replace(TRAILING, "");
  const last = trimmed.at(-1);
  const opens = last === ")" ? "(" : last === "]" ? "[" : undefined;
  return opens === undefined || trimmed.includes(opens)
    ? trimmed
    : trimAddress(trimmed.slice(0, -1));
}

function toHref(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).href : undefined;
}

import { linkify } from "./linkify.ts";

/** A piece of a message, as it is to be shown. Only text nodes come of it. */
export type RichPart =
  | { readonly kind: "text" | "code" | "block"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  | {
    readonly kind: "strong" | "emphasis" | "deleted";
    readonly parts: readonly RichPart[];
  };

const BLOCK = /```(?:[a-z0-9+-]*\n)?([\s\S]+?)```/i;
const CODE = /`([^`\n]+)`/;
/**
 * Signs around words that begin and end with neither sign nor space, at the
 * edge of a word: `2*3*4` and `snake_case_name` mean themselves.
 */
const MARKS = [
  { kind: "strong", pattern: around("\\*\\*") },
  { kind: "strong", pattern: around("\\*") },
  { kind: "emphasis", pattern: around("_") },
  { kind: "deleted", pattern: around("~~") },
] as const;

function around(sign: string): RegExp {
  const edge = "[\\p{L}\\p{N}]";
  const inside = `\\S(?:[^\\n]*?\\S)?`;
  return new RegExp(
    `(?<!${edge}|${sign})${sign}(${inside})${sign}(?!${edge}|${sign})`,
    "u",
  );
}

/** Finds code, addresses and emphasis in a message. */
export function toRichText(text: string): readonly RichPart[] {
  return splitAt(
    text,
    BLOCK,
    toBlock,
    (between) =>
      splitAt(
        between,
        CODE,
        toCode,
        (words) =>
          linkify(words).flatMap((part) =>
            part.kind === "link" ? [part] : emphasize(part.text)
          ),
      ),
  );
}

function toBlock(found: RegExpExecArray): RichPart {
  return { kind: "block", text: (found[1] ?? "").replace(/\n$/, "") };
}

function toCode(found: RegExpExecArray): RichPart {
  return { kind: "code", text: found[1] ?? "" };
}

/** The pattern's first place of several counts; what is inside may be marked too. */
function emphasize(text: string): readonly RichPart[] {
  let first: { found: RegExpExecArray; kind: RichPart["kind"] } | undefined;
  for (const { kind, pattern } of MARKS) {
    const found = pattern.exec(text);
    const earlier = found !== null &&
      (first === undefined || found.index < first.found.index);
    if (earlier) first = { found, kind };
  }
  if (first === undefined) return text === "" ? [] : [{ kind: "text", text }];
  const { found, kind } = first;
  const marked = {
    kind: kind as "strong" | "emphasis" | "deleted",
    parts: emphasize(found[1] ?? ""),
  };
  const before = text.slice(0, found.index);
  return [
    ...(before === "" ? [] : [{ kind: "text" as const, text: before }]),
    marked,
    ...emphasize(text.slice(found.index + found[0].length)),
  ];
}

/** What a pattern finds becomes one thing, what is between another. */
function splitAt(
  text: string,
  pattern: RegExp,
  toPart: (found: RegExpExecArray) => RichPart,
  toOthers: (between: string) => readonly RichPart[],
): readonly RichPart[] {
  const parts: RichPart[] = [];
  let rest = text;
  for (;;) {
    const found = pattern.exec(rest);
    if (found === null) break;
    parts.push(...toOthers(rest.slice(0, found.index)), toPart(found));
    rest = rest.slice(found.index + found[0].length);
  }
  return rest === "" ? parts : [...parts, ...toOthers(rest)];
}

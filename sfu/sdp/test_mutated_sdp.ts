import assert from "node:assert/strict";
import fc from "fast-check";
import { SdpError } from "./sdp_error.ts";

/** What attackers and broken clients put where something else belongs. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "0",
    "-1",
    "4294967296",
    "1e9",
    "\r\na=evil",
    "\n",
    "\r",
    "\0",
    "\u2028a=evil",
    "$1$&",
    "../..",
    "a=mid:0",
    "a=group:BUNDLE 1 0 0",
    "m=video 0 RTP/SAVPF 96",
    "a=bundle-only",
    "a=ice-lite",
    "a=inactive",
    " ",
    "x".repeat(5_000),
  ),
);

/** One change to the lines of an SDP; positions are taken modulo its length. */
type Mutation = (lines: string[]) => void;

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  other: fc.nat(),
  text: hostile,
  kind: fc.constantFrom("delete", "copy", "swap", "value", "insert", "splice"),
}).map(({ at, other, text, kind }) => (lines) => {
  const from = at % Math.max(lines.length, 1);
  const to = other % Math.max(lines.length, 1);
  const line = lines[from] ?? "";
  const cut = other % (line.length + 1);
  switch (kind) {
    case "delete":
      lines.splice(from, 1);
      break;
    case "copy":
      lines.splice(to, 0, line);
      break;
    case "swap":
      [lines[from], lines[to]] = [lines[to] ?? "", line];
      break;
    case "value":
      lines[from] = line.replace(/[:=].*$/s, () => `:${text}`);
      break;
    case "insert":
      lines.splice(from, 0, text);
      break;
    case "splice":
      lines[from] = line.slice(0, cut) + text + line.slice(cut);
      break;
  }
});

/** SDP of the corpus, changed in a few places. */
export function mutated(corpus: readonly string[]): fc.Arbitrary<string> {
  const mutations = fc.array(mutation, { maxLength: 6 });
  return fc.tuple(fc.constantFrom(...corpus), mutations).map(
    ([sdp, changes]) => {
      const lines = sdp.split("\r\n");
      for (const change of changes) change(lines);
      return lines.join("\r\n");
    },
  );
}

/** What `parse` returns, or undefined if it throws an {@linkcode SdpError}. */
export function unlessRefused<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    assert(error instanceof SdpError, String(error));
    assert.match(error.message, /^Cannot use (offer|answer): [ -~…]+$/);
    return undefined;
  }
}

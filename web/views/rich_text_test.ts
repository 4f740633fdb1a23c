import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type RichPart, toRichText } from "./rich_text.ts";

const text = (text: string): RichPart => ({ kind: "text", text });

test("code, emphasis and addresses are found where they are meant", () => {
  assert.deepEqual(toRichText("run `ls *` *now* or _later_, ~~never~~"), [
    text("run "),
    { kind: "code", text: "ls *" },
    text(" "),
    { kind: "strong", parts: [text("now")] },
    text(" or "),
    { kind: "emphasis", parts: [text("later")] },
    text(", "),
    { kind: "deleted", parts: [text("never")] },
  ]);
  assert.deepEqual(toRichText("**very _much_**"), [{
    kind: "strong",
    parts: [text("very "), { kind: "emphasis", parts: [text("much")] }],
  }]);
  assert.deepEqual(toRichText("```ts\nlet a = 1;\n```"), [
    { kind: "block", text: "let a = 1;" },
  ]);
  assert.deepEqual(
    toRichText("see https://a.example/_x_ *ok*").map((part) => part.kind),
    ["text", "link", "text", "strong"],
  );
});

test("signs in sums and names mean themselves", () => {
  for (const plain of ["2*3*4", "snake_case_name", "* a * b", "`", "a ~~ b"]) {
    assert.deepEqual(toRichText(plain), [text(plain)]);
  }
});

test("no letter is lost, whatever is written", () => {
  const plain = (parts: readonly RichPart[]): string =>
    parts.map((part) => "parts" in part ? plain(part.parts) : part.text)
      .join("");
  const letters = (words: string) => words.replace(/[^a-z]/g, "");
  const written = fc.array(
    fc.constantFrom("a", "b", " ", "*", "**", "_", "~~", "`", "\n"),
  );
  fc.assert(fc.property(written, (pieces) => {
    const words = pieces.join("");
    assert.equal(letters(plain(toRichText(words))), letters(words));
  }));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { linkify } from "./linkify.ts";

function links(text: string): string[] {
  return linkify(text).flatMap((part) => part.kind === "link" ? part.href : []);
}

test("addresses become links, and nothing of the text is lost", () => {
  const text = "See https://example.org/a?b=c#d, and http://example.com too.";

  assert.deepEqual(links(text), [
    "https://example.org/a?b=c#d",
    "http://example.com/",
  ]);
  assert.equal(linkify(text).map((part) => part.text).join(""), text);
});

test("what ends the sentence is not part of the address", () => {
  assert.deepEqual(links("Really https://example.org/x?!"), [
    "https://example.org/x",
  ]);
  assert.deepEqual(links("(as in https://example.org/x)"), [
    "https://example.org/x",
  ]);
  assert.deepEqual(links("https://example.org/x_(y)"), [
    "https://example.org/x_(y)",
  ]);
});

test("only http and https are followed", () => {
  for (
    const text of [
      "javascript:alert(1)",
      "data:text/html,<script>",
      "file:///etc/passwd",
      "xhttps://example.org",
      "https://",
      "no address at all",
    ]
  ) assert.deepEqual(links(text), [], text);
});

test("a text that looks like HTML stays text", () => {
  const text = '<a href="https://example.org">x</a>';

  assert.equal(linkify(text).map((part) => part.text).join(""), text);
  assert.deepEqual(links(text), ["https://example.org/"]);
});

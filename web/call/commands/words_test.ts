import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExpiration, splitWord, tokenOf } from "./words.ts";

test("a word ends at a space, unless it is quoted or escaped", () => {
  assert.deepEqual(splitWord("bob see you"), ["bob", "see you"]);
  assert.deepEqual(splitWord('"Ann Lee" hi'), ["Ann Lee", "hi"]);
  assert.deepEqual(splitWord("'O\"Neil' hi"), ['O"Neil', "hi"]);
  assert.deepEqual(splitWord("Ann\\ Lee  hi "), ["Ann Lee", "hi"]);
  assert.deepEqual(splitWord("   "), ["", ""]);
});

test("an expiration is a span or a date, and a day if nothing is said", () => {
  const day = 86_400_000;
  assert.equal(parseExpiration("", 0), day);
  assert.equal(parseExpiration("30min", 0), 1_800_000);
  assert.equal(parseExpiration("2 h", 5), 7_200_005);
  assert.equal(parseExpiration("1yr", 0), 365 * day);
  assert.equal(parseExpiration("2026-12-01T10:00Z", 0), 1_796_119_200_000);
  assert.equal(parseExpiration("soon", 0), undefined);
});

test("a token may be given by its link", () => {
  assert.equal(tokenOf("https://a.example/group/g/?token=abc"), "abc");
  assert.equal(tokenOf("abc"), "abc");
});

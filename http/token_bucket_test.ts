import assert from "node:assert/strict";

import { instantAt } from "../lib/time.ts";
import { TokenBucket } from "./token_bucket.ts";

Deno.test("TokenBucket.take() allows a burst, then so many a second", () => {
  const bucket = new TokenBucket(3, 10, instantAt(0));
  const takeAt = (ms: number) => bucket.take(instantAt(ms));

  assert.deepEqual([takeAt(0), takeAt(0), takeAt(0), takeAt(0)], [
    true,
    true,
    true,
    false,
  ]);
  assert.deepEqual([takeAt(99), takeAt(100), takeAt(100)], [
    false,
    true,
    false,
  ]);
  assert.deepEqual(
    [takeAt(9999), takeAt(9999), takeAt(9999), takeAt(9999)],
    [true, true, true, false],
    "what is saved up is never more than the burst",
  );
});

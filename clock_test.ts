import assert from "node:assert/strict";
import { createSystemClock } from "./clock.ts";

Deno.test("createSystemClock() never goes back", () => {
  const clock = createSystemClock();
  const first = clock.now();
  const second = clock.now();

  assert.ok(second.instant >= first.instant);
  assert.ok(first.wall > Date.UTC(2020, 0));
});

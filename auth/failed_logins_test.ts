import assert from "node:assert/strict";

import { instantAt } from "../lib/time.ts";
import { FailedLogins, PAUSE_MS } from "./failed_logins.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

const ANN = { network: "192.0.2.1", group: "maths", username: "ann" };
const LIMITS = {
  ...DEFAULT_LIMITS,
  failedLogins: 3,
  failedLoginsPerAddress: 8,
};

/** Fails so often in a row. */
function fail(logins: FailedLogins, key: typeof ANN, times: number): void {
  for (let n = 0; n < times; n += 1) logins.fail(key, instantAt(n));
}

Deno.test("FailedLogins lets one name pause, and nobody beside it (J-17)", () => {
  const logins = new FailedLogins();
  const isBlocked = (key: typeof ANN, atMs = 10) =>
    logins.isBlocked(key, LIMITS, instantAt(atMs));
  fail(logins, ANN, 2);
  assert.equal(isBlocked(ANN), false);
  fail(logins, ANN, 1);
  assert.equal(isBlocked(ANN), true);
  for (
    const other of [
      { ...ANN, username: "bob" },
      { ...ANN, group: "music" },
      { ...ANN, network: "192.0.2.2" },
    ]
  ) assert.equal(isBlocked(other), false);
  assert.equal(isBlocked(ANN, PAUSE_MS - 1), true);
  assert.equal(isBlocked(ANN, PAUSE_MS), false, "one more try");
  logins.fail(ANN, instantAt(PAUSE_MS));
  assert.equal(isBlocked(ANN, PAUSE_MS + 1), true, "and a pause again");
  logins.succeed(ANN);
  assert.equal(isBlocked(ANN, PAUSE_MS + 1), false);
});

Deno.test("FailedLogins lets a network pause that tries many names, but no proxy", () => {
  for (const network of ["192.0.2.1", ""]) {
    const logins = new FailedLogins();
    for (let n = 0; n < 8; n += 1) {
      fail(logins, { ...ANN, network, username: `user${n}` }, 1);
    }
    const fresh = { ...ANN, network, username: "fresh" };
    const isBlocked = logins.isBlocked(fresh, LIMITS, instantAt(10));
    assert.equal(isBlocked, network !== "");
  }
});

Deno.test("FailedLogins forgets the oldest rather than grow", () => {
  const logins = new FailedLogins();
  fail(logins, ANN, 3);
  for (let n = 0; n < 10_000; n += 1) {
    fail(logins, { ...ANN, network: "", username: `u${n}` }, 1);
  }
  assert.equal(logins.isBlocked(ANN, LIMITS, instantAt(10)), false);
});

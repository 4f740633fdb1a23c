import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt } from "../lib/time.ts";
import { DEFAULT_CLIENT_LIMITS } from "../protocol/client_limits.ts";
import type { ClientId, SessionId } from "../protocol/ids.ts";
import { checkLiveness } from "./liveness.ts";
import type { Session } from "./session.ts";

/** A session that was heard at `heardMs`, and pinged at `pingedMs`. */
function session(heardMs: number, pingedMs = heardMs): Session {
  return {
    id: 1 as SessionId,
    address: "",
    isProgram: false,
    limits: DEFAULT_CLIENT_LIMITS,
    connectedAt: instantAt(0),
    lastHeardAt: instantAt(heardMs),
    lastPingAt: instantAt(pingedMs),
    extensions: [],
    attempts: 0,
    state: { kind: "outside", client: "a1" as ClientId },
  };
}

test("checkLiveness() pings after 20 s of silence, every 10 s (A-8)", () => {
  assert.equal(checkLiveness(session(0), instantAt(20_000)), "fine");
  assert.equal(checkLiveness(session(0), instantAt(20_001)), "ping");
  assert.equal(checkLiveness(session(0, 20_001), instantAt(30_000)), "fine");
  assert.equal(checkLiveness(session(0, 20_001), instantAt(30_001)), "ping");
});

test("checkLiveness() calls a client dead after 45 s (A-8)", () => {
  assert.equal(checkLiveness(session(0, 40_001), instantAt(45_000)), "fine");
  assert.equal(checkLiveness(session(0, 40_001), instantAt(45_001)), "dead");
  assert.equal(checkLiveness(session(30_000), instantAt(45_001)), "fine");
});

test("checkLiveness() wants a handshake within 15 s, however chatty the client (A-4)", () => {
  const silent: Session = { ...session(14_000), state: { kind: "silent" } };

  assert.equal(checkLiveness(silent, instantAt(14_999)), "fine");
  assert.equal(checkLiveness(silent, instantAt(15_000)), "never-began");
});

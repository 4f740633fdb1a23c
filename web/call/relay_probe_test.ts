import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePeer } from "../client/fake_peer.ts";
import { browserEnvironment, type Timer } from "../client/environment.ts";
import { probeRelay } from "./relay_probe.ts";

const TURN = { iceServers: [{ urls: ["stun:a", "turn:b"] }] };

/** Peers that nobody relays for, and timers that a test runs. */
function surroundings() {
  const asked: RTCConfiguration[] = [];
  const peers: FakePeer[] = [];
  const timers: (() => void)[] = [];
  const environment = {
    ...browserEnvironment(),
    createPeer(configuration: RTCConfiguration) {
      asked.push(configuration);
      const peer = new FakePeer();
      peers.push(peer);
      return peer.asPeer();
    },
    setTimer(run: () => void) {
      timers.push(run);
      return 0 as unknown as Timer;
    },
    clearTimer() {},
    nowMs: () => 0,
  };
  return { environment, asked, peers, timers };
}

test("/relay-test needs a TURN server, and uses nothing else (G.6)", async () => {
  const { environment, asked, peers, timers } = surroundings();
  const none = await probeRelay(
    { iceServers: [{ urls: "stun:a" }] },
    environment,
  );
  assert.deepEqual(none, { kind: "no-relay" });
  assert.equal(peers.length, 0);

  const outcome = probeRelay(TURN, environment);
  assert.deepEqual(
    asked,
    [1, 2].map(() => ({
      ...TURN,
      iceTransportPolicy: "relay",
    })),
  );
  assert.equal(timers.length, 1);
  timers[0]!();
  assert.deepEqual(await outcome, { kind: "fails" });
  assert.ok(peers.every(({ closed }) => closed));
});

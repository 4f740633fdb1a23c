import assert from "node:assert/strict";
import { instantAt, wallTimeAt } from "../../lib/time.ts";
import type { Negotiation, PublisherKey } from "../../protocol/media_plane.ts";
import { FakeHub } from "../../tests/support/fake_hub.ts";
import { waitForValue } from "../../tests/support/wait_for.ts";
import { Plane } from "../plane.ts";
import { writeRtpHeader } from "../rtp/rtp_packet.ts";
import * as chromium from "../sdp/fixtures/chromium.ts";
import { createRingMemory } from "./packet_ring.ts";
import type { RelayEvent } from "./relay_messages.ts";
import { Relays } from "./relays.ts";

const KEY = 1 as PublisherKey;
const MEDIA = { h: 1111, l: 2222 };
const codecs = ["vp8", "opus"] as const;

/** One thread: its plane, without a network, and what it shares. */
function openThread() {
  const hub = new FakeHub();
  const events: RelayEvent[] = [];
  let nowMs = 1_000;
  const clock = {
    now: () => ({ instant: instantAt(nowMs++), wall: wallTimeAt(nowMs) }),
  };
  const plane = new Plane({
    hub,
    random: (size) => crypto.getRandomValues(new Uint8Array(size)),
    clock,
    onEvent() {},
    onError(error) {
      throw error;
    },
  });
  const relays = new Relays(plane, (event) => void events.push(event));
  return { hub, plane, relays, events, clock };
}

const [section] = [/a=extmap:(\d+) \S+rtp-stream-id/.exec(chromium.SIMULCAST)];
const RID_EXTENSION = Number(section?.[1]);
const PAYLOAD_TYPE = Number(
  /a=rtpmap:(\d+) VP8/.exec(chromium.SIMULCAST)?.[1],
);

/** A packet of an encoding, with its name or without. */
function packetOf(rid: "h" | "l", n: number, isNamed: boolean): Uint8Array {
  const ssrc = MEDIA[rid];
  const plain = new Uint8Array(60);
  writeRtpHeader(plain, PAYLOAD_TYPE, true, n, n * 3_000, ssrc);
  if (!isNamed) return plain;
  const named = new Uint8Array(68);
  named.set(plain.subarray(0, 12));
  named[0]! |= 0x10; // one-byte header extensions (RFC 8285 §4.2)
  named.set([0xbe, 0xde, 0, 1, RID_EXTENSION << 4, rid.charCodeAt(0)], 12);
  return named;
}

Deno.test("Relays tell which sources send what, where packets say so no more", async () => {
  const [home, other] = [openThread(), openThread()];
  home.plane.handle({
    kind: "open-publisher",
    publisher: KEY,
    group: "g",
    codecs,
    negotiation: 1 as Negotiation,
    sdp: chromium.SIMULCAST,
  });
  const peer = home.hub.peers[0]!;
  peer.connect(home.clock.now().instant);
  const receive = (n: number, isNamed: boolean) => {
    for (const rid of ["h", "l"] as const) {
      peer.receive(packetOf(rid, n, isNamed), home.clock.now().instant);
    }
  };
  receive(1, true);
  const sources = (plane: Plane) =>
    plane.publisherOf(KEY)!.tracks.map(({ rid, ssrc }) => [rid, ssrc]);
  assert.deepEqual(sources(home.plane), [["h", 1111], ["l", 2222]]);

  const ring = { id: 1, memory: createRingMemory() };
  const sdp = chromium.SIMULCAST;
  other.relays.handle({
    kind: "open-relay",
    publisher: KEY,
    codecs,
    sdp,
    ring,
  });
  home.relays.handle({ kind: "tap", publisher: KEY, ring });
  receive(2, false);
  await waitForValue("the tracks", () => other.events[0]);
  assert.deepEqual(sources(other.plane), [["h", 1111], ["l", 2222]]);
  const tracks = { kind: "relay-tracks", publisher: KEY, count: 1 };
  assert.deepEqual(other.events[0], tracks);

  home.relays.handle({ kind: "untap", publisher: KEY, ring: 1 });
  other.relays.handle({ kind: "close-relay", publisher: KEY });
  assert.equal(other.plane.publisherOf(KEY), undefined);
  receive(3, false);
  assert.equal(home.plane.publisherOf(KEY)!.tracks.length, 2, "it goes on");
});

import assert from "node:assert/strict";
import { PacketPath } from "../tests/support/packet_path.ts";
import {
  openNativeLibraries,
  openNativePorts,
} from "./transport/native/choose_ports.ts";
import { createNativeSrtpProvider } from "./transport/native/native_srtp.ts";

/** The figures are bytes: they do not depend on how fast the machine is. */
const CHUNKS = 20;
const PACKETS = 200_000;
const WARM_UP = 100_000;
/** The least that V8 can allocate: a number that has become an object. */
const BOXED_BYTES = 16;

// Opened once, as in a server: V8 calls a function of C's directly only where it
// sees no other in its place.
const libraries = openNativeLibraries();
const ports = await openNativePorts(libraries);
const { libc, libcrypto } = libraries;
const publisherSrtp = createNativeSrtpProvider(libc, libcrypto);

/**
 * What V8's heap grows by for each packet that is sent: the median of some
 * stretches, as a collection makes one of them shrink.
 */
function allocatedPerPacket(
  viewers: number,
  send: (path: PacketPath, atLeast: number) => number,
): number {
  using path = new PacketPath(ports, publisherSrtp, viewers);
  send(path, WARM_UP);
  const grown: number[] = [];
  for (let i = 0; i < CHUNKS; i++) {
    const before = Deno.memoryUsage().heapUsed;
    const packets = send(path, PACKETS / CHUNKS);
    grown.push((Deno.memoryUsage().heapUsed - before) / packets);
  }
  return grown.sort((a, b) => a - b)[CHUNKS / 2]!;
}

/** Packets alone. */
function send(path: PacketPath, atLeast: number): number {
  let packets = 0;
  while (packets < atLeast) packets += path.burst();
  return packets;
}

/** With what is done every 10 ms, as often as in a call: a picture each 33 ms. */
function sendAndPoll(path: PacketPath, atLeast: number): number {
  let packets = 0;
  while (packets < atLeast) {
    packets += path.burst();
    for (let i = 0; i < 3; i++) path.poll();
  }
  return packets;
}

Deno.test("what a plane does besides allocates little for each of 100 viewers", () => {
  const allocated = allocatedPerPacket(100, sendAndPoll);
  // Some numbers that have become objects, but no lists of each viewer's own.
  assert.ok(allocated < 2 * BOXED_BYTES, `${allocated} bytes a packet`);
});

for (const viewers of [1, 10, 100]) {
  Deno.test(`the packet path allocates nothing for a packet, with ${viewers} viewers`, () => {
    const allocated = allocatedPerPacket(viewers, send);
    assert.ok(allocated < BOXED_BYTES, `${allocated} bytes a packet`);
  });
}

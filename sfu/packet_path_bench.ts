/**
 * What one packet costs in pure logic: each of these runs once per packet, the
 * rewriting once per packet and viewer; and what all of it costs together. It is
 * not beside what it measures, because there is no `Deno` in `sfu/rtp/`.
 *
 * @module
 */
import { instantAt } from "../lib/time.ts";
import { BURST, PacketPath } from "../tests/support/packet_path.ts";
import { NackGenerator } from "./rtp/nack_generator.ts";
import { PacketCache } from "./rtp/packet_cache.ts";
import { Reception } from "./rtp/reception.ts";
import { Rewriter } from "./rtp/rewriter.ts";
import { RtpView, writeRtpHeader } from "./rtp/rtp_packet.ts";
import { SequenceExtender } from "./rtp/sequence.ts";
import { Vp8Descriptor } from "./rtp/vp8.ts";
import {
  openNativeLibraries,
  openNativePorts,
} from "./transport/native/choose_ports.ts";
import { createNativeSrtpProvider } from "./transport/native/native_srtp.ts";

const packet = new Uint8Array(1_200);
writeRtpHeader(packet, 96, true, 1, 90_000, 0x12345678);
const view = new RtpView();
view.parse(packet);

Deno.bench("RtpView.parse()", () => {
  view.parse(packet);
});

const descriptor = new Vp8Descriptor();
Deno.bench("Vp8Descriptor.parse()", () => {
  descriptor.parse(packet, view.payloadOffset, view.payloadSize);
});

const extender = new SequenceExtender();
let number = 0;
Deno.bench("SequenceExtender.extend()", () => {
  extender.extend(number++ & 0xffff);
});

const reception = new Reception(1, 90_000);
let received = 65_536;
Deno.bench("Reception.receive()", () => {
  reception.receive(received, received * 300, instantAt(received));
  received++;
});

const nacks = new NackGenerator();
let noted = 65_536;
Deno.bench("NackGenerator.receive()", () => {
  nacks.receive(noted, instantAt(noted), false);
  noted++;
});

const cache = new PacketCache(256);
let stored = 65_536;
Deno.bench("PacketCache.store()", () => {
  cache.store(stored, view, packet, instantAt(stored), false);
  stored++;
});

const rewriter = new Rewriter({
  ssrc: 1,
  clockRate: 90_000,
  firstSequenceNumber: 0,
  firstTimestamp: 0,
});
const header = new Uint8Array(12);
let mapped = 65_536;
Deno.bench("Rewriter.map() and writeRtpHeader()", () => {
  rewriter.map(mapped, mapped * 300, instantAt(mapped));
  mapped++;
  writeRtpHeader(
    header,
    96,
    false,
    rewriter.sequenceNumber,
    rewriter.timestamp,
    rewriter.ssrc,
  );
});

// The whole path, ciphers and sockets included, with the publisher's own cipher.
const libraries = openNativeLibraries();
const ports = await openNativePorts(libraries);
const publisherSrtp = createNativeSrtpProvider(
  libraries.libc,
  libraries.libcrypto,
);
for (const viewers of [0, 1, 100]) {
  const path = new PacketPath(ports, publisherSrtp, viewers);
  Deno.bench(`a picture of ${BURST} packets to ${viewers} viewers`, () => {
    path.burst();
  });
}

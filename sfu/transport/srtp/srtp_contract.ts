/**
 * What every {@linkcode SrtpProvider} has to do. Each adapter's test calls
 * {@linkcode testSrtpProvider}.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  SRTP_MAX_OVERHEAD,
  SrtpFault,
  type SrtpKeys,
  type SrtpProfile,
  type SrtpProvider,
  type SrtpReceiver,
  type SrtpSender,
} from "../ports.ts";

const PROFILES: readonly SrtpProfile[] = [
  "AEAD_AES_128_GCM",
  "SRTP_AES128_CM_HMAC_SHA1_80",
];

/** Packets that libsrtp's own test program protects, by its master keys. */
const LIBSRTP = {
  AEAD_AES_128_GCM: {
    key: "000102030405060708090a0b0c0d0e0f",
    salt: "a0a1a2a3a4a5a6a7a8a9aaab",
    rtp: "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06e" +
      "d2976826f796b201df3131a127e8a392",
    rtcp: "81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025" +
      "c52c6fbea2b3b446ea31123ba88ce61e80000001",
  },
  SRTP_AES128_CM_HMAC_SHA1_80: {
    key: "e1f97a0d3e018be0d64fa32c06de4139",
    salt: "0ec675ad498afeebb6960b3aabe6",
    rtp: "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402" +
      "b78d6acc99ea179b8dbb",
    rtcp: "81c8000bcafebabe7128035be487b9bdbef89041f977a5a8" +
      "80000001993e08cd54d6c1230798",
  },
} as const;
const LIBSRTP_RTP_HEADER = "800f1234decafbadcafebabe";
const LIBSRTP_RTP_PAYLOAD = "ab".repeat(16);
const LIBSRTP_RTCP = "81c8000bcafebabe" + "ab".repeat(16);

/** The same keys for the sender and the receiver of a test. */
function someKeys(profile: SrtpProfile): SrtpKeys {
  return {
    profile,
    masterKey: Uint8Array.from({ length: 16 }, (_, i) => i * 7 + 1),
    masterSalt: Uint8Array.from(
      { length: profile === "AEAD_AES_128_GCM" ? 12 : 14 },
      (_, i) => i * 5 + 2,
    ),
  };
}

/** A sender and a receiver that share their keys. */
interface Pair {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
}

function header(sequenceNumber: number, ssrc = 0x01020304): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x8060);
  view.setUint16(2, sequenceNumber);
  view.setUint32(8, ssrc);
  return bytes;
}

const PAYLOAD = Uint8Array.from({ length: 50 }, (_, i) => 255 - i);

/** The protected packet of a sequence number. */
function protect(
  { sender }: Pair,
  sequenceNumber: number,
  ssrc?: number,
): Uint8Array {
  const out = new Uint8Array(12 + PAYLOAD.length + SRTP_MAX_OVERHEAD);
  const size = sender.protectRtp(header(sequenceNumber, ssrc), PAYLOAD, out, 0);
  return out.subarray(0, size);
}

function protectRtcp({ sender }: Pair, ssrc = 9): Uint8Array {
  const out = new Uint8Array(28 + SRTP_MAX_OVERHEAD);
  return out.subarray(0, sender.protectRtcp(rtcp(ssrc), out, 0));
}

function rtcp(ssrc = 9): Uint8Array {
  const bytes = new Uint8Array(28).fill(0x33);
  bytes.set([0x80, 200, 0, 6]);
  new DataView(bytes.buffer).setUint32(4, ssrc);
  return bytes;
}

/** Opens a copy, and sees that it is as it was sent. */
function open({ receiver }: Pair, packet: Uint8Array): void {
  const copy = packet.slice();
  const size = receiver.unprotectRtp(copy);
  assert.equal(size, 12 + PAYLOAD.length);
  assert.deepEqual(copy.subarray(0, 12), packet.subarray(0, 12));
  assert.deepEqual(copy.subarray(12, size), PAYLOAD);
}

/** Sees that a packet is refused for a reason, and not written to. */
function refuse(
  { receiver }: Pair,
  packet: Uint8Array,
  fault: SrtpFault,
): void {
  const copy = packet.slice();
  assert.equal(receiver.unprotectRtp(copy), fault);
  assert.deepEqual(copy, packet);
}

/** A copy with one bit turned. */
function damaged(packet: Uint8Array, at: number): Uint8Array {
  const copy = packet.slice();
  copy[at] = copy[at]! ^ 0x10;
  return copy;
}

/** Declares the tests, for both profiles. */
export function testSrtpProvider(name: string, provider: SrtpProvider): void {
  for (const profile of PROFILES) {
    const declare = (promise: string, test: (pair: Pair) => void) => {
      Deno.test(`${name}, ${profile}: ${promise}`, () => {
        const keys = someKeys(profile);
        const sender = provider.createSender(keys);
        const receiver = provider.createReceiver(keys);
        try {
          test({ sender, receiver });
        } finally {
          sender.close();
          receiver.close();
        }
      });
    };
    testVectors(name, profile, provider);
    testPackets(declare);
    testRollover(declare);
    testReplay(declare);
    testForgery(declare);
    testRtcp(declare);
    testLifetime(name, profile, provider);
  }
}

type Declare = (promise: string, test: (pair: Pair) => void) => void;

function testVectors(
  name: string,
  profile: SrtpProfile,
  provider: SrtpProvider,
): void {
  Deno.test(`${name}, ${profile}: agrees with libsrtp`, () => {
    const vector = LIBSRTP[profile];
    const keys: SrtpKeys = {
      profile,
      masterKey: Uint8Array.fromHex(vector.key),
      masterSalt: Uint8Array.fromHex(vector.salt),
    };
    const sender = provider.createSender(keys);
    const receiver = provider.createReceiver(keys);
    const plain = Uint8Array.fromHex(LIBSRTP_RTP_HEADER + LIBSRTP_RTP_PAYLOAD);
    const out = new Uint8Array(100);

    const payload = plain.subarray(12);
    const size = sender.protectRtp(plain.subarray(0, 12), payload, out, 0);
    assert.equal(out.subarray(0, size).toHex(), vector.rtp);
    assert.equal(receiver.unprotectRtp(out.subarray(0, size)), plain.length);
    assert.deepEqual(out.subarray(0, plain.length), plain);

    const compound = Uint8Array.fromHex(vector.rtcp);
    const opened = receiver.unprotectRtcp(compound);
    assert.equal(compound.subarray(0, opened).toHex(), LIBSRTP_RTCP);

    // Its first packet has index 1, though RFC 3711 begins with 0.
    const wanted = Uint8Array.fromHex(LIBSRTP_RTCP);
    sender.protectRtcp(wanted, out, 0);
    const second = sender.protectRtcp(wanted, out, 0);
    assert.equal(out.subarray(0, second).toHex(), vector.rtcp);
    sender.close();
    receiver.close();
  });
}

function testPackets(declare: Declare): void {
  declare(
    "opens what was protected, whatever the header and payload",
    (pair) => {
      const sources = fc.nat(15);
      const extension = fc.option(fc.nat(6));
      const payload = fc.uint8Array({ maxLength: 3_000 });
      let sequenceNumber = 0;
      fc.assert(fc.property(
        sources,
        extension,
        payload,
        fc.nat(40),
        (count, words, content, offset) => {
          const extra = words === null ? 0 : 4 + words * 4;
          const head = new Uint8Array(12 + count * 4 + extra).fill(0x77);
          head.set(header(++sequenceNumber));
          head[0] = 0x80 | count | (words === null ? 0 : 0x10);
          if (words !== null) {
            head.set([0xbe, 0xde, 0, words], 12 + count * 4);
          }
          const before = content.slice();
          const room = head.length + content.length + SRTP_MAX_OVERHEAD;
          const out = new Uint8Array(offset + room + 8).fill(0xaa);
          const size = pair.sender.protectRtp(head, content, out, offset);
          assert.deepEqual(content, before, "the payload is shared");
          assert.ok(size <= room);
          const outside = [
            ...out.subarray(0, offset),
            ...out.subarray(offset + size),
          ];
          assert.ok(outside.every((byte) => byte === 0xaa));

          const packet = out.subarray(offset, offset + size);
          assert.deepEqual(packet.subarray(0, head.length), head);
          const opened = pair.receiver.unprotectRtp(packet);
          assert.equal(opened, head.length + content.length);
          assert.deepEqual(packet.subarray(head.length, opened), content);
        },
      ));
    },
  );

  declare("hides the payload", (pair) => {
    const packet = protect(pair, 1);
    assert.notDeepEqual(packet.subarray(12, 12 + PAYLOAD.length), PAYLOAD);
    const other = protect(pair, 2);
    assert.notDeepEqual(packet.subarray(12, 28), other.subarray(12, 28));
  });

  declare("protects an answered NACK as it was the first time", (pair) => {
    const first = protect(pair, 65_530).slice();
    for (let i = 1; i < 20; i++) protect(pair, (65_530 + i) & 0xffff);
    assert.deepEqual(protect(pair, 65_530), first);
  });
}

function testRollover(declare: Declare): void {
  declare("follows the sequence numbers over three wraps", (pair) => {
    for (let n = 60_000; n < 3.2 * 65_536; n += 97) {
      open(pair, protect(pair, n & 0xffff));
    }
  });

  for (const lost of [1, 300, 10_000, 32_000]) {
    declare(`survives ${lost} packets lost across the wrap`, (pair) => {
      const last = 65_536 - Math.min(lost, 200) - 1;
      const next = last + lost + 1;
      open(pair, protect(pair, last));
      open(pair, protect(pair, next & 0xffff));
      open(pair, protect(pair, (next + 1) & 0xffff));
    });
  }

  declare("survives the loss of most of a cycle", (pair) => {
    open(pair, protect(pair, 60_000));
    // The sender sees every packet, the receiver none.
    for (let n = 60_001; n < 60_000 + 50_000; n += 10_000) {
      protect(pair, n & 0xffff);
    }
    open(pair, protect(pair, (60_000 + 50_000) & 0xffff));
    open(pair, protect(pair, (60_000 + 50_001) & 0xffff));
  });

  declare("takes packets that were reordered across the wrap", (pair) => {
    const order = [65_533, 65_535, 1, 0, 65_534, 2];
    const sent = [65_533, 65_534, 65_535, 0, 1, 2];
    const packets = new Map(sent.map((n) => [n, protect(pair, n).slice()]));
    for (const n of order) open(pair, packets.get(n)!);
  });

  declare("takes repairs of 300 packets lost across the wrap", (pair) => {
    const packets = Array.from(
      { length: 302 },
      (_, i) => protect(pair, (65_400 + i) & 0xffff).slice(),
    );
    open(pair, packets[0]!);
    open(pair, packets[301]!);
    for (let i = 1; i <= 300; i++) open(pair, packets[i]!);
    for (const packet of packets) refuse(pair, packet, SrtpFault.replayed);
  });

  declare("counts wraps for each source by itself", (pair) => {
    open(pair, protect(pair, 65_535, 1));
    open(pair, protect(pair, 65_535, 2));
    open(pair, protect(pair, 0, 1));
    open(pair, protect(pair, 5, 3));
    open(pair, protect(pair, 0, 2));
  });
}

function testReplay(declare: Declare): void {
  declare("refuses what has come before", (pair) => {
    const packets = [1, 2, 3].map((n) => protect(pair, n).slice());
    for (const packet of packets) open(pair, packet);
    for (const packet of packets) refuse(pair, packet, SrtpFault.replayed);
  });

  declare("refuses what has come a cycle ago", (pair) => {
    const old = protect(pair, 100).slice();
    open(pair, old);
    for (let n = 110; n < 65_536 + 90; n += 20_000) {
      open(pair, protect(pair, n & 0xffff));
    }
    open(pair, protect(pair, 90));
    refuse(pair, old, SrtpFault.authentication);
  });

  declare("remembers at least 512 packets, in any order", (pair) => {
    const packets = Array.from(
      { length: 513 },
      (_, i) => protect(pair, (65_300 + i) & 0xffff).slice(),
    );
    open(pair, packets[0]!);
    open(pair, packets[512]!);
    // 211 and 511 have no common factor: each of the others once.
    for (let i = 1; i <= 511; i++) open(pair, packets[1 + i * 211 % 511]!);
    for (const packet of packets) refuse(pair, packet, SrtpFault.replayed);
  });

  declare("refuses what is far older than all it remembers", (pair) => {
    const old = protect(pair, 1).slice();
    open(pair, protect(pair, 2));
    open(pair, protect(pair, 20_000));
    refuse(pair, old, SrtpFault.replayed);
  });
}

function testForgery(declare: Declare): void {
  declare("refuses a packet with any bit turned, and forgets it", (pair) => {
    const packet = protect(pair, 7).slice();
    for (let at = 1; at < packet.length; at++) {
      refuse(pair, damaged(packet, at), SrtpFault.authentication);
    }
    open(pair, packet);
  });

  declare("is not led astray by a forged sequence number", (pair) => {
    open(pair, protect(pair, 100));
    const next = protect(pair, 101).slice();
    for (const forged of [102, 5_000, 32_000, 65_535]) {
      const copy = next.slice();
      new DataView(copy.buffer).setUint16(2, forged);
      const result = pair.receiver.unprotectRtp(copy);
      assert.ok(result < 0);
    }
    open(pair, next);
    for (let n = 102; n < 300; n++) open(pair, protect(pair, n));
  });

  declare("gives nobody room who cannot authenticate", (pair) => {
    const forged = damaged(protect(pair, 1).slice(), 20);
    for (let ssrc = 0; ssrc < 500; ssrc++) {
      new DataView(forged.buffer).setUint32(8, ssrc);
      refuse(pair, forged, SrtpFault.authentication);
    }
    for (let ssrc = 1_000; ssrc < 1_016; ssrc++) {
      open(pair, protect(pair, 1, ssrc));
    }
  });

  declare("bounds the number of sources", (pair) => {
    let accepted = 0;
    for (let ssrc = 1; ssrc <= 200; ssrc++) {
      const result = pair.receiver.unprotectRtp(protect(pair, 1, ssrc));
      if (result >= 0) accepted++;
      else assert.equal(result, SrtpFault.tooManySources);
    }
    assert.ok(accepted >= 16 && accepted <= 64, `${accepted} sources`);
    open(pair, protect(pair, 2, 1));
  });

  declare("calls what is too short or contradicts itself malformed", (pair) => {
    const packet = protect(pair, 1).slice();
    for (let size = 0; size < 22; size++) {
      refuse(pair, packet.slice(0, size), SrtpFault.malformed);
    }
    refuse(
      pair,
      Uint8Array.of(0x40, ...packet.subarray(1)),
      SrtpFault.malformed,
    );
    const extended = packet.slice();
    extended[0] = 0x90;
    extended.set([0xbe, 0xde, 0xff, 0xff], 12);
    refuse(pair, extended, SrtpFault.malformed);
    open(pair, packet);
  });

  declare("takes garbage calmly and leaves it as it is", (pair) => {
    const anything = fc.uint8Array({ maxLength: 300 });
    const likely = fc.uint8Array({ maxLength: 100 }).map((tail) =>
      Uint8Array.from([0x80 | tail.length & 0x3f, 96, 0, 1, ...tail])
    );
    fc.assert(
      fc.property(fc.oneof(anything, likely), (bytes) => {
        const before = bytes.slice();
        assert.ok(pair.receiver.unprotectRtp(bytes) < 0);
        assert.ok(pair.receiver.unprotectRtcp(bytes) < 0);
        assert.deepEqual(bytes, before);
      }),
      { numRuns: 300 },
    );
    open(pair, protect(pair, 1));
  });
}

function testRtcp(declare: Declare): void {
  declare("opens the RTCP that was protected", (pair) => {
    for (let words = 1; words < 300; words += 13) {
      const plain = new Uint8Array(4 + words * 4).fill(words);
      plain.set([0x80, 200]);
      const out = new Uint8Array(plain.length + SRTP_MAX_OVERHEAD + 3).fill(
        0xaa,
      );
      const size = pair.sender.protectRtcp(plain, out, 3);
      assert.deepEqual(out.subarray(3, 11), plain.subarray(0, 8));
      const packet = out.subarray(3, 3 + size);
      assert.equal(pair.receiver.unprotectRtcp(packet), plain.length);
      assert.deepEqual(packet.subarray(0, plain.length), plain);
    }
  });

  declare("refuses RTCP that has come before", (pair) => {
    const packets = [9, 9, 10].map((ssrc) => protectRtcp(pair, ssrc).slice());
    for (const at of [1, 0, 2]) {
      assert.equal(pair.receiver.unprotectRtcp(packets[at]!.slice()), 28);
    }
    for (const packet of packets) {
      const result = pair.receiver.unprotectRtcp(packet.slice());
      assert.equal(result, SrtpFault.replayed);
    }
  });

  declare("refuses RTCP with any bit turned, and forgets it", (pair) => {
    const packet = protectRtcp(pair).slice();
    for (let at = 1; at < packet.length; at++) {
      const forged = damaged(packet, at);
      const before = forged.slice();
      const result = pair.receiver.unprotectRtcp(forged);
      assert.equal(result, SrtpFault.authentication);
      assert.deepEqual(forged, before);
    }
    assert.equal(pair.receiver.unprotectRtcp(packet), 28);
  });

  declare("calls RTCP that is too short malformed", (pair) => {
    const packet = protectRtcp(pair).slice();
    for (let size = 0; size < 22; size++) {
      const result = pair.receiver.unprotectRtcp(packet.slice(0, size));
      assert.equal(result, SrtpFault.malformed);
    }
  });

  declare(
    "bounds the number of RTCP sources, apart from those of RTP",
    (pair) => {
      let refused = 0;
      for (let ssrc = 1; ssrc <= 200; ssrc++) {
        const result = pair.receiver.unprotectRtcp(
          protectRtcp(pair, ssrc).slice(),
        );
        if (result === SrtpFault.tooManySources) refused++;
        else assert.equal(result, 28);
      }
      assert.ok(refused > 0);
      open(pair, protect(pair, 1));
    },
  );
}

function testLifetime(
  name: string,
  profile: SrtpProfile,
  provider: SrtpProvider,
): void {
  Deno.test(`${name}, ${profile}: opens nothing under other keys`, () => {
    const keys = someKeys(profile);
    const sender = provider.createSender(keys);
    const masterKey = keys.masterKey.map((byte) => byte ^ 1);
    const receiver = provider.createReceiver({ ...keys, masterKey });
    const pair = { sender, receiver };
    refuse(pair, protect(pair, 1), SrtpFault.authentication);
    const result = receiver.unprotectRtcp(protectRtcp(pair).slice());
    assert.equal(result, SrtpFault.authentication);
    sender.close();
    receiver.close();
  });

  Deno.test(`${name}, ${profile}: refuses keys of the wrong size`, () => {
    const keys = someKeys(profile);
    const masterKey = new Uint8Array(15);
    const masterSalt = new Uint8Array(13);
    for (const wrong of [{ ...keys, masterKey }, { ...keys, masterSalt }]) {
      assert.throws(() => provider.createSender(wrong), RangeError);
      assert.throws(() => provider.createReceiver(wrong), RangeError);
    }
  });

  Deno.test(`${name}, ${profile}: may be closed twice, and then is`, () => {
    const sender = provider.createSender(someKeys(profile));
    const receiver = provider.createReceiver(someKeys(profile));
    const packet = protect({ sender, receiver }, 1).slice();
    for (const context of [sender, sender, receiver, receiver]) context.close();
    assert.throws(() => protect({ sender, receiver }, 2), Error);
    assert.throws(() => receiver.unprotectRtp(packet), Error);
  });
}

/**
 * Ours against another implementation, in both directions.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { RtpHeader, RtpPacket, SrtcpSession, SrtpSession } from "werift";
import {
  SRTP_MAX_OVERHEAD,
  type SrtpKeys,
  type SrtpProfile,
} from "../ports.ts";
import { createNodeSrtpProvider } from "./node_srtp.ts";

/** werift never finishes its cipher objects of counter mode. */
const LEAKY = { sanitizeResources: false };

const PROFILE_NUMBERS = {
  SRTP_AES128_CM_HMAC_SHA1_80: 1,
  AEAD_AES_128_GCM: 7,
} as const;

/** Both sides with one set of keys, which serves both directions. */
function sides(profile: SrtpProfile) {
  const saltSize = profile === "AEAD_AES_128_GCM" ? 12 : 14;
  const keys: SrtpKeys = {
    profile,
    masterKey: new Uint8Array(16).fill(0x42),
    masterSalt: new Uint8Array(saltSize).fill(0x17),
  };
  const masterKey = Buffer.from(keys.masterKey);
  const masterSalt = Buffer.from(keys.masterSalt);
  const config = {
    keys: {
      localMasterKey: masterKey,
      localMasterSalt: masterSalt,
      remoteMasterKey: masterKey,
      remoteMasterSalt: masterSalt,
    },
    profile: PROFILE_NUMBERS[profile],
  };
  const provider = createNodeSrtpProvider();
  return {
    sender: provider.createSender(keys),
    receiver: provider.createReceiver(keys),
    rtp: new SrtpSession(config),
    rtcp: new SrtcpSession(config),
  };
}

function rtpPacket(sequenceNumber: number): RtpPacket {
  const header = new RtpHeader({
    payloadType: 96,
    sequenceNumber,
    timestamp: 1234,
    ssrc: 0xdeadbeef,
    csrc: [1, 2],
    extension: true,
    extensionProfile: 0xbede,
    extensions: [{ id: 3, payload: Buffer.from([7, 8]) }],
  });
  return new RtpPacket(header, Buffer.alloc(1_000, sequenceNumber & 0xff));
}

/** Across a wrap, in order: further than that, werift's counter is not sound. */
const NUMBERS = Array.from({ length: 40 }, (_, i) => (65_516 + i) & 0xffff);

const RTCP = Uint8Array.fromHex(
  "80c80006deadbeef" + "0102030405060708" + "1122334455667788" + "00000009",
);

for (
  const profile of ["AEAD_AES_128_GCM", "SRTP_AES128_CM_HMAC_SHA1_80"] as const
) {
  Deno.test(`${profile}: opens what werift protects`, LEAKY, () => {
    const { sender, receiver, rtp, rtcp } = sides(profile);
    for (const number of NUMBERS) {
      const packet = rtpPacket(number);
      const plain = new Uint8Array(packet.serialize());
      const bytes = new Uint8Array(rtp.encrypt(packet.payload, packet.header));
      assert.equal(receiver.unprotectRtp(bytes), plain.length);
      assert.deepEqual(bytes.subarray(0, plain.length), plain);

      const compound = new Uint8Array(rtcp.encrypt(Buffer.from(RTCP)));
      assert.equal(receiver.unprotectRtcp(compound), RTCP.length);
      assert.deepEqual(compound.subarray(0, RTCP.length), RTCP);
    }
    sender.close();
    receiver.close();
  });

  Deno.test(`${profile}: werift opens what is protected`, LEAKY, () => {
    const { sender, receiver, rtp, rtcp } = sides(profile);
    const out = new Uint8Array(1_200 + SRTP_MAX_OVERHEAD);
    for (const number of NUMBERS) {
      const packet = rtpPacket(number);
      const plain = new Uint8Array(packet.serialize());
      const header = plain.subarray(0, plain.length - packet.payload.length);
      const size = sender.protectRtp(header, packet.payload, out, 0);
      const opened = rtp.decrypt(Buffer.from(out.subarray(0, size)));
      assert.deepEqual(new Uint8Array(opened), plain);

      const compoundSize = sender.protectRtcp(RTCP, out, 0);
      const compound = Buffer.from(out.subarray(0, compoundSize));
      assert.deepEqual(new Uint8Array(rtcp.decrypt(compound)), RTCP);
    }
    sender.close();
    receiver.close();
  });
}

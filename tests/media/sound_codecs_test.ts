/**
 * Sound in codecs that browsers do not prefer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { RtpView, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { openTestCallServer } from "../support/test_call_server.ts";
import { type TestTrack, writeTestOffer } from "../support/test_sdp.ts";
import { waitForValue } from "../support/wait_for.ts";

const FORMATS = {
  g722: { payloadType: 9, codec: "G722/8000" },
  pcmu: { payloadType: 0, codec: "PCMU/8000" },
  pcma: { payloadType: 8, codec: "PCMA/8000" },
} as const;

const SAMPLES = 160;

for (const name of ["g722", "pcmu", "pcma"] as const) {
  Deno.test(`B-2 Sound in ${name} is forwarded as it is`, async () => {
    await using server = await openTestCallServer(undefined, undefined, {
      codecs: [name],
    });
    const track: TestTrack = {
      kind: "audio",
      ssrc: 1111,
      format: FORMATS[name],
    };
    const alice = await server.join("alice");
    const bob = await server.join("bob");
    const publisher = await alice.publish("cam", [track]);
    let count = 0;
    const say = () => {
      const number = ++count;
      const packet = new Uint8Array(12 + SAMPLES).fill(number & 0xff, 12);
      writeRtpHeader(
        packet,
        FORMATS[name].payloadType,
        number === 1,
        number,
        number * SAMPLES,
        track.ssrc,
      );
      publisher.sendRtp(packet);
    };
    say();
    const viewer = await bob.view("cam");
    const { sdp } = await bob.next("offer", "cam");
    assert.match(
      sdp,
      new RegExp(`^a=rtpmap:\\d+ ${FORMATS[name].codec}\r$`, "m"),
    );

    const heard: { payloadType: number; time: number; first: number }[] = [];
    const view = new RtpView();
    viewer.onRtp = (packet) => {
      assert.ok(view.parse(packet));
      assert.equal(view.payloadSize, SAMPLES);
      heard.push({
        payloadType: view.payloadType,
        time: view.timestamp,
        first: packet[view.payloadOffset]!,
      });
    };
    await waitForValue("sound", () => {
      say();
      return heard.length > 5 ? true : undefined;
    });
    for (const [at, { payloadType, time, first }] of heard.entries()) {
      assert.equal(payloadType, FORMATS[name].payloadType);
      const packets = (first - heard[0]!.first) & 0xff;
      assert.equal((time - heard[0]!.time) >>> 0, packets * SAMPLES);
      assert.equal(packets >= at, true, "in order");
    }
  });
}

Deno.test("B-2 A viewer without the codec is told so, and the others hear on", async () => {
  await using server = await openTestCallServer(undefined, undefined, {
    codecs: ["pcmu", "vp8"],
  });
  const track: TestTrack = { kind: "audio", ssrc: 1, format: FORMATS.pcmu };
  const alice = await server.join("alice");
  const bob = await server.join("bob");
  const carol = await server.join("carol");
  const publisher = await alice.publish("cam", [track]);
  const packet = new Uint8Array(12 + SAMPLES);
  writeRtpHeader(packet, 0, true, 1, SAMPLES, 1);
  publisher.sendRtp(packet);

  const { sdp } = await bob.next("offer", "cam");
  bob.say({
    type: "answer",
    id: "cam",
    sdp: sdp.replace(/^m=audio \d+/m, "m=audio 0"),
  });
  const told = await waitForValue(
    "word of it",
    () => bob.all("usermessage")[0],
  );
  assert.equal(told.kind, "error");
  assert.match(
    String(told.value),
    /^Cannot use answer for flow "cam": every section is rejected, of PCMU$/,
  );

  const viewer = await carol.view("cam");
  let heard = 0;
  viewer.onRtp = () => heard++;
  let number = 1;
  await waitForValue("sound at Carol's", () => {
    writeRtpHeader(packet, 0, false, ++number, number * SAMPLES, 1);
    publisher.sendRtp(packet);
    return heard > 3 ? true : undefined;
  });
});

Deno.test("B-2 Who publishes in nothing that the group has is told what it has", async () => {
  await using server = await openTestCallServer(undefined, undefined, {
    codecs: ["opus", "vp8"],
  });
  const alice = await server.join("alice");
  const sdp = writeTestOffer(
    [{ kind: "audio", ssrc: 1, format: FORMATS.g722 }],
    {
      iceUfrag: "ufrag",
      icePwd: "passwordOfSome24Characters",
      fingerprint: {
        algorithm: "sha-256",
        value: new Array(32).fill("AB").join(":"),
      },
    },
  );
  alice.say({ type: "offer", id: "cam", label: "camera", sdp });
  await alice.next("abort", "cam");
  const { kind, value } = await alice.next("usermessage");
  assert.equal(kind, "error");
  assert.match(
    String(value),
    /no audio or video section with one of opus, vp8/,
  );
});

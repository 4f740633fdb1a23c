import assert from "node:assert/strict";

import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { TestServer } from "../support/server.ts";
import type { TestPeer } from "../support/test_peer.ts";
import { PAYLOAD_TYPES } from "../support/test_sdp.ts";
import { waitFor, waitForValue } from "../support/wait_for.ts";
import { type JoinedClient, openClient } from "./join.ts";
import { ask, AUDIO, hear, openPlayer, openProgram, SDP } from "./program.ts";

const LEVEL = "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n";
const GROUPS = {
  maths: {
    "wildcard-user": {
      "password": { "type": "wildcard" },
      "permissions": "present",
    },
  },
};

/** Sends packets of sound that say how loud they are, from the first on. */
function speakInto(peer: TestPeer): (level: number) => void {
  let next = 1;
  return (level) => {
    const packet = new Uint8Array(60);
    const n = next++;
    const { audio } = PAYLOAD_TYPES;
    writeRtpHeader(packet, audio, false, n, n * 960, AUDIO.ssrc);
    packet[0] = 0x90;
    packet.set([0xbe, 0xde, 0, 1, 0x10, level, 0, 0], 12);
    peer.sendRtp(packet);
  };
}

const toldOf = ({ messages }: JoinedClient) =>
  messages.filter(({ type }) => type === "speaking")
    .map(({ flows = [] }) => flows as readonly string[]);

Deno.test("Who has asked for it is told who speaks, by the levels of the packets (RFC 6464)", async () => {
  await using server = await TestServer.start({ groups: GROUPS });
  const joining = { group: "maths", username: "x" };
  await using asker = await openClient(server.http, {
    ...joining,
    extensions: ["speaking"],
  });
  await using other = await openClient(server.http, joining);
  for (const client of [asker, other]) {
    client.say({ type: "request", request: { "": ["audio"] } });
  }
  using program = await openProgram();
  const created = await ask(server, "POST", "/group/maths/.whip", {
    body: program.offer.replace("a=rtcp-mux\r\n", `a=rtcp-mux\r\n${LEVEL}`),
    headers: SDP,
  });
  assert.equal(created.status, 201, created.text);
  assert.ok(created.text.includes(LEVEL));
  await program.connect(created.text);

  const speak = speakInto(program.peer);
  const [id] = await waitForValue("somebody to speak", () => {
    speak(20);
    return toldOf(asker).find((flows) => flows.length > 0);
  });
  const { id: flow } = await hear(asker, { type: "offer" });
  assert.equal(id, flow);
  using player = await openPlayer();
  // Under a number of its own.
  const own = LEVEL.replace("extmap:1 ", "extmap:5 ");
  const playing = await ask(server, "POST", "/group/maths/.whep", {
    body: player.offer.replace("a=rtcp-mux\r\n", `a=rtcp-mux\r\n${own}`),
    headers: SDP,
  });
  assert.ok(playing.text.includes(own), playing.text);
  await player.connect(playing.text);
  const heard = await waitForValue("a packet with its level", () => {
    speak(20);
    return player.packets.find((view) => view.findExtension(5) >= 0);
  });
  assert.equal(heard.findExtension(5), 17);
  await waitFor(
    "nobody to speak",
    () => {
      speak(127);
      return toldOf(asker).at(-1);
    },
    (flows) => flows?.length === 0,
  );
  await hear(other, { type: "offer" });
  assert.deepEqual(toldOf(other), []);
});

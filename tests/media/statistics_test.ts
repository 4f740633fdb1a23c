import assert from "node:assert/strict";

import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { openTestCallServer } from "../support/test_call_server.ts";
import { PAYLOAD_TYPES, type TestTrack } from "../support/test_sdp.ts";
import { waitFor } from "../support/wait_for.ts";

const AUDIO: TestTrack = { kind: "audio", ssrc: 1111 };

/** The members that are told of a track. */
interface Track {
  readonly bitrate: number;
  readonly loss: number;
  readonly rtt?: number;
  readonly jitter?: number;
  readonly sid?: number;
}

/** A group as it is told, as far as it is looked at here. */
interface Group {
  readonly name: string;
  readonly clients: readonly {
    readonly id: string;
    readonly up?: readonly { id: string; tracks: readonly Track[] }[];
    readonly down?: readonly { id: string; tracks: readonly Track[] }[];
  }[];
}

Deno.test(
  "B.6 D-50 statistics tell what flows: bit rates, loss, jitter, and the viewer's round trip",
  async () => {
    await using server = await openTestCallServer();
    const alice = await server.join("alice");
    const bob = await server.join("bob");
    assert.deepEqual(await server.app.statistics(), [
      { name: "test", clients: [{ id: "alice" }, { id: "bob" }] },
    ]);

    const publisher = await alice.publish("cam", [AUDIO]);
    const packet = new Uint8Array(200);
    let sequenceNumber = 0;
    const send = () => {
      const timestamp = ++sequenceNumber * 960;
      const { kind, ssrc } = AUDIO;
      writeRtpHeader(
        packet,
        PAYLOAD_TYPES[kind],
        true,
        sequenceNumber,
        timestamp,
        ssrc,
      );
      publisher.sendRtp(packet);
    };
    send();
    await bob.view("cam");
    const [up, down] = await waitFor(
      "statistics of both",
      async () => {
        send();
        const groups = await server.app.statistics() as readonly Group[];
        const [first, second] = groups[0]?.clients ?? [];
        assert.deepEqual([first?.down, second?.up], [undefined, undefined]);
        return [first?.up?.[0], second?.down?.[0]] as const;
      },
      (flows) => flows.every((flow) => (flow?.tracks[0]?.bitrate ?? 0) > 0),
    );
    assert.deepEqual([up?.id, down?.id], ["cam", "cam"]);
    for (const track of [up?.tracks[0], down?.tracks[0]]) {
      assert.ok(Number.isInteger(track?.bitrate));
      assert.equal(track?.loss, 0);
    }
    assert.ok((up?.tracks[0]?.jitter ?? -1) >= 0);
    assert.equal(down?.tracks[0]?.sid, 0);
  },
);

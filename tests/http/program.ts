import { RtpView, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import type { TestServer } from "../support/server.ts";
import { openTestPeer, type TestPeer } from "../support/test_peer.ts";
import {
  PAYLOAD_TYPES,
  readTestSdp,
  type TestTrack,
  writeTestOffer,
} from "../support/test_sdp.ts";
import { waitForValue } from "../support/wait_for.ts";
import type { JoinedClient } from "./join.ts";

/** The one track that programs of these tests publish. */
export const AUDIO: TestTrack = { kind: "audio", ssrc: 1111 };

/** The headers of an offer. */
export const SDP = { "Content-Type": "application/sdp" };

/** The headers of a fragment of SDP. */
export const FRAGMENT = {
  "Content-Type": "application/trickle-ice-sdpfrag",
};

/** What goes with a request. */
export interface Asking {
  readonly body?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks below a group's page. */
export async function ask(
  server: TestServer,
  method: string,
  path: string,
  { body, token, headers = {} }: Asking = {},
) {
  const response = await fetch(`${server.http}${path}`, {
    method,
    redirect: "manual",
    headers: {
      ...(token !== undefined && { "Authorization": `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** A program that has made an offer and is about to send it. To be closed. */
export async function openProgram() {
  const remote = {
    iceUfrag: "",
    icePwd: "",
    fingerprint: { algorithm: "sha-256", value: "" },
  };
  const peer = await openTestPeer({
    serverHost: "127.0.0.1",
    serverPort: 9, // until the answer tells
    remote,
  });
  const connect = async (answer: string) => {
    Object.assign(remote, readTestSdp(answer));
    const [, host = "", port] =
      /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+)/m.exec(answer) ?? [];
    peer.aim(host, Number(port));
    await peer.connect();
  };
  return {
    /** To publish sound. */
    offer: writeTestOffer([AUDIO], peer.local),
    peer,
    /** Connects to where the answer says. */
    connect,
    /** The same, and sends sound from then on. */
    async publish(answer: string): Promise<void> {
      await connect(answer);
      sendSound(peer, 1, 4);
    },
    [Symbol.dispose]: () => peer.close(),
  };
}

/** A program that has offered to play sound and pictures. To be closed. */
export async function openPlayer() {
  const program = await openProgram();
  const tracks: TestTrack[] = [AUDIO, { kind: "video", ssrc: 2222 }];
  const offer = writeTestOffer(tracks, program.peer.local)
    .replaceAll("a=sendonly", "a=recvonly")
    .replaceAll(/a=(msid|ssrc):.*\r\n/g, "");
  /** All that has come, in order. */
  const packets: RtpView[] = [];
  program.peer.onRtp = (bytes) => {
    const view = new RtpView();
    if (view.parse(bytes.slice())) packets.push(view);
  };
  return { ...program, offer, packets };
}

/** Sends so many packets of sound. */
export function sendSound(peer: TestPeer, first: number, count: number): void {
  for (let n = first; n < first + count; n += 1) {
    const packet = new Uint8Array(60);
    const { audio } = PAYLOAD_TYPES;
    writeRtpHeader(packet, audio, true, n & 0xffff, n * 960, AUDIO.ssrc);
    peer.sendRtp(packet);
  }
}

/** Waits for a message that has these members. */
export function hear(
  client: JoinedClient,
  members: Readonly<Record<string, unknown>>,
) {
  return waitForValue(
    JSON.stringify(members),
    () =>
      client.messages.find((message) =>
        Object.entries(members).every(([name, value]) =>
          message[name] === value
        )
      ),
  );
}

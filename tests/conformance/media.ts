/**
 * A whole WebRTC client without a browser, for flows. It finds the server's
 * media port in the server's own SDP, as every client does.
 *
 * @module
 */
import { writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { openTestPeer, type TestPeer } from "../support/test_peer.ts";
import {
  PAYLOAD_TYPES,
  readTestSdp,
  type TestTrack,
  writeTestAnswer,
  writeTestOffer,
} from "../support/test_sdp.ts";
import type { Message, Reader } from "./reader.ts";

const AUDIO: TestTrack = { kind: "audio", ssrc: 1111 };
const VIDEO: TestTrack = { kind: "video", ssrc: 2222 };

/** How often a flow sends a packet of each track. */
const SEND_INTERVAL_MS = 20;

/** A peer of a client's. Whoever opened it disposes of it. */
export interface Flow extends Disposable {
  readonly id: string;
  /** How many packets have come. */
  readonly received: number;
  /** What the server said: its answer, or its offer. */
  readonly message: Message;
  /** The client's own SDP. */
  readonly sdp: string;
}

/** A flow that a client gets. */
export interface ViewedFlow extends Flow {
  /** Answers a further offer of the same flow, by the same peer. */
  accept(offer: Message): void;
}

/** How a flow differs from one with sound and picture. */
export interface Publishing {
  readonly tracks?: readonly TestTrack[];
  readonly replace?: string;
  readonly label?: string;
}

/** Publishes a flow, and sends packets of all its tracks until disposed of. */
export async function publish(
  client: Reader,
  id: string,
  { tracks = [AUDIO, VIDEO], replace, label = "camera" }: Publishing = {},
): Promise<Flow> {
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
  const sdp = writeTestOffer(tracks, peer.local);
  client.say({ type: "offer", id, label, replace: replace ?? null, sdp });
  const message = await client.nextThat(
    `answer ${id}`,
    (one) => one["type"] === "answer" && one["id"] === id,
  );
  const answer = String(message["sdp"]);
  Object.assign(remote, readTestSdp(answer));
  peer.aim(...placeOf(answer));
  await peer.connect();
  let sequenceNumber = 1;
  const timer = setInterval(() => {
    for (const track of tracks) peer.sendRtp(packet(track, sequenceNumber));
    sequenceNumber += 1;
  }, SEND_INTERVAL_MS);
  return {
    id,
    message,
    sdp,
    received: 0,
    [Symbol.dispose]() {
      clearInterval(timer);
      peer.close();
    },
  };
}

/** Waits for a flow's offer, answers it and connects. */
export async function view(client: Reader, id: string): Promise<ViewedFlow> {
  const message = await client.nextThat(
    `offer ${id}`,
    (one) => one["type"] === "offer" && one["id"] === id,
  );
  return await answer(client, message);
}

/** Answers an offer of the server's, and connects. */
export async function answer(
  client: Reader,
  message: Message,
): Promise<ViewedFlow> {
  const offer = String(message["sdp"]);
  const id = String(message["id"]);
  const [serverHost, serverPort] = placeOf(offer);
  const peer = await openTestPeer({
    serverHost,
    serverPort,
    remote: readTestSdp(offer),
  });
  let received = 0;
  peer.onRtp = () => received += 1;
  const toAnswer = (sdp: string) => writeTestAnswer(sdp, peer.local);
  const sdp = toAnswer(offer);
  client.say({ type: "answer", id, sdp });
  await peer.connect();
  return {
    id,
    message,
    sdp,
    get received() {
      return received;
    },
    accept(again) {
      const sdp = toAnswer(String(again["sdp"]));
      client.say({ type: "answer", id, sdp });
    },
    [Symbol.dispose]: () => peer.close(),
  };
}

/** An offer that a server can answer, of a peer that never connects. */
export async function draftOffer(
  tracks: readonly TestTrack[] = [AUDIO],
): Promise<string> {
  const peer: TestPeer = await openTestPeer({
    serverHost: "127.0.0.1",
    serverPort: 9,
    remote: {
      iceUfrag: "",
      icePwd: "",
      fingerprint: { algorithm: "sha-256", value: "" },
    },
  });
  const sdp = writeTestOffer(tracks, peer.local);
  peer.close();
  return sdp;
}

/** Where media go, by the first UDP candidate of an SDP. */
function placeOf(sdp: string): [host: string, port: number] {
  const found = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/mi.exec(sdp);
  if (found === null) throw new Error(`no candidate in ${sdp}`);
  return [found[1]!, Number(found[2])];
}

/** A packet that is a frame of its own, and a keyframe if it is video (VP8). */
function packet({ kind, ssrc }: TestTrack, sequenceNumber: number): Uint8Array {
  const bytes = new Uint8Array(100);
  writeRtpHeader(
    bytes,
    PAYLOAD_TYPES[kind],
    true,
    sequenceNumber & 0xffff,
    sequenceNumber * (kind === "audio" ? 960 : 1800),
    ssrc,
  );
  if (kind === "video") bytes.set([0x10, 0x00], 12);
  return bytes;
}

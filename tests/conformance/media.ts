/**
 * Clients with cameras: media of a flow, sent and received over real sockets.
 *
 * @module
 */
import { RtpView, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { openTestPeer, type TestPeer } from "../support/test_peer.ts";
import {
  PAYLOAD_TYPES,
  readTestSdp,
  type SdpParameters,
  type TestTrack,
  writeTestAnswer,
  writeTestOffer,
} from "../support/test_sdp.ts";
import { waitForValue } from "../support/wait_for.ts";
import type { Client, Message } from "./client.ts";

/** VP8: a descriptor, and the beginning of a keyframe of 320×240. */
const KEYFRAME = [0x10, 0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 1, 0xf0, 0];

/** What wants everything. */
export const EVERYTHING = {
  type: "request",
  request: { "": ["audio", "video"] },
};

/** How a flow differs from a camera that replaces nothing. */
export interface FlowOptions {
  readonly label?: string;
  readonly replace?: string;
}

/** A microphone and a camera, or one of them, that send when they are told to. */
export class Camera implements Disposable {
  readonly id: string;
  readonly #client: Client;
  readonly #peer: TestPeer;
  readonly #tracks: readonly TestTrack[];
  #sequenceNumber = 1;

  private constructor(
    client: Client,
    id: string,
    peer: TestPeer,
    tracks: readonly TestTrack[],
  ) {
    this.#client = client;
    this.id = id;
    this.#peer = peer;
    this.#tracks = tracks;
  }

  /** Publishes; resolves when connected. It has not sent anything then. */
  static async publish(
    client: Client,
    id: string,
    kinds: readonly TestTrack["kind"][] = ["audio", "video"],
    options: FlowOptions = {},
  ): Promise<Camera> {
    const remote = { ...NOBODY };
    const peer = await openTestPeer({ ...NOWHERE, remote });
    const tracks = kinds.map((kind) => ({ kind, ssrc: newSsrc() }));
    const camera = new Camera(client, id, peer, tracks);
    try {
      const answer = await camera.offer(options);
      const sdp = String(answer["sdp"]);
      Object.assign(remote, readTestSdp(sdp));
      peer.aim(...await placeOf(client, id, sdp));
      await peer.connect();
      return camera;
    } catch (error) {
      peer.close();
      throw error;
    }
  }

  /** Offers the flow, once more perhaps, and gives the answer. */
  async offer(
    { label = "camera", replace }: FlowOptions = {},
  ): Promise<Message> {
    const from = this.#client.heard.length;
    const sdp = writeTestOffer(this.#tracks, this.#peer.local);
    this.#client.say({ type: "offer", id: this.id, label, replace, sdp });
    return await this.#client.next({ type: "answer", id: this.id }, from);
  }

  /** Sends a packet of each track, of pictures a keyframe. */
  send(): void {
    const sequenceNumber = this.#sequenceNumber++;
    for (const { kind, ssrc } of this.#tracks) {
      const bytes = new Uint8Array(100);
      const payloadType = PAYLOAD_TYPES[kind];
      const timestamp = sequenceNumber * 3000;
      writeRtpHeader(bytes, payloadType, true, sequenceNumber, timestamp, ssrc);
      bytes.set(KEYFRAME, 12);
      this.#peer.sendRtp(bytes);
    }
  }

  /** Sends until somebody hears a message. */
  async sendUntil(client: Client, members: Message): Promise<Message> {
    const from = client.heard.length;
    return await waitForValue(JSON.stringify(members), () => {
      this.send();
      return client.all(members, from)[0];
    });
  }

  [Symbol.dispose](): void {
    this.#peer.close();
  }
}

/** Somebody who watches one flow. */
export class Screen implements Disposable {
  /** The payload types of the packets that have come, in order. */
  readonly received: number[] = [];
  readonly #peer: TestPeer;
  /** Of its SDP: each answer is newer than the one before (RFC 3264 §8). */
  #version = 0;

  private constructor(peer: TestPeer) {
    this.#peer = peer;
    peer.onRtp = (bytes) => {
      const view = new RtpView();
      if (view.parse(bytes)) this.received.push(view.payloadType);
    };
  }

  /** Answers an offer of the server's; resolves when connected. */
  static async watch(client: Client, offer: Message): Promise<Screen> {
    const sdp = String(offer["sdp"]);
    const remote = readTestSdp(sdp);
    const peer = await openTestPeer({ ...NOWHERE, remote });
    peer.aim(...await placeOf(client, String(offer["id"]), sdp));
    const screen = new Screen(peer);
    screen.answer(client, offer);
    await peer.connect();
    return screen;
  }

  /** Answers an offer, a further one perhaps. */
  answer(client: Client, offer: Message): void {
    const offered = sectionsOf(offer);
    const written = writeTestAnswer(String(offer["sdp"]), this.#peer.local)
      .replace("o=- 1 1 ", `o=- 1 ${++this.#version} `);
    const [head = "", ...sections] = written.split(/^(?=m=)/m);
    const sdp = head +
      sections.map((section, index) =>
        isInactive(offered[index])
          ? section.replace("a=recvonly", "a=inactive")
          : section
      ).join("");
    client.say({ type: "answer", id: offer["id"], sdp });
  }

  /** Waits until something comes of what a camera sends. */
  async see(camera: Camera): Promise<void> {
    const before = this.received.length;
    await waitForValue("media", () => {
      camera.send();
      return this.received.length > before || undefined;
    });
  }

  [Symbol.dispose](): void {
    this.#peer.close();
  }
}

/** The kinds of the tracks that an offer has, those left out that it has ended. */
export function kindsOf(offer: Message): string[] {
  return sectionsOf(offer).filter((section) => !isInactive(section))
    .map((section) => /^m=(\w+)/.exec(section)?.[1] ?? "");
}

function sectionsOf({ sdp }: Message): string[] {
  return String(sdp).split(/^(?=m=)/m).slice(1);
}

function isInactive(section = ""): boolean {
  return /^a=inactive/m.test(section) || /^m=\w+ 0 /.test(section);
}

/** An answer that one cannot connect with. */
export const NOBODY: SdpParameters = {
  iceUfrag: "nobody",
  icePwd: "nobodynobodynobodynobody",
  fingerprint: {
    algorithm: "sha-256",
    value: Array.from({ length: 32 }, () => "AA").join(":"),
  },
};

/** Where a peer sends until the server has told. */
const NOWHERE = { serverHost: "127.0.0.1", serverPort: 9 };

/** An offer of a microphone that nobody will connect with. */
export function idleOffer(id: string, replace?: string): Message {
  const sdp = writeTestOffer([{ kind: "audio", ssrc: newSsrc() }], NOBODY);
  return { type: "offer", id, label: "camera", replace, sdp };
}

/** Where media go, by the SDP or by the candidates that come beside it. */
async function placeOf(
  client: Client,
  id: string,
  sdp: string,
): Promise<readonly [host: string, port: number]> {
  const [, host = "", port] = await waitForValue("a candidate", () => {
    const trickled = client.all({ type: "ice", id })
      .map(({ candidate }) => (candidate as Message)["candidate"]);
    const found = [
      ...[sdp, ...trickled].join("\n")
        .matchAll(/candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/gi),
    ];
    return found.find(([, host]) => host === "127.0.0.1") ?? found[0];
  });
  return [host, Number(port)];
}

function newSsrc(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

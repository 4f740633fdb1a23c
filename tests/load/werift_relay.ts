/**
 * The baseline: stock werift relays one publisher's packets to many, each by an
 * `RTCPeerConnection`. A process of its own; see `line_process.ts`.
 *
 * @module
 */
import {
  MediaStream,
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  type RTCRtpTransceiver,
} from "werift";
import { assertNever } from "../../lib/assert_never.ts";
import { serveLines } from "./line_process.ts";
import { PAYLOAD_TYPES } from "../support/test_sdp.ts";
import { TRAFFIC_KINDS } from "./traffic.ts";

/** What a relay does for one command. */
export type RelayCommand =
  | {
    readonly kind: "open";
    readonly publishers: number;
    /** As many of each publisher. */
    readonly subscribers: number;
  }
  | { readonly kind: "answer"; readonly answers: readonly string[] };

/** One offer for each publisher, then one for each subscriber. */
export interface RelayOffers {
  readonly offers: readonly string[];
}

const connections: RTCPeerConnection[] = [];

function connection(): RTCPeerConnection {
  const made = new RTCPeerConnection({
    iceServers: [],
    iceLite: true,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ["127.0.0.1"],
    bundlePolicy: "max-bundle",
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: "audio/opus",
          clockRate: 48_000,
          channels: 2,
          payloadType: PAYLOAD_TYPES.audio,
        }),
      ],
      video: [
        new RTCRtpCodecParameters({
          mimeType: "video/VP8",
          clockRate: 90_000,
          payloadType: PAYLOAD_TYPES.video,
        }),
      ],
    },
  });
  connections.push(made);
  return made;
}

async function offerOf(made: RTCPeerConnection): Promise<string> {
  for (const { connection } of made.iceTransports) {
    // Without servers it would ask a public one.
    Reflect.set(connection, "stunServer", undefined);
  }
  await made.setLocalDescription(await made.createOffer());
  return made.localDescription!.sdp;
}

async function open(
  publishers: number,
  subscribers: number,
): Promise<RelayOffers> {
  const offers: string[] = [];
  const received: RTCRtpTransceiver[][] = [];
  for (let i = 0; i < publishers; i++) {
    const incoming = connection();
    received.push(
      TRAFFIC_KINDS.map((kind) =>
        incoming.addTransceiver(kind, { direction: "recvonly" })
      ),
    );
    offers.push(await offerOf(incoming));
  }
  for (let i = 0; i < subscribers; i++) {
    const outgoing = connection();
    for (const [at, kind] of TRAFFIC_KINDS.entries()) {
      const track = new MediaStreamTrack({ kind });
      outgoing.addTransceiver(track, {
        direction: "sendonly",
        streams: [new MediaStream()],
      });
      relay(received[i % publishers]![at]!, track);
    }
    offers.push(await offerOf(outgoing));
  }
  return { offers };
}

function relay(from: RTCRtpTransceiver, to: MediaStreamTrack): void {
  from.onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe((packet) => to.writeRtp(packet));
  });
}

async function answer(answers: readonly string[]): Promise<unknown> {
  await Promise.all(
    answers.map((sdp, i) =>
      connections[i]!.setRemoteDescription({ type: "answer", sdp })
    ),
  );
  return {};
}

await serveLines((command: RelayCommand) => {
  switch (command.kind) {
    case "open":
      return open(command.publishers, command.subscribers);
    case "answer":
      return answer(command.answers);
    default:
      return assertNever(command);
  }
});
Deno.exit(0);

import type {
  Fingerprint,
  LocalParameters,
} from "../../sfu/transport/ports.ts";

/** One side of a peer, as its SDP tells it. */
export type SdpParameters = LocalParameters & {
  readonly fingerprint: Fingerprint;
  /** Of the first candidate, if there is any. */
  readonly port?: number;
};

/** A track that a test publishes. */
export interface TestTrack {
  readonly kind: "audio" | "video";
  readonly ssrc: number;
  /** Opus or VP8 unless given. */
  readonly format?: TestFormat;
}

/** A codec under its payload type. */
export interface TestFormat {
  readonly payloadType: number;
  /** As in `a=rtpmap`. */
  readonly codec: string;
}

/** The payload types in SDP of this file. */
export const PAYLOAD_TYPES = { audio: 109, video: 120 } as const;

/** What a client that sends `tracks` would offer. */
export function writeTestOffer(
  tracks: readonly TestTrack[],
  local: SdpParameters,
): string {
  const sections = tracks.flatMap((track, index) => [
    ...mediaLines(
      track.kind,
      index.toString(),
      local,
      "actpass",
      track.format,
    ),
    "a=sendonly",
    `a=msid:stream track${index}`,
    `a=ssrc:${track.ssrc} cname:test`,
  ]);
  const mids = tracks.map((_, index) => index.toString());
  return [...sessionLines(mids), ...sections, ""].join("\r\n");
}

/** What a viewer that takes everything would answer to an offer of ours. */
export function writeTestAnswer(offer: string, local: SdpParameters): string {
  const mids = [...offer.matchAll(/^a=mid:(.*)\r$/gm)].map((match) =>
    match[1]!
  );
  const kinds = [...offer.matchAll(/^m=(audio|video) /gm)]
    .map((match) => match[1] as "audio" | "video");
  const formats = [
    ...offer.matchAll(/^m=\S+ \S+ \S+ (\d+)[^]*?^a=rtpmap:\1 (\S+)\r$/gm),
  ].map(([, payloadType, codec]) => ({
    payloadType: Number(payloadType),
    codec: codec!,
  }));
  const sections = kinds.flatMap((kind, index) => [
    ...mediaLines(kind, mids[index]!, local, "active", formats[index]),
    "a=recvonly",
  ]);
  return [...sessionLines(mids), ...sections, ""].join("\r\n");
}

/** What a viewer that can do all that we offer would answer, without a network. */
export function answerTo(offer: string): string {
  return offer
    .replace("a=ice-lite\r\n", "")
    .replaceAll("a=setup:actpass", "a=setup:active")
    .replaceAll("a=sendonly", "a=recvonly")
    .replaceAll(/a=(ssrc|msid|candidate|end-of-candidates)[^\r]*\r\n/g, "");
}

/** The other side's parameters, from its offer or answer. */
export function readTestSdp(sdp: string): SdpParameters {
  const value = (name: string) => {
    const found = new RegExp(`^a=${name}:(.*)\\r$`, "m").exec(sdp)?.[1];
    if (found === undefined) throw new Error(`no ${name} in ${sdp}`);
    return found;
  };
  const [algorithm = "", fingerprint = ""] = value("fingerprint").split(" ");
  const port = /^a=candidate:(?:\S+ ){5}(\d+) /m.exec(sdp)?.[1];
  return {
    ...(port === undefined ? {} : { port: Number(port) }),
    iceUfrag: value("ice-ufrag"),
    icePwd: value("ice-pwd"),
    fingerprint: { algorithm, value: fingerprint },
  };
}

/** The SSRC of each section of an offer of ours, without those of repairs. */
export function readSsrcs(sdp: string): number[] {
  const repairs = [...sdp.matchAll(/^a=ssrc-group:FID \d+ (\d+)/gm)]
    .map((match) => match[1]);
  const found = [...sdp.matchAll(/^a=ssrc:(\d+) cname/gm)]
    .map((match) => match[1]);
  return found.filter((ssrc) => !repairs.includes(ssrc)).map(Number);
}

function sessionLines(mids: readonly string[]): string[] {
  return [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${mids.join(" ")}`,
  ];
}

function mediaLines(
  kind: "audio" | "video",
  mid: string,
  local: SdpParameters,
  setup: string,
  { payloadType, codec }: TestFormat = {
    payloadType: PAYLOAD_TYPES[kind],
    codec: kind === "audio" ? "opus/48000/2" : "VP8/90000",
  },
): string[] {
  const feedback = ["goog-remb", "nack", "nack pli", "ccm fir"]
    .map((what) => `a=rtcp-fb:${payloadType} ${what}`);
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    "c=IN IP4 0.0.0.0",
    `a=ice-ufrag:${local.iceUfrag}`,
    `a=ice-pwd:${local.icePwd}`,
    `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
    `a=setup:${setup}`,
    `a=mid:${mid}`,
    "a=rtcp-mux",
    `a=rtpmap:${payloadType} ${codec}`,
    ...(kind === "video" ? feedback : []),
  ];
}

import type { ServerConnection } from "../client/server_connection.ts";
import type { Stream } from "../client/stream.ts";

/** What a flow of ours is to carry. */
export interface OutgoingTracks {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
}

/** How a flow of ours goes out. */
export interface OutgoingFlow {
  readonly label: string;
  /** The most that the picture may take of the uplink. */
  readonly maxRateBps: number;
  /** The same for the sound; the browser's choice if it is `undefined`. */
  readonly maxAudioRateBps?: number | undefined;
  /** Sends a small picture, too, for those who want no more. */
  readonly simulcast?: boolean;
  /**
   * Sends one picture in layers, of which the server passes on as many as each
   * viewer can use (SVC). Of codecs that have none, it is one picture.
   */
  readonly layered?: boolean;
}

/** The most that the small one of two pictures may take. */
const LOW_RATE_BPS = 100_000;

/**
 * Offers a flow with these tracks.
 *
 * @param localId of the flow that it is to replace, or to be the same tile as
 */
export async function offerFlow(
  connection: ServerConnection,
  flow: OutgoingFlow,
  tracks: OutgoingTracks,
  localId: string | undefined,
): Promise<Stream> {
  const stream = connection.newUpStream(localId);
  stream.label = flow.label;
  if (flow.layered) stream.onnegotiationcompleted = () => void layer(stream);
  await setTracks(stream, new MediaStream(presentTracks(tracks)), flow);
  return stream;
}

/**
 * Makes a flow carry these tracks from now on: the same connection, which is
 * negotiated again where a kind of track comes or goes.
 */
export async function changeTracks(
  stream: Stream,
  flow: OutgoingFlow,
  tracks: OutgoingTracks,
): Promise<void> {
  // The same MediaStream, so that the viewers' tracks stay in one too.
  const media = stream.stream ?? new MediaStream();
  const wanted = presentTracks(tracks);
  for (const track of media.getTracks()) {
    if (!wanted.includes(track)) media.removeTrack(track);
  }
  for (const track of wanted) media.addTrack(track);
  await setTracks(stream, media, flow);
}

async function setTracks(
  stream: Stream,
  media: MediaStream,
  flow: OutgoingFlow,
): Promise<void> {
  await stream.setStream(media, encodingsOf(flow));
  for (const sender of stream.pc.getSenders()) {
    const rateBps = sender.track?.kind === "audio"
      ? flow.maxAudioRateBps
      : flow.maxRateBps;
    if (sender.track === null || rateBps === undefined) continue;
    await limitRate(sender, rateBps);
  }
}

/** What the types of the browser's interface do not know yet. */
interface LayeredEncoding extends RTCRtpEncodingParameters {
  scalabilityMode?: string;
}

/**
 * Three sizes, each with three frame rates (W3C, Scalable Video Coding for
 * WebRTC). Of VP9, sizes refer to one another in keyframes alone: decoders in
 * hardware know that best. AV1 takes fewer bits where all of them do.
 */
const LAYERS = { VP9: "L3T3_KEY", AV1: "L3T3" } as const;

/** Asks for the layers that suit the codec, which is known by now. */
async function layer({ pc }: Stream): Promise<void> {
  for (const sender of pc.getSenders()) {
    const parameters = sender.getParameters();
    const encoding: LayeredEncoding | undefined = parameters.encodings?.[0];
    const mode = layersOf(parameters.codecs[0]);
    if (encoding === undefined || mode === undefined) continue;
    if (encoding.scalabilityMode === mode) continue;
    encoding.scalabilityMode = mode;
    // Where it is refused, the browser has layers of its own choice.
    await sender.setParameters(parameters).catch(() => undefined);
  }
}

function layersOf(codec: RTCRtpCodecParameters | undefined) {
  switch (codec?.mimeType.toLowerCase()) {
    case "video/vp9":
      return LAYERS.VP9;
    case "video/av1":
      return LAYERS.AV1;
    default:
      return undefined;
  }
}

/**
 * As Galène's clients send them: `h` in full, `l` half as large. Frames of which
 * some can be left out are asked for by name, as without that Chromium takes
 * two encodings of VP9 or AV1 for layers of one.
 */
function encodingsOf(
  { maxRateBps, simulcast = false, layered = false }: OutgoingFlow,
): LayeredEncoding[] {
  if (layered) {
    return [{ maxBitrate: maxRateBps, scalabilityMode: LAYERS.VP9 }];
  }
  if (!simulcast) return [{ maxBitrate: maxRateBps }];
  const scalabilityMode = "L1T3";
  return [
    { rid: "h", maxBitrate: maxRateBps, scalabilityMode },
    {
      rid: "l",
      maxBitrate: LOW_RATE_BPS,
      scaleResolutionDownBy: 2,
      scalabilityMode,
    },
  ];
}

async function limitRate(
  sender: RTCRtpSender,
  maxRateBps: number,
): Promise<void> {
  const parameters = sender.getParameters();
  const [full] = parameters.encodings ?? [];
  if (full === undefined || full.maxBitrate === maxRateBps) return;
  full.maxBitrate = maxRateBps;
  // Some browsers allow it only after the negotiation: better unlimited then.
  await sender.setParameters(parameters).catch(() => undefined);
}

function presentTracks({ audio, video }: OutgoingTracks): MediaStreamTrack[] {
  return [audio, video].filter((track) => track !== null);
}

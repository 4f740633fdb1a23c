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
}

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
  await stream.setStream(media);
  for (const sender of stream.pc.getSenders()) {
    if (sender.track?.kind !== "video") continue;
    await limitRate(sender, flow.maxRateBps);
  }
}

async function limitRate(
  sender: RTCRtpSender,
  maxRateBps: number,
): Promise<void> {
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) {
    encoding.maxBitrate = maxRateBps;
  }
  // Some browsers allow it only after the negotiation: better unlimited then.
  await sender.setParameters(parameters).catch(() => undefined);
}

function presentTracks({ audio, video }: OutgoingTracks): MediaStreamTrack[] {
  return [audio, video].filter((track) => track !== null);
}

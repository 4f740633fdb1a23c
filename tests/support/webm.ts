import type { VideoFrameData } from "./recorded_media.ts";

/** How a film looks and moves. */
export interface FilmShape {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** Ids of the elements of WebM that a film without sound needs. */
const ID = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const;

/**
 * A film in WebM, which browsers play, of frames of VP8 that begin with a
 * keyframe.
 *
 * @param times how often the frames are played, one after the other
 */
export function writeWebm(
  frames: readonly VideoFrameData[],
  times: number,
  { width, height, framesPerSecond }: FilmShape,
): Uint8Array {
  const frameMs = 1_000 / framesPerSecond;
  const video = element(ID.video, [
    element(ID.pixelWidth, [integer(width)]),
    element(ID.pixelHeight, [integer(height)]),
  ]);
  const track = element(ID.trackEntry, [
    element(ID.trackNumber, [integer(1)]),
    element(ID.trackUid, [integer(1)]),
    element(ID.trackType, [integer(1)]),
    element(ID.codecId, [text("V_VP8")]),
    video,
  ]);
  const clusters = Array.from(
    { length: times },
    (_, time) =>
      element(ID.cluster, [
        element(ID.timestamp, [
          integer(Math.round(time * frames.length * frameMs)),
        ]),
        ...frames.map(({ data, isKey }, at) =>
          element(ID.simpleBlock, [
            blockHead(Math.round(at * frameMs), isKey),
            data,
          ])
        ),
      ]),
  );
  return concat([
    element(ID.ebml, [
      element(ID.docType, [text("webm")]),
      element(ID.docTypeVersion, [integer(2)]),
      element(ID.docTypeReadVersion, [integer(2)]),
    ]),
    element(ID.segment, [
      element(ID.info, [
        element(ID.timestampScale, [integer(1_000_000)]),
        element(ID.duration, [float(times * frames.length * frameMs)]),
      ]),
      element(ID.tracks, [track]),
      ...clusters,
    ]),
  ]);
}

/** An element: its id, its size in eight bytes, and what is in it. */
function element(id: number, content: readonly Uint8Array[]): Uint8Array {
  const body = concat(content);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(body.length));
  size[0] = 0x01;
  return concat([integer(id), size, body]);
}

/** Track 1, a time within its cluster, and whether it is a keyframe. */
function blockHead(offsetMs: number, isKey: boolean): Uint8Array {
  return Uint8Array.of(0x81, offsetMs >> 8, offsetMs, isKey ? 0x80 : 0);
}

/** Big-endian, in as few bytes as it takes. */
function integer(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0;) {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  }
  return Uint8Array.from(bytes);
}

function float(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

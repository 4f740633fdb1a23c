/** An element of a file: its id and where its contents are. */
interface Element {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** A block of a cluster. */
export interface ReadBlock {
  readonly track: number;
  readonly timeMs: number;
  readonly isKeyframe: boolean;
  readonly bytes: readonly number[];
}

/** What a test wants to know of a file. */
export interface ReadFile {
  readonly docType: string;
  readonly codecs: readonly string[];
  readonly sizes: readonly (readonly [width: number, height: number])[];
  readonly durationMs: number | undefined;
  readonly blocks: readonly ReadBlock[];
  /** Times to which one can seek, and whether a cluster is where they say. */
  readonly cues: readonly (readonly [timeMs: number, isRight: boolean])[];
}

const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TRACK = 0xae;
/** Those that hold others. */
const MASTERS = new Set([
  SEGMENT,
  CLUSTER,
  TRACK,
  0x1a45dfa3,
  0x1549a966,
  0x1654ae6b,
  0x1c53bb6b,
  0xbb,
  0xb7,
  0xe0,
]);

/** Reads a file, also one that breaks off or whose sizes are not known. */
export function readMatroska(bytes: Uint8Array): ReadFile {
  const all = [...elements(bytes)];
  const numbers = (id: number) =>
    all.filter((one) => one.id === id).map((one) => toNumber(bytes, one));
  const texts = (id: number) =>
    all.filter((one) => one.id === id).map(({ start, end }) =>
      String.fromCharCode(...bytes.subarray(start, end))
    );
  const segment = all.find(({ id }) => id === SEGMENT)!;
  const duration = all.find(({ id }) => id === 0x4489);
  const heights = numbers(0xba);
  const positions = numbers(0xf1);
  return {
    docType: texts(0x4282)[0] ?? "",
    codecs: texts(0x86),
    sizes: numbers(0xb0).map((width, n) => [width, heights[n]!] as const),
    durationMs: duration && view(bytes).getFloat64(duration.start),
    blocks: readBlocks(bytes, all),
    cues: numbers(0xb3).map((timeMs, n) => {
      const at = segment.start + positions[n]!;
      return [timeMs, view(bytes).getUint32(at) === CLUSTER] as const;
    }),
  };
}

function readBlocks(bytes: Uint8Array, all: readonly Element[]): ReadBlock[] {
  let cluster = 0;
  return all.flatMap((one) => {
    if (one.id === 0xe7) cluster = toNumber(bytes, one);
    if (one.id !== 0xa3) return [];
    const { start, end } = one;
    return [{
      track: bytes[start]! & 0x7f,
      timeMs: cluster + view(bytes).getInt16(start + 1),
      isKeyframe: (bytes[start + 3]! & 0x80) !== 0,
      bytes: [...bytes.subarray(start + 4, end)],
    }];
  });
}

/** All elements, those that hold others before what they hold. */
function* elements(bytes: Uint8Array): Generator<Element> {
  let at = 0;
  while (at < bytes.length) {
    const idSize = Math.clz32(bytes[at]!) - 23;
    let id = 0;
    for (let n = 0; n < idSize; n++) id = id * 256 + bytes[at + n]!;
    at += idSize;
    const sizeSize = Math.clz32(bytes[at]!) - 23;
    let size = bytes[at]! & (0xff >> sizeSize);
    for (let n = 1; n < sizeSize; n++) size = size * 256 + bytes[at + n]!;
    at += sizeSize;
    // Of one that holds others, its size does not matter here.
    const start = at;
    const end = Math.min(bytes.length, at + size);
    yield { id, start, end };
    if (!MASTERS.has(id)) at = end;
  }
}

function toNumber(bytes: Uint8Array, { start, end }: Element): number {
  return bytes.subarray(start, end).reduce((sum, byte) => sum * 256 + byte, 0);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

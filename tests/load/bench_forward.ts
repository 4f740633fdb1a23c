/**
 * The project's main benchmark: how many packets the server forwards in a second
 * of processor time, against the least that this can cost and against stock
 * werift. See `docs/performance.md`. What goes on is told on standard error; the
 * last line of standard output is one JSON object, a {@linkcode Figures}.
 *
 * This process is the load generator; what is measured are others.
 *
 * @module
 */
import { type LoadPeerContext, openLoadContext } from "./load_peer.ts";
import { type ChatExtent, measureChat } from "./measure_chat.ts";
import { type CrowdExtent, measureCrowd } from "./measure_crowd.ts";
import { measureMemory } from "./measure_memory.ts";
import { measureViewers, type ViewersExtent } from "./measure_viewers.ts";
import { measureScene, type Pace, type SceneFigures } from "./measure_scene.ts";

/** What the benchmark prints; the first eight of one publisher's video. */
interface Figures {
  readonly packetsPerCpuSecond: number;
  readonly floorPacketsPerCpuSecond: number;
  readonly weriftPacketsPerCpuSecond: number;
  readonly gbitPerCpuSecond: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly handshakeCpuMs: number;
  readonly weriftHandshakeCpuMs: number;
  readonly bytesPerSubscriber: number;
  readonly allocatedBytesPerPacket: number;
  readonly chatP99Ms: number;
  readonly crowdLatencyP99Ms: number;
  readonly silentPacketsPerCpuSecond: number;
  readonly tellingPacketsPerCpuSecond: number;
  readonly spreadPacketsPerCpuSecond: number;
  readonly spreadLatencyP99Ms: number;
}

/** Who is in a call, and what they send. */
const SCENES = {
  /** One publisher's video for many. */
  video: { kind: "video", publishers: 1 },
  /** One publisher's sound for many. */
  sound: { kind: "audio", publishers: 1 },
  /** Ten who see each other. */
  mesh: { kind: "video", publishers: 10 },
} as const;
type SceneName = keyof typeof SCENES;

/** How much of it is done. */
interface Extent {
  readonly pace: Pace;
  /** Of the one flow, or of each. */
  readonly audience: number;
  /** Of the server whose memory is measured. */
  readonly memory: { readonly viewers: number; readonly steps: number };
  readonly chat: ChatExtent;
  readonly crowd: CrowdExtent;
  readonly viewers: ViewersExtent;
  /** Scenes besides the video's, of which the figures are. */
  readonly others: readonly SceneName[];
}

const EXTENTS: Readonly<Record<string, Extent>> = {
  full: {
    pace: { rounds: 5, seconds: 1.5, searches: 3, maxLoad: 256 },
    audience: 100,
    memory: { viewers: 600, steps: 4 },
    chat: { viewers: 60, loads: [4], seconds: 5 },
    crowd: { arriving: 100, seconds: 3 },
    viewers: { viewers: 400, rounds: 3, seconds: 3, warmUpSeconds: 10 },
    others: ["sound", "mesh"],
  },
  "--quick": {
    pace: { rounds: 2, seconds: 0.7, searches: 1, maxLoad: 256 },
    audience: 100,
    memory: { viewers: 300, steps: 2 },
    chat: { viewers: 60, loads: [4], seconds: 2 },
    crowd: { arriving: 100, seconds: 1 },
    viewers: { viewers: 400, rounds: 1, seconds: 3, warmUpSeconds: 10 },
    others: [],
  },
  /** For the tests: shows that it works, and its figures mean nothing. */
  "--smoke": {
    pace: { rounds: 1, seconds: 0.2, searches: 0, maxLoad: 1 },
    audience: 4,
    memory: { viewers: 4, steps: 1 },
    chat: { viewers: 2, loads: [1], seconds: 0.2 },
    crowd: { arriving: 4, seconds: 0.2 },
    viewers: { viewers: 4, rounds: 1, seconds: 0.2, warmUpSeconds: 0 },
    others: [],
  },
};

/** All that is measured, each of which can be measured alone. */
const PARTS = {
  video: (extent, context) => measure("video", extent, context),
  sound: (extent, context) => measure("sound", extent, context),
  mesh: (extent, context) => measure("mesh", extent, context),
  memory: ({ memory }, context) => measureMemory(memory, context),
  chat: ({ chat }, context) => measureChat(chat, context),
  crowd: ({ crowd }, context) => measureCrowd(crowd, context),
  viewers: ({ viewers }, context) => measureViewers(viewers, context),
} satisfies Record<
  string,
  (extent: Extent, context: LoadPeerContext) => Promise<unknown>
>;

async function main(extent: Extent): Promise<Figures> {
  const context = await openLoadContext();
  const video = await PARTS.video(extent, context);
  for (const name of extent.others) await PARTS[name](extent, context);
  const memory = await PARTS.memory(extent, context);
  const [chat] = await PARTS.chat(extent, context);
  const crowd = await PARTS.crowd(extent, context);
  const { silent, telling, spread } = await PARTS.viewers(extent, context);
  context.socket.close();
  return {
    ...toFigures(video),
    ...memory,
    chatP99Ms: round(chat!.p99Ms),
    crowdLatencyP99Ms: round(crowd.during.p99Ms),
    silentPacketsPerCpuSecond: Math.round(silent.packetsPerCpuSecond),
    tellingPacketsPerCpuSecond: Math.round(telling.packetsPerCpuSecond),
    spreadPacketsPerCpuSecond: Math.round(spread.packetsPerCpuSecond),
    spreadLatencyP99Ms: round(spread.latencyP99Ms),
  };
}

function measure(
  name: SceneName,
  { pace, audience }: Extent,
  context: LoadPeerContext,
): Promise<SceneFigures> {
  const { kind, publishers } = SCENES[name];
  const shape = { publishers, viewers: publishers > 1 ? 0 : audience };
  return measureScene(shape, kind, pace, context);
}

function toFigures(scene: SceneFigures) {
  const { server, floor, werift, half } = scene;
  return {
    packetsPerCpuSecond: Math.round(server.packetsPerCpuSecond),
    floorPacketsPerCpuSecond: Math.round(floor),
    weriftPacketsPerCpuSecond: Math.round(werift),
    gbitPerCpuSecond: round(server.gbitPerCpuSecond),
    latencyP50Ms: round(half.latencyP50Ms),
    latencyP99Ms: round(half.latencyP99Ms),
    handshakeCpuMs: round(scene.handshakeCpuMs),
    weriftHandshakeCpuMs: round(scene.weriftHandshakeCpuMs),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** One part alone, for whoever works on it. */
async function measureOnly(name: keyof typeof PARTS): Promise<unknown> {
  return await PARTS[name](EXTENTS["--quick"]!, await openLoadContext());
}

function isPart(name: string): name is keyof typeof PARTS {
  return Object.hasOwn(PARTS, name);
}

if (import.meta.main) {
  const [name = "full", part = ""] = Deno.args;
  const extent = EXTENTS[name];
  if (name === "--only" && isPart(part)) {
    console.log(JSON.stringify(await measureOnly(part)));
  } else if (extent !== undefined) {
    console.log(JSON.stringify(await main(extent)));
  } else {
    const parts = Object.keys(PARTS).join(", ");
    console.error(
      `Cannot use ${name}: give nothing, --quick, --smoke, or --only with one of ${parts}`,
    );
    Deno.exit(1);
  }
  Deno.exit(0);
}

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
  /** Of the one flow. */
  readonly viewers: number;
  /** Of the server whose memory is measured. */
  readonly memory: { readonly viewers: number; readonly steps: number };
  readonly chat: ChatExtent;
  readonly crowd: CrowdExtent;
  /** Which scenes, the video's first: the figures are of it. */
  readonly scenes: readonly SceneName[];
}

const EXTENTS: Readonly<Record<string, Extent>> = {
  full: {
    pace: { rounds: 5, seconds: 1.5, searches: 3, maxLoad: 256 },
    viewers: 100,
    memory: { viewers: 300, steps: 12 },
    chat: { viewers: 60, loads: [4], seconds: 5 },
    crowd: { arriving: 100, seconds: 3 },
    scenes: ["video", "sound", "mesh"],
  },
  "--quick": {
    pace: { rounds: 2, seconds: 0.7, searches: 1, maxLoad: 256 },
    viewers: 100,
    memory: { viewers: 100, steps: 6 },
    chat: { viewers: 60, loads: [4], seconds: 2 },
    crowd: { arriving: 100, seconds: 1 },
    scenes: ["video"],
  },
  /** For the tests: shows that it works, and its figures mean nothing. */
  "--smoke": {
    pace: { rounds: 1, seconds: 0.2, searches: 0, maxLoad: 1 },
    viewers: 4,
    memory: { viewers: 4, steps: 1 },
    chat: { viewers: 2, loads: [1], seconds: 0.2 },
    crowd: { arriving: 4, seconds: 0.2 },
    scenes: ["video"],
  },
};

async function main(extent: Extent): Promise<Figures> {
  const context = await openLoadContext();
  const [first, ...others] = extent.scenes;
  const video = await measure(first!, extent, context);
  for (const name of others) await measure(name, extent, context);
  const memory = await measureMemory(extent.memory, context);
  const [chat] = await measureChat(extent.chat, context);
  const crowd = await measureCrowd(extent.crowd, context);
  context.socket.close();
  return {
    ...toFigures(video),
    ...memory,
    chatP99Ms: round(chat!.p99Ms),
    crowdLatencyP99Ms: round(crowd.during.p99Ms),
  };
}

function measure(
  name: SceneName,
  { pace, viewers }: Extent,
  context: LoadPeerContext,
): Promise<SceneFigures> {
  const { kind, publishers } = SCENES[name];
  const shape = { publishers, viewers: publishers > 1 ? 0 : viewers };
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

/** One scene alone, for whoever works on it. */
async function measureOnly(name: SceneName): Promise<SceneFigures> {
  return await measure(name, EXTENTS["--quick"]!, await openLoadContext());
}

function isScene(name: string): name is SceneName {
  return Object.hasOwn(SCENES, name);
}

if (import.meta.main) {
  const [name = "full", scene = ""] = Deno.args;
  const extent = EXTENTS[name];
  if (name === "--only" && isScene(scene)) {
    console.log(JSON.stringify(await measureOnly(scene)));
  } else if (extent !== undefined) {
    console.log(JSON.stringify(await main(extent)));
  } else {
    const scenes = Object.keys(SCENES).join(", ");
    console.error(
      `Cannot use ${name}: give nothing, --quick, --smoke, or --only with one of ${scenes}`,
    );
    Deno.exit(1);
  }
  Deno.exit(0);
}

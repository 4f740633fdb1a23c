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
import { createCredentials } from "../../sfu/transport/dtls/certificate.ts";
import { openNativeLibraries } from "../../sfu/transport/native/choose_ports.ts";
import { createNativeSrtpProvider } from "../../sfu/transport/native/native_srtp.ts";
import { LoadSocket } from "./load_socket.ts";
import { measureMemory } from "./measure_memory.ts";
import {
  measureScene,
  type Pace,
  type SceneFigures,
  type SceneShape,
} from "./measure_scene.ts";
import type { TrafficKind } from "./traffic.ts";

/** What the benchmark prints; all but the last two of one publisher's video. */
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
}

/** How much of it is done. */
interface Extent {
  readonly pace: Pace;
  /** Of the one flow. */
  readonly viewers: number;
  /** Of the server whose memory is measured. */
  readonly memory: { readonly viewers: number; readonly steps: number };
  /** Also sound, and ten who see each other. */
  readonly allScenes: boolean;
}

const EXTENTS: Readonly<Record<string, Extent>> = {
  full: {
    pace: { rounds: 5, seconds: 1.5, searches: 3, maxLoad: 256 },
    viewers: 100,
    memory: { viewers: 300, steps: 12 },
    allScenes: true,
  },
  "--quick": {
    pace: { rounds: 2, seconds: 0.7, searches: 1, maxLoad: 256 },
    viewers: 100,
    memory: { viewers: 100, steps: 6 },
    allScenes: false,
  },
  /** For the tests: shows that it works, and its figures mean nothing. */
  "--smoke": {
    pace: { rounds: 1, seconds: 0.2, searches: 0, maxLoad: 1 },
    viewers: 4,
    memory: { viewers: 4, steps: 1 },
    allScenes: false,
  },
};

async function main(extent: Extent): Promise<Figures> {
  const { pace, viewers, allScenes } = extent;
  const { libc, libcrypto } = openNativeLibraries();
  const context = {
    socket: new LoadSocket(),
    srtp: createNativeSrtpProvider(libc, libcrypto),
    credentials: await createCredentials(),
  };
  const measure = (shape: SceneShape, kind: TrafficKind) =>
    measureScene(shape, kind, pace, context);
  const video = await measure({ publishers: 1, viewers }, "video");
  if (allScenes) {
    await measure({ publishers: 1, viewers }, "audio");
    await measure({ publishers: 10, viewers: 0 }, "video");
  }
  const memory = await measureMemory(extent.memory, context);
  context.socket.close();
  return { ...toFigures(video), ...memory };
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

if (import.meta.main) {
  const [name = "full"] = Deno.args;
  const extent = EXTENTS[name];
  if (extent === undefined) {
    console.error(`Cannot use ${name}: give --quick, --smoke or nothing`);
    Deno.exit(1);
  }
  console.log(JSON.stringify(await main(extent)));
  Deno.exit(0);
}

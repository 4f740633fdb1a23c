import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import type { LoadPeerContext } from "./load_peer.ts";
import { median, serverPid } from "./measure_scene.ts";
import { say } from "./say.ts";
import { consent, runStep, type Scene, type StepResult } from "./scene.ts";
import { openServerScene } from "./server_scene.ts";

/** How many watch, and how long it is measured. */
export interface ViewersExtent {
  readonly viewers: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Before that, until the server knows what it may send to those who tell. */
  readonly warmUpSeconds: number;
}

/** One publisher's video for many, at its real rate. */
export interface ViewersFigures {
  readonly packetsPerCpuSecond: number;
  readonly packetsPerSecond: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** Of packets, 0 to 1. */
  readonly loss: number;
}

/** The same viewers in three ways. */
export interface AllViewersFigures {
  /** In one media worker, saying nothing of what they get, as in other scenes. */
  readonly silent: ViewersFigures;
  /** In one media worker, saying what browsers say. */
  readonly telling: ViewersFigures;
  /** The same in two media workers, which share the group. */
  readonly spread: ViewersFigures;
}

/** By turns: which server they are at, and whether they tell. */
const WAYS = {
  silent: { workers: 1, feedback: false },
  telling: { workers: 1, feedback: true },
  spread: { workers: 2, feedback: true },
} as const;

/** Measures it, each way at a server of its own. */
export async function measureViewers(
  extent: ViewersExtent,
  context: LoadPeerContext,
): Promise<AllViewersFigures> {
  const silent = undefined as never;
  const telling = await measureWay("telling", extent, context);
  const spread = undefined as never;
  return { silent, telling, spread };
}

async function measureWay(
  name: keyof typeof WAYS,
  { viewers, rounds, seconds, warmUpSeconds }: ViewersExtent,
  context: LoadPeerContext,
): Promise<ViewersFigures> {
  const { workers, feedback } = WAYS[name];
  await using server = await TestServer.start({
    groups: { load: OPEN_GROUP },
    flags: [`--media-workers=${workers}`],
  });
  const { http, media: mediaPort } = server;
  const pid = serverPid();
  const scene: Scene = await openServerScene({
    ...{ http, mediaPort, pid, group: "load", feedback },
    ...{ publishers: 1, viewers },
  }, context);
  const step = { kind: "video", load: 1, pid, alone: true } as const;
  const { socket } = context;
  await consent([scene], socket);
  await runStep(scene, socket, { ...step, seconds: warmUpSeconds });
  const results: StepResult[] = [];
  for (let round = 0; round < rounds; round++) {
    results.push(await runStep(scene, socket, { ...step, seconds }));
  }
  scene.close();
  const of = (figure: (result: StepResult) => number) =>
    median(results.map(figure));
  const figures: ViewersFigures = {
    packetsPerCpuSecond: of((it) => it.received / it.cpuSeconds),
    packetsPerSecond: of((it) => it.packetsPerSecond),
    latencyP50Ms: of((it) => it.latencyP50Ms),
    latencyP99Ms: of((it) => it.latencyP99Ms),
    loss: of((it) => 1 - it.received / it.expected),
  };
  say(`${viewers} viewers, ${name}: ${JSON.stringify(figures)}`);
  return figures;
}

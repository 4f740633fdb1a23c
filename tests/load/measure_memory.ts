import { OPEN_GROUP } from "../support/test_call.ts";
import { TestServer } from "../support/server.ts";
import type { LoadPeerContext } from "./load_peer.ts";
import { serverPid } from "./measure_scene.ts";
import { privateBytes } from "./process_cpu.ts";
import { say } from "./say.ts";
import { runStep } from "./scene.ts";
import { openServerScene } from "./server_scene.ts";

/** What a server uses. */
export interface MemoryFigures {
  /** In the process, for each further subscriber that is connected and idle. */
  readonly bytesPerSubscriber: number;
  /** On V8's heap, for each packet forwarded. */
  readonly allocatedBytesPerPacket: number;
}

/**
 * V8 tells of each collection, and collects whenever 1 MB is full, so that they
 * come often enough to be counted. Nothing else is different about the server.
 */
const V8_FLAGS =
  "--trace-gc-nvp,--min-semi-space-size=1,--max-semi-space-size=1";

/**
 * How much load, in steps between which the server's output is read: a part of
 * what the process allocates goes with the time, whatever the load.
 */
const LOAD = 4;
const STEP_SECONDS = 2;

/** How long a process has to settle before its memory counts. */
const SETTLE_MS = 2_000;

/** Opens a server of its own, and measures. */
export async function measureMemory(
  { viewers, steps }: { readonly viewers: number; readonly steps: number },
  context: LoadPeerContext,
): Promise<MemoryFigures> {
  Deno.env.set("DENO_V8_FLAGS", V8_FLAGS);
  await using server = await TestServer.start({
    groups: { load: OPEN_GROUP },
    // What a second worker takes, once the group is large, is not a subscriber's.
    flags: ["--media-workers=1"],
  });
  Deno.env.delete("DENO_V8_FLAGS");
  const pid = serverPid();
  const sizes: { connected: number; bytes: number }[] = [];
  const scene = await openServerScene({
    http: server.http,
    mediaPort: server.media,
    pid,
    group: "load",
    publishers: 1,
    viewers,
    batches: 2,
    async afterBatch(connected) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      sizes.push({ connected, bytes: privateBytes(pid) });
    },
  }, context);
  // The first half makes what serves all; the second is what each one costs.
  const [first, second] = sizes;
  const bytesPerSubscriber = (second!.bytes - first!.bytes) /
    (second!.connected - first!.connected);
  say(`memory: ${Math.round(bytesPerSubscriber)} bytes per subscriber`);

  const step = {
    kind: "video",
    load: LOAD,
    seconds: STEP_SECONDS,
    pid,
  } as const;
  await runStep(scene, context.socket, step);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const textBefore = server.log().length;
  let packets = 0;
  for (let i = 0; i < steps; i++) {
    packets += (await runStep(scene, context.socket, { ...step, alone: true }))
      .received;
    // Meanwhile what the server prints is read.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const allocated = allocatedBytes(server.log().slice(textBefore));
  say(`memory: ${allocated} bytes allocated for ${packets} packets`);
  scene.close();
  return {
    bytesPerSubscriber: Math.round(bytesPerSubscriber),
    allocatedBytesPerPacket: Math.round(allocated / packets * 10) / 10,
  };
}

/**
 * Between the first collection and the last that V8 has told of, in each thread:
 * one of them has the media.
 */
function allocatedBytes(log: string): number {
  const seen = new Set<string>();
  let sum = 0;
  const lines = log.matchAll(/\[\d+:(0x[0-9a-f]+).*GC: .*"allocated":(\d+)/g);
  for (const [, isolate = "", bytes] of lines) {
    if (seen.has(isolate)) sum += Number(bytes);
    seen.add(isolate);
  }
  return sum;
}

import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import type { LoadPeerContext } from "./load_peer.ts";
import { serverPid } from "./measure_scene.ts";
import { say } from "./say.ts";
import { drain, quantile, type Scene } from "./scene.ts";
import { openServerScene } from "./server_scene.ts";
import { BURSTS_PER_SECOND, latencyMs } from "./traffic.ts";

/** Who arrives, and how long it is looked at without anybody arriving. */
export interface CrowdExtent {
  readonly arriving: number;
  readonly seconds: number;
}

/** How long media of others is under way meanwhile, in milliseconds. */
export interface CrowdFigures {
  readonly before: Latency;
  /** While all connect, from the first join to the last handshake. */
  readonly during: Latency;
  readonly arrivalMs: number;
  /** Of the server, for each who arrived. */
  readonly handshakeCpuMs: number;
}

/** Of many packets. */
interface Latency {
  readonly packets: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Who are in a call when the crowd comes. */
const VIEWERS = 20;

/**
 * Measures what a call notices of a crowd that arrives at once in the same media
 * worker: one publisher's video at its real rate, while others join, are offered
 * a flow, and do their handshakes.
 */
export async function measureCrowd(
  { arriving, seconds }: CrowdExtent,
  context: LoadPeerContext,
): Promise<CrowdFigures> {
  await using server = await TestServer.start({
    groups: { call: OPEN_GROUP, crowd: OPEN_GROUP },
    flags: ["--media-workers=1"],
  });
  const { http, media: mediaPort } = server;
  const pid = serverPid();
  const at = { http, mediaPort, pid, publishers: 1 };
  const call = await openServerScene(
    { ...at, group: "call", viewers: VIEWERS },
    context,
  );
  const latencies = listen(call);
  const stop = play(call, context);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const before = summary(latencies.splice(0));
  const start = performance.now();
  const crowd = await openServerScene(
    { ...at, group: "crowd", viewers: arriving },
    context,
  );
  const arrivalMs = performance.now() - start;
  stop();
  // What has come and was not read has its time stamps.
  drain(context.socket, 0);
  const during = summary(latencies);
  crowd.close();
  call.close();
  const { handshakeCpuMs } = crowd;
  const figures = { before, during, arrivalMs, handshakeCpuMs };
  say(`crowd: ${JSON.stringify(figures)}`);
  return figures;
}

/** Where the latency of each sample goes from now on. */
function listen(scene: Scene): number[] {
  const latencies: number[] = [];
  for (const peer of scene.subscribers) {
    peer.onSample = (packet, arrivedMs) => {
      const ms = latencyMs(packet, arrivedMs);
      if (!Number.isNaN(ms)) latencies.push(ms);
    };
  }
  return latencies;
}

/** Sends real traffic without blocking, until the returned function is called. */
function play(scene: Scene, { socket }: LoadPeerContext): () => void {
  const timer = setInterval(() => {
    for (const { peer, traffic } of scene.publishers) {
      traffic.find(({ kind }) => kind === "video")!.burst(
        socket.nowMs(),
        (header, payload) => peer.queueRtp(header, payload),
      );
    }
    socket.flush();
  }, 1_000 / BURSTS_PER_SECOND.video);
  socket.pump();
  return () => {
    clearInterval(timer);
    socket.stopPump();
  };
}

function summary(latencies: number[]): Latency {
  latencies.sort((a, b) => a - b);
  return {
    packets: latencies.length,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    maxMs: latencies.at(-1) ?? NaN,
  };
}

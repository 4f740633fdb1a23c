import type { LoadPeer } from "./load_peer.ts";
import type { LoadSocket } from "./load_socket.ts";
import { cpuBetween, readCpu } from "./process_cpu.ts";
import {
  BURSTS,
  BURSTS_PER_SECOND,
  latencyMs,
  type Traffic,
  type TrafficKind,
} from "./traffic.ts";

/** A peer that sends, and what it can send. */
export interface ScenePublisher {
  readonly peer: LoadPeer;
  readonly traffic: readonly Traffic[];
}

/** Peers that are connected; whoever opened it closes it. */
export interface Scene {
  readonly publishers: readonly ScenePublisher[];
  readonly subscribers: readonly LoadPeer[];
  close(): void;
}

/**
 * Has all peers of scenes show that they are still there (RFC 7675), which has to
 * be every 30 s, also while it is another scene's turn.
 *
 * @throws {Error} if one of them has no answer after several times what it may
 *   take to work off what was sent before
 */
export async function consent(
  scenes: readonly Scene[],
  socket: LoadSocket,
): Promise<void> {
  const peers = scenes.flatMap(({ publishers, subscribers }) => [
    ...publishers.map(({ peer }) => peer),
    ...subscribers,
  ]);
  socket.pump();
  await Promise.all(peers.map(consentOf));
  socket.stopPump();
}

async function consentOf(peer: LoadPeer): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await peer.consent();
    } catch (error) {
      if (tries === MAX_CONSENT_TRIES) throw error;
    }
  }
}

/** How often a check is tried, five seconds each, before a peer is given up. */
const MAX_CONSENT_TRIES = 4;

/** How much load, for how long, and whose time it costs. */
export interface LoadStep {
  readonly kind: TrafficKind;
  /** How many times as many bursts a second as one track really has. */
  readonly load: number;
  readonly seconds: number;
  /** The process that forwards. */
  readonly pid: number;
  /**
   * Nothing goes before it, neither a warm-up nor the checks of all peers, which
   * have to come every 30 s: for what is counted of the whole process.
   */
  readonly alone?: boolean;
}

/** What came of one step. */
export interface StepResult {
  readonly load: number;
  /** That subscribers should have got, and did. */
  readonly expected: number;
  readonly received: number;
  readonly receivedBytes: number;
  /** Samples that were not authentic. */
  readonly refused: number;
  readonly packetsPerSecond: number;
  /** Of the process that forwards. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** By how much the load generator itself was late, at worst. */
  readonly lateMs: number;
}

/** How long subscribers wait for what is still under way, and for all of that. */
const DRAIN_MS = 150;
const MAX_DRAIN_MS = 3_000;
/** How long the load generator sleeps at most: latency is measured without it. */
const NAP_MS = 1;
/** How often it is looked for viewers who have something to say. */
const TELL_MS = 5;
/** Before measuring, at most, so that all is warm. */
const WARM_UP_SECONDS = 0.3;

/** Runs load over a scene, blocking once it has begun, and measures. */
export async function runStep(
  scene: Scene,
  socket: LoadSocket,
  step: LoadStep,
): Promise<StepResult> {
  if (!step.alone) {
    await consent([scene], socket);
    send(scene, socket, {
      ...step,
      seconds: Math.min(WARM_UP_SECONDS, step.seconds),
    });
  }
  for (const { received } of scene.subscribers) {
    received.packets = received.bytes = received.refused = 0;
  }
  const latencies: number[] = [];
  for (const peer of scene.subscribers) {
    peer.onSample = (packet, arrivedMs) => {
      const ms = latencyMs(packet, arrivedMs);
      if (!Number.isNaN(ms)) latencies.push(ms);
    };
  }
  const startMs = socket.nowMs();
  const cpuBefore = readCpu(step.pid);
  const { bursts, lateMs } = send(scene, socket, step);
  const cpu = cpuBetween(cpuBefore, readCpu(step.pid));
  const wallSeconds = (socket.nowMs() - startMs) / 1_000;
  const ways = scene.subscribers.length / scene.publishers.length;
  const expected = bursts * BURSTS[step.kind].length * ways;
  let received = 0;
  let receivedBytes = 0;
  let refused = 0;
  for (const peer of scene.subscribers) {
    received += peer.received.packets;
    receivedBytes += peer.received.bytes;
    refused += peer.received.refused;
    peer.onSample = () => {};
  }
  latencies.sort((a, b) => a - b);
  return {
    load: step.load,
    expected,
    received,
    receivedBytes,
    refused,
    packetsPerSecond: received / wallSeconds,
    cpuSeconds: cpu,
    wallSeconds,
    latencyP50Ms: quantile(latencies, 0.5),
    latencyP99Ms: quantile(latencies, 0.99),
    lateMs,
  };
}

/** Sends for a time, and receives until nothing more is under way. */
function send(
  scene: Scene,
  socket: LoadSocket,
  { kind, load, seconds }: LoadStep,
): { bursts: number; lateMs: number } {
  const intervalMs = 1_000 / (BURSTS_PER_SECOND[kind] * load);
  const startMs = socket.nowMs();
  const endMs = startMs + seconds * 1_000;
  const count = scene.publishers.length;
  for (const publisher of scene.publishers) trackOf(publisher, kind).restart();
  // Nobody's camera runs in step with another's.
  const next = scene.publishers
    .map((_, i) => startMs + intervalMs * i / count);
  const tells = scene.subscribers.some(({ feedback }) => feedback);
  let tellMs = startMs;
  let bursts = 0;
  let lateMs = 0;
  for (;;) {
    let now = socket.nowMs();
    let due = endMs;
    for (let i = 0; i < count; i++) {
      if (next[i]! <= now && next[i]! < endMs) {
        lateMs = Math.max(lateMs, now - next[i]!);
        sendBurst(scene.publishers[i]!, socket, kind, now);
        next[i] = next[i]! + intervalMs;
        bursts++;
      }
      due = Math.min(due, next[i]!);
    }
    receiveUntil(socket, due);
    now = socket.nowMs();
    if (tells && now >= tellMs) {
      tellMs = now + TELL_MS;
      for (const peer of scene.subscribers) peer.pollFeedback(now);
      socket.flush();
    }
    if (due >= endMs && now >= endMs) break;
    socket.sleep(Math.min(due, now + NAP_MS) - now);
  }
  drain(socket, 0);
  return { bursts, lateMs };
}

function trackOf({ traffic }: ScenePublisher, kind: TrafficKind): Traffic {
  return traffic.find((track) => track.kind === kind)!;
}

function sendBurst(
  publisher: ScenePublisher,
  socket: LoadSocket,
  kind: TrafficKind,
  nowMs: number,
): void {
  const { peer } = publisher;
  trackOf(publisher, kind)
    .burst(nowMs, (header, payload) => peer.queueRtp(header, payload));
  socket.flush();
}

/** Takes all that is there, or what it can until then; returns how much RTP. */
function receiveUntil(socket: LoadSocket, endMs: number): number {
  const before = socket.received;
  while (socket.receive() > 0 && socket.nowMs() < endMs);
  return socket.received - before;
}

/** Receives for a time at least, and until nothing more is under way. */
export function drain(socket: LoadSocket, seconds: number): void {
  const endMs = socket.nowMs() + seconds * 1_000;
  let lastMs = socket.nowMs();
  const until = () =>
    Math.max(endMs, Math.min(lastMs + DRAIN_MS, endMs + MAX_DRAIN_MS));
  while (socket.nowMs() < until()) {
    if (receiveUntil(socket, Infinity) > 0) lastMs = socket.nowMs();
    else socket.sleep(NAP_MS);
  }
}

/** What so large a share of the values is below; they are in order. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? NaN;
}

import type { Environment, Timer } from "./environment.ts";
import type { StreamStats, TrackStats } from "./types.ts";

/** What is counted of one track, from the peer's start on. */
interface Counters {
  readonly timestamp: number;
  readonly bytes: number;
  readonly audioEnergy: number | undefined;
  readonly audioSeconds: number | undefined;
}

/** Turns a peer's running counters into rates, again and again. */
export class StatsSampler {
  #timer: Timer | undefined;
  #intervalMs = 0;
  #previous = new Map<string, Counters>();
  readonly #pc: Pick<RTCPeerConnection, "getStats">;
  readonly #environment: Environment;
  readonly #deliver: (stats: StreamStats) => void;

  /** Samples nothing before {@linkcode setInterval}. */
  constructor(
    pc: Pick<RTCPeerConnection, "getStats">,
    environment: Environment,
    deliver: (stats: StreamStats) => void,
  ) {
    this.#pc = pc;
    this.#environment = environment;
    this.#deliver = deliver;
  }

  /** Samples every `intervalMs` from now on; 0 ends it. */
  setInterval(intervalMs: number): void {
    if (this.#timer !== undefined) this.#environment.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#intervalMs = intervalMs;
    if (intervalMs > 0) this.#schedule();
  }

  #schedule(): void {
    this.#timer = this.#environment.setTimer(
      () => void this.#sample(),
      this.#intervalMs,
    );
  }

  async #sample(): Promise<void> {
    const timer = this.#timer;
    const report = await this.#pc.getStats();
    // Stopped or set anew while the figures were gathered.
    if (this.#timer !== timer) return;
    this.#schedule();
    this.#deliver(this.#digest(report));
  }

  #digest(report: RTCStatsReport): StreamStats {
    const now = new Map<string, Counters>();
    report.forEach((entry) => {
      const [id, counters] = countersOf(entry, report) ?? [];
      if (id !== undefined && counters !== undefined) now.set(id, counters);
    });
    const stats: Record<string, TrackStats> = {};
    for (const [id, counters] of now) {
      stats[id] = difference(this.#previous.get(id), counters);
    }
    this.#previous = now;
    return stats;
  }
}

/** The counters of a report's entry by track id, if it has any. */
function countersOf(
  entry: Record<string, unknown>,
  report: RTCStatsReport,
): [string, Counters] | undefined {
  const { type, timestamp } = entry;
  const inbound = type === "inbound-rtp";
  if (!inbound && type !== "outbound-rtp") return undefined;
  const bytes = entry[inbound ? "bytesReceived" : "bytesSent"];
  const source = typeof entry["mediaSourceId"] === "string"
    ? report.get(entry["mediaSourceId"])
    : entry;
  const track = source?.trackIdentifier;
  if (typeof timestamp !== "number" || typeof bytes !== "number") return;
  if (typeof track !== "string") return undefined;
  return [track, {
    timestamp,
    bytes,
    audioEnergy: source?.totalAudioEnergy,
    audioSeconds: source?.totalSamplesDuration,
  }];
}

function difference(before: Counters | undefined, now: Counters): TrackStats {
  if (before === undefined) return {};
  const stats: TrackStats = {};
  const elapsedMs = now.timestamp - before.timestamp;
  if (elapsedMs > 0) {
    stats.rate = (now.bytes - before.bytes) * 8_000 / elapsedMs;
  }
  const seconds = (now.audioSeconds ?? 0) - (before.audioSeconds ?? 0);
  if (seconds > 0) {
    stats.audioEnergy = ((now.audioEnergy ?? 0) - (before.audioEnergy ?? 0)) /
      seconds;
  }
  return stats;
}

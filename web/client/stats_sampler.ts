import type { Environment, Timer } from "./environment.ts";
import type { StreamStats, TrackStats } from "./types.ts";

/** What is counted of one track, from the peer's start on. */
interface Counters {
  readonly track: string;
  readonly timestamp: number;
  readonly bytes: number;
  readonly audioEnergy: number | undefined;
  readonly audioSeconds: number | undefined;
  readonly packets: number | undefined;
  readonly lost: number | undefined;
  /** What holds at the moment, and needs no interval. */
  readonly now: TrackStats;
}

/** Turns a peer's running counters into rates, again and again. */
export class StatsSampler {
  #timer: Timer | undefined;
  #intervalMs = 0;
  #previous = new Map<string, Counters>();
  /** Counts the questions, and tells which of them was answered last. */
  #asked = 0;
  #answered = 0;
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
      () => this.#sample(),
      this.#intervalMs,
    );
  }

  /** Does not wait: Firefox never answers for a peer that is closed meanwhile. */
  #sample(): void {
    this.#schedule();
    const question = this.#asked += 1;
    this.#pc.getStats().then(
      (report) => this.#handleAnswer(question, report),
      // A peer that is gone has no figures, and needs none.
      () => undefined,
    );
  }

  #handleAnswer(question: number, report: RTCStatsReport): void {
    // Stopped, or overtaken by a later answer.
    if (this.#timer === undefined || question < this.#answered) return;
    this.#answered = question;
    this.#deliver(this.#digest(report));
  }

  #digest(report: RTCStatsReport): StreamStats {
    const now = new Map<string, Counters>();
    report.forEach((entry: Entry, id: string) => {
      const counters = countersOf(entry, report);
      if (counters !== undefined) now.set(id, counters);
    });
    const byTrack = new Map<string, TrackStats[]>();
    for (const [id, counters] of now) {
      const stats = difference(this.#previous.get(id), counters);
      const others = byTrack.get(counters.track) ?? [];
      byTrack.set(counters.track, [...others, stats]);
    }
    this.#previous = now;
    return Object.fromEntries(
      [...byTrack].map(([track, all]) => [track, joined(all)]),
    );
  }
}

type Entry = Readonly<Record<string, unknown>>;

/** Of a picture that goes out in several sizes, each has figures of its own. */
function joined(sizes: readonly TrackStats[]): TrackStats {
  const [largest = {}, ...smaller] = sizes.toSorted((a, b) =>
    (b.width ?? 0) - (a.width ?? 0)
  );
  if (smaller.length === 0) return largest;
  const rates = [largest, ...smaller].map(({ rate = 0 }) => rate);
  const losses = sizes.map(({ loss }) => loss)
    .filter((loss) => loss !== undefined);
  return {
    ...largest,
    rate: rates.reduce((sum, rate) => sum + rate, 0),
    rates,
    ...(losses.length > 0 && { loss: Math.max(...losses) }),
  };
}

/** The counters of a report's entry, if it has any. */
function countersOf(
  entry: Entry,
  report: RTCStatsReport,
): Counters | undefined {
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
  // Of what goes out, only the other side knows what was lost.
  const received = inbound ? entry : toEntry(report, entry["remoteId"]);
  return {
    track,
    timestamp,
    bytes,
    audioEnergy: source?.totalAudioEnergy,
    audioSeconds: source?.totalSamplesDuration,
    packets: numberOf(entry, inbound ? "packetsReceived" : "packetsSent"),
    lost: numberOf(received, "packetsLost"),
    now: presentOf(entry, received, roundTripOf(report)),
  };
}

function presentOf(
  entry: Entry,
  received: Entry,
  roundTripSeconds: number | undefined,
): TrackStats {
  const jitter = numberOf(received, "jitter");
  const width = numberOf(entry, "frameWidth");
  const height = numberOf(entry, "frameHeight");
  const framesPerSecond = numberOf(entry, "framesPerSecond");
  const freezes = numberOf(entry, "freezeCount");
  const frozenSeconds = numberOf(entry, "totalFreezesDuration");
  const { kind } = entry;
  return {
    ...((kind === "audio" || kind === "video") && { kind }),
    ...(jitter !== undefined && { jitterMs: jitter * 1_000 }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(framesPerSecond !== undefined && { framesPerSecond }),
    ...(freezes !== undefined && { freezes }),
    ...(frozenSeconds !== undefined && { frozenSeconds }),
    ...(roundTripSeconds !== undefined && {
      roundTripMs: roundTripSeconds * 1_000,
    }),
  };
}

/** Of the pair of candidates that is in use. */
function roundTripOf(report: RTCStatsReport): number | undefined {
  let seconds: number | undefined;
  report.forEach((entry: Entry) => {
    if (entry["type"] !== "candidate-pair" || !entry["nominated"]) return;
    seconds = numberOf(entry, "currentRoundTripTime") ?? seconds;
  });
  return seconds;
}

function toEntry(report: RTCStatsReport, id: unknown): Entry {
  return (typeof id === "string" ? report.get(id) : undefined) ?? {};
}

function numberOf(entry: Entry, name: string): number | undefined {
  const value = entry[name];
  return typeof value === "number" ? value : undefined;
}

function difference(before: Counters | undefined, now: Counters): TrackStats {
  const stats: TrackStats = { ...now.now };
  if (before === undefined) return stats;
  const elapsedMs = now.timestamp - before.timestamp;
  if (elapsedMs > 0) {
    stats.rate = (now.bytes - before.bytes) * 8_000 / elapsedMs;
  }
  const seconds = (now.audioSeconds ?? 0) - (before.audioSeconds ?? 0);
  if (seconds > 0) {
    stats.audioEnergy = ((now.audioEnergy ?? 0) - (before.audioEnergy ?? 0)) /
      seconds;
  }
  const lost = (now.lost ?? 0) - (before.lost ?? 0);
  const packets = (now.packets ?? 0) - (before.packets ?? 0);
  if (now.lost !== undefined && packets > 0) {
    // Packets that come late are taken back from those that were lost.
    stats.loss = Math.max(lost, 0) / (packets + Math.max(lost, 0));
  }
  return stats;
}

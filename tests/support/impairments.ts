import {
  type LinkConditions,
  type LinkModel,
  PERFECT_LINK,
} from "./link_model.ts";

/** What is done to the link of one viewer, and for how long. */
export interface Condition {
  readonly name: string;
  readonly seconds: number;
  /** Both ways, from the beginning. */
  readonly both?: Partial<LinkConditions>;
  /** Towards the viewer: what changes, by the second at which it does. */
  readonly steps?: readonly (readonly [number, Partial<LinkConditions>])[];
  /** Everything is lost both ways: from which second, for how many milliseconds. */
  readonly outage?: { readonly atSecond: number; readonly ms: number };
}

/** The link to the bad viewer unless a condition says otherwise. */
export const USUAL_LINK: LinkConditions = {
  ...PERFECT_LINK,
  rateBps: 4_000_000,
  delayMs: 20,
};

/** One way, of the link of usual conditions. */
const LOSSES = [0, 0.01, 0.05, 0.1, 0.2];

/** All of them. */
export const CONDITIONS: readonly Condition[] = [
  ...LOSSES.map((loss) => ({
    name: `loss ${loss * 100} %`,
    seconds: 20,
    both: { loss },
  })),
  {
    name: "burst of 200 ms",
    seconds: 15,
    outage: { atSecond: 5, ms: 200 },
  },
  {
    name: "1 Mbit/s",
    seconds: 20,
    both: { rateBps: 1_000_000 },
  },
  {
    name: "4 → 0.5 → 4 Mbit/s",
    seconds: 50,
    steps: [[10, { rateBps: 500_000 }], [30, { rateBps: 4_000_000 }]],
  },
  ...[20, 100, 300].map((delayMs) => ({
    name: `${delayMs} ms, jitter ${delayMs / 5} ms`,
    seconds: 20,
    both: { delayMs, jitterMs: delayMs / 5 },
  })),
];

/** How a condition was for those who watch. */
export interface Result {
  readonly condition: string;
  /** Of the pictures that were encoded, those that were shown, 0 to 1. */
  readonly framesShown: number;
  /** Between two pictures. */
  readonly longestFreezeMs: number;
  /** Of the sound that was played, what was not made up to fill gaps, 0 to 1. */
  readonly audioPlayed: number;
  /** Sound that was made up, in milliseconds. */
  readonly audioGapsMs: number;
  /** Of the picture at the end, in pixels. */
  readonly height: number;
  /** From a step down to a queue that stays short; `null` without a step. */
  readonly settledDownMs: number | null;
  /**
   * From a step up until 80 % is used of the new rate, or of what was used before
   * the step down if that was less; `null` if never.
   */
  readonly settledUpMs: number | null;
  /** What was sent over the link at the end, in bit/s. */
  readonly rateBps: number;
  /** Of what the link can carry, what was used over the whole time, 0 to 1. */
  readonly linkUsed: number;
  /**
   * The same of the link while it is narrow, from 5 s after the step down on;
   * `null` without a step.
   */
  readonly narrowUsed: number | null;
  /** The viewer beside, whose link is good. */
  readonly other: {
    readonly framesShown: number;
    readonly longestFreezeMs: number;
    readonly audioPlayed: number;
    readonly audioGapsMs: number;
    readonly height: number;
  };
}

/** What a link carried and how long its queue was, at one moment. */
interface Sample {
  readonly ms: number;
  readonly bytes: number;
  readonly queueMs: number;
}

/** A queue of less does no harm to a conversation, in milliseconds. */
const SHORT_QUEUE_MS = 100;

/** How long it has to stay short, in milliseconds. */
const CALM_MS = 1_000;

/** What is to be used of a link that has become wider. */
const USED_SHARE = 0.8;

/** Watches a link, for how long it takes to fit what is sent to it. */
export class LinkWatch {
  readonly #link: LinkModel;
  readonly #samples: Sample[] = [];

  constructor(link: LinkModel) {
    this.#link = link;
  }

  /** To be called often, such as every 50 ms. */
  sample(nowMs: number): void {
    const { deliveredBytes } = this.#link;
    const queueMs = this.#link.queueMs(nowMs);
    this.#samples.push({ ms: nowMs, bytes: deliveredBytes, queueMs });
  }

  /** What was carried between two moments, in bit/s. */
  rateBps(fromMs: number, toMs: number): number {
    const inside = this.#between(fromMs, toMs);
    const [first] = inside;
    const last = inside.at(-1);
    if (first === undefined || last === undefined || last === first) return 0;
    return (last.bytes - first.bytes) * 8_000 / (last.ms - first.ms);
  }

  /** From a moment on, until the queue is short and stays so for a second. */
  settledDownMs(fromMs: number, toMs: number): number | null {
    let since = fromMs;
    for (const { ms, queueMs } of this.#between(fromMs, toMs)) {
      if (queueMs > SHORT_QUEUE_MS) since = ms;
      else if (ms - since >= CALM_MS) return Math.round(since - fromMs);
    }
    return null;
  }

  /** From a moment on, until a second has passed with most of a rate in use. */
  settledUpMs(fromMs: number, toMs: number, rateBps: number): number | null {
    for (const { ms } of this.#between(fromMs + 1_000, toMs)) {
      if (this.rateBps(ms - 1_000, ms) >= rateBps * USED_SHARE) {
        return Math.round(ms - fromMs);
      }
    }
    return null;
  }

  #between(fromMs: number, toMs: number): Sample[] {
    return this.#samples.filter(({ ms }) => ms >= fromMs && ms <= toMs);
  }
}

/** A table for people. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.condition,
    percent(result.framesShown),
    `${result.longestFreezeMs}`,
    percent(result.audioPlayed),
    `${result.audioGapsMs}`,
    `${result.settledDownMs ?? "–"}`,
    `${result.settledUpMs ?? "–"}`,
    percent(result.linkUsed),
    result.narrowUsed === null ? "–" : percent(result.narrowUsed),
    `${result.height}`,
    percent(result.other.framesShown),
    `${result.other.longestFreezeMs}`,
    percent(result.other.audioPlayed),
    `${result.other.audioGapsMs}`,
    `${result.other.height}`,
  ]);
  const all = [HEADINGS, HEADINGS.map(() => "---"), ...rows];
  return all.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const HEADINGS = [
  "condition",
  "frames",
  "freeze ms",
  "sound",
  "gaps ms",
  "down ms",
  "up ms",
  "link",
  "narrow",
  "height",
  "other: frames",
  "freeze ms",
  "sound",
  "gaps ms",
  "height",
];

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

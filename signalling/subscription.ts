import { after, type Instant } from "../lib/time.ts";
import { assertNever } from "../lib/assert_never.ts";
import type {
  Negotiation,
  SubscriberKey,
  ViewerKey,
} from "../protocol/media_plane.ts";
import { isRepeatedAnswer } from "../protocol/sdp_origin.ts";
import type { Flow } from "./flow.ts";
import { isSameSelection, type Selection } from "./selection.ts";
import type { Turn } from "./turn.ts";

/**
 * How long to wait for a usable answer after one that was not, in milliseconds.
 * Lower tells a client sooner that its answer is wrong; higher leaves more time
 * to the right answer if the unusable one was a late one.
 */
export const SECOND_ANSWER_MS = 5_000;

/** The label that clients give to flows that show a screen. */
const SCREEN_LABEL = "screenshare";

/** What a peer connects: a flow, and who watches it. */
export interface SubscriptionEnds {
  readonly viewer: ViewerKey;
  readonly flow: Flow;
  /** How large the viewer shows it, in pixels, if it says. */
  readonly tilePixels: number | undefined;
}

/** What is to be offered after the outstanding offer. */
interface Need {
  readonly selection: Selection;
  readonly restartIce: boolean;
  /**
   * Whether the selection has changed since the outstanding offer was asked
   * for. It stays so even if the selection changes back: the plane may have
   * made that offer in between.
   */
  readonly isChanged: boolean;
}

type Phase =
  /** The media plane is making an offer. */
  | { readonly kind: "making" }
  /** An offer is with the viewer; `deadline` runs after an unusable answer. */
  | {
    readonly kind: "offered";
    readonly refused: string | undefined;
    readonly deadline: Instant | undefined;
  }
  /** The media plane is looking at an answer. */
  | {
    readonly kind: "applying";
    readonly sdp: string;
    readonly refused: string | undefined;
    /** Another answer that came meanwhile: this or `sdp` is a late one. */
    readonly spare: string | undefined;
  }
  /** Nothing is outstanding. */
  | { readonly kind: "stable" };

/**
 * The negotiations of one peer towards a viewer.
 *
 * At most one offer is outstanding. What is needed meanwhile is merged and
 * served by one new offer when the answer has been applied.
 *
 * An answer is handed on only while an offer is with the viewer, and only if it
 * is none that was applied before. If the plane cannot use it, it may have been
 * a late one, so the offer stays outstanding once more, for a while.
 */
export class Subscription {
  readonly key: SubscriberKey;
  readonly flow: Flow;
  #negotiation = 1;
  #selection: Selection;
  /** Which picture it was told to send last, if any. */
  #video: "low" | "high" | undefined;
  #phase: Phase = { kind: "making" };
  #need: Need | undefined;
  #applied: string | undefined;
  /** Why the plane could not use the last answer that it refused. */
  refusal = "no usable answer came";

  /** Opens a peer; the plane's offer follows. */
  constructor(
    key: SubscriberKey,
    { viewer, flow, tilePixels }: SubscriptionEnds,
    selection: Selection,
    turn: Turn,
  ) {
    this.key = key;
    this.flow = flow;
    this.#selection = selection;
    const { video } = selection.wanted;
    this.#video = video === "none" ? undefined : video;
    turn.command({
      kind: "open-subscriber",
      subscriber: key,
      publisher: flow.publisher,
      viewer,
      shows: flow.label === SCREEN_LABEL ? "screen" : "camera",
      ...(tilePixels === undefined ? {} : { tilePixels }),
      negotiation: this.#number,
      wanted: selection.wanted,
    });
  }

  /** The viewer shows it so large. */
  weigh(tilePixels: number, turn: Turn): void {
    turn.command({
      kind: "weigh-subscriber",
      subscriber: this.key,
      tilePixels,
    });
  }

  /** Whether the viewer has an offer to which an answer may yet come. */
  get isUnanswered(): boolean {
    return this.#phase.kind === "offered" || this.#phase.kind === "applying";
  }

  /** Whether its first offer is yet to be made or answered. */
  get isHalfOpen(): boolean {
    return this.#applied === undefined;
  }

  /** Makes a new offer, now or after the outstanding one, unless nothing changed. */
  need(selection: Selection, restartIce: boolean, turn: Turn): void {
    this.#wantLayers(selection.wanted.video, turn);
    const latest = this.#need?.selection ?? this.#selection;
    const { isChanged = false, restartIce: mustRestart = false } = this.#need ??
      {};
    this.#need = {
      selection,
      restartIce: restartIce || mustRestart,
      isChanged: isChanged || !isSameSelection(selection, latest),
    };
    if (this.#phase.kind === "stable") this.#serveNeed(turn);
  }

  /** Asks for an ICE restart, with the tracks as they are. */
  needRestart(turn: Turn): void {
    this.need(this.#need?.selection ?? this.#selection, true, turn);
  }

  /**
   * The plane has made an offer.
   *
   * @returns `send` if it is to be sent to the viewer; `empty` if there is
   *   nothing to offer, so that the subscription is over; `ignore` if late
   */
  handleOffered(
    negotiation: Negotiation,
    hasTracks: boolean,
    turn: Turn,
  ): "send" | "empty" | "ignore" {
    if (this.#phase.kind !== "making" || negotiation !== this.#number) {
      return "ignore";
    }
    if (hasTracks) {
      this.#phase = {
        kind: "offered",
        refused: undefined,
        deadline: undefined,
      };
      return "send";
    }
    this.#phase = { kind: "stable" };
    this.#serveNeed(turn);
    return this.#phase.kind === "stable" ? "empty" : "ignore";
  }

  /** The viewer has sent an answer. */
  handleAnswer(sdp: string, turn: Turn): void {
    const phase = this.#phase;
    switch (phase.kind) {
      case "making":
      case "stable":
        return;
      case "applying":
        if (sdp !== phase.sdp && !this.#isKnown(sdp, phase.refused)) {
          this.#phase = { ...phase, spare: sdp };
        }
        return;
      case "offered":
        if (this.#isKnown(sdp, phase.refused)) this.#expectAnother(turn);
        else this.#apply(sdp, phase.refused, turn);
        return;
      default:
        assertNever(phase);
    }
  }

  /** The plane has applied an answer. */
  handleApplied(negotiation: Negotiation, turn: Turn): void {
    if (this.#phase.kind !== "applying" || negotiation !== this.#number) return;
    this.#applied = this.#phase.sdp;
    this.#phase = { kind: "stable" };
    this.#serveNeed(turn);
  }

  /**
   * The plane cannot use an answer.
   *
   * @returns whether this is the second one, so that the subscription is over
   */
  handleRefused(
    negotiation: Negotiation,
    reason: string,
    turn: Turn,
  ): boolean {
    const phase = this.#phase;
    if (phase.kind !== "applying" || negotiation !== this.#number) return false;
    this.refusal = reason;
    if (phase.refused !== undefined) return true;
    this.#phase = { kind: "offered", refused: phase.sdp, deadline: undefined };
    this.#expectAnother(turn);
    if (phase.spare !== undefined) this.handleAnswer(phase.spare, turn);
    return false;
  }

  /**
   * Why waiting for an answer is over, if it is: only `refused` or only
   * `repeated` answers came and the time is up.
   */
  pollDeadline(now: Instant): "refused" | "repeated" | undefined {
    if (this.#phase.kind !== "offered") return undefined;
    const { deadline, refused } = this.#phase;
    if (deadline === undefined || now < deadline) return undefined;
    return refused === undefined ? "repeated" : "refused";
  }

  get #number(): Negotiation {
    return this.#negotiation as Negotiation;
  }

  /** Whether it is clear without asking the plane that an answer is a late one. */
  #isKnown(sdp: string, refused: string | undefined): boolean {
    return sdp === refused ||
      (this.#applied !== undefined && isRepeatedAnswer(sdp, this.#applied));
  }

  #expectAnother(turn: Turn): void {
    if (this.#phase.kind !== "offered") return;
    const deadline = after(turn.now.instant, SECOND_ANSWER_MS);
    this.#phase = {
      ...this.#phase,
      deadline: this.#phase.deadline ?? deadline,
    };
  }

  #apply(sdp: string, refused: string | undefined, turn: Turn): void {
    this.#phase = { kind: "applying", sdp, refused, spare: undefined };
    turn.command({
      kind: "answer-subscriber",
      subscriber: this.key,
      negotiation: this.#number,
      sdp,
    });
  }

  /** Another picture of the same track comes without an offer (B-40). */
  #wantLayers(video: "none" | "low" | "high", turn: Turn): void {
    if (video === "none" || video === this.#video) return;
    const hadVideo = this.#video !== undefined;
    this.#video = video;
    if (!hadVideo) return;
    turn.command({ kind: "want-layers", subscriber: this.key, video });
  }

  #serveNeed(turn: Turn): void {
    const need = this.#need;
    this.#need = undefined;
    if (need === undefined) return;
    if (!need.isChanged && !need.restartIce) return;
    this.#negotiation++;
    this.#selection = need.selection;
    this.#phase = { kind: "making" };
    turn.command({
      kind: "offer-subscriber",
      subscriber: this.key,
      negotiation: this.#number,
      wanted: need.selection.wanted,
      restartIce: need.restartIce,
    });
  }
}

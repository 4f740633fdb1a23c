import { after, type Instant } from "../lib/time.ts";
import type { FlowId, SessionId } from "../protocol/ids.ts";
import type {
  SubscriberEvent,
  SubscriberKey,
} from "../protocol/media_plane.ts";
import type { RequestedTracks } from "../protocol/request.ts";
import type { Fences } from "./fences.ts";
import type { Flow } from "./flow.ts";
import type { Selection } from "./selection.ts";
import type { Subscription } from "./subscription.ts";
import type { SubscriptionTable } from "./subscription_table.ts";
import type { Turn } from "./turn.ts";

/**
 * How long a viewer's old subscription is kept for a new one that takes its
 * place, in milliseconds. Lower frees memory and the old flow's id sooner;
 * higher spares viewers on slow links a gap.
 */
export const MAKE_BEFORE_BREAK_MS = 10_000;

/** What a viewer has asked of one flow in particular. */
export interface Override {
  readonly tracks: RequestedTracks;
  /** Whether it was asked of the flow before this one, which this one replaced. */
  readonly inherited: boolean;
}

/** Whose slot it is. */
export interface SlotOwner {
  readonly session: SessionId;
  readonly fences: Fences;
}

/**
 * One viewer's place for a flow and for whatever replaces it: what the viewer
 * sees as one tile.
 *
 * In it are up to three kinds of subscriptions. `next` is being made by the
 * media plane; the viewer knows nothing of it. When its offer is ready it is
 * sent, as the replacement of what the viewer has, and `next` becomes `shown`.
 * What was shown then retires: the viewer no longer knows it, but media goes on
 * until the new one is live, so that there is no gap.
 *
 * The client's answers, aborts and renegotiations are for `shown` only.
 */
export class Slot {
  readonly #owner: SlotOwner;
  readonly #subscriptions: SubscriptionTable;
  #flow: Flow;
  #shown: Subscription | undefined;
  #next: Subscription | undefined;
  #retiring: Subscription[] = [];
  #breakAt: Instant | undefined;
  /** See {@linkcode Override}. */
  override: Override | undefined;
  /** How large the viewer shows it, if it says. */
  #tilePixels: number | undefined;

  constructor(owner: SlotOwner, subscriptions: SubscriptionTable, flow: Flow) {
    this.#owner = owner;
    this.#subscriptions = subscriptions;
    this.#flow = flow;
  }

  /** Whose slot it is. */
  get session(): SessionId {
    return this.#owner.session;
  }

  /** The flow whose place it is. It may not be shown yet. */
  get flow(): Flow {
    return this.#flow;
  }

  /** The flow that the viewer has on its side. */
  get shownId(): FlowId | undefined {
    return this.#shown?.flow.id;
  }

  /** The peer by which the viewer gets what it has. */
  get shownBy(): SubscriberKey | undefined {
    return this.#shown?.key;
  }

  /** Whether the flow was shown and has been replaced just now. */
  isRetiring(id: FlowId): boolean {
    return this.#retiring.some((one) => one.flow.id === id);
  }

  /** Whether it is worth keeping. */
  get isEmpty(): boolean {
    return this.#shown === undefined && this.#next === undefined;
  }

  /** Whether it has a peer that the viewer has never answered. */
  get isHalfOpen(): boolean {
    return (this.#shown?.isHalfOpen ?? false) ||
      (this.#next?.isHalfOpen ?? false);
  }

  /** Whether an earlier flow is shown while this one is not ready. */
  get #isMoving(): boolean {
    return this.#shown !== undefined && this.#shown.flow !== this.#flow;
  }

  /** Gives the place to the flow that replaces the one that had it. */
  moveTo(flow: Flow, turn: Turn): void {
    this.#closeNext(turn);
    this.#flow = flow;
    this.#breakAt = after(turn.now.instant, MAKE_BEFORE_BREAK_MS);
    if (this.override !== undefined) {
      this.override = { ...this.override, inherited: true };
    }
  }

  /** How large the viewer shows what is in the place, in pixels, if it says. */
  get tilePixels(): number | undefined {
    return this.#tilePixels;
  }

  /** The viewer shows it larger or smaller, and so what takes its place. */
  weigh(pixels: number, turn: Turn): void {
    if (pixels === this.#tilePixels) return;
    this.#tilePixels = pixels;
    this.#shown?.weigh(pixels, turn);
    this.#next?.weigh(pixels, turn);
  }

  /** Sees to it that the viewer gets this much of the flow. */
  serve(selection: Selection, turn: Turn): void {
    const current = this.#isMoving ? this.#next : this.#next ?? this.#shown;
    if (current !== undefined) {
      current.need(selection, false, turn);
    } else if (this.#owner.fences.mayOffer(this.#flow.id)) {
      this.#next = this.#subscriptions.open(this, this.#flow, selection, turn);
    }
  }

  /** An answer came for what is shown. */
  handleAnswer(sdp: string, turn: Turn): void {
    this.#shown?.handleAnswer(sdp, turn);
  }

  /** The viewer wants an ICE restart of what is shown. */
  handleRenegotiate(turn: Turn): void {
    this.#shown?.needRestart(turn);
  }

  /**
   * Carries out what the media plane says of one of its subscriptions.
   *
   * @returns why the plane refused the viewer's answers for good, if it did
   */
  handleEvent(
    event: SubscriberEvent,
    turn: Turn,
  ): string | undefined {
    const { subscriber: key } = event;
    if (event.kind === "subscriber-offered") {
      this.#handleOffered(event, turn);
    } else if (this.#shown?.key === key) {
      return this.#handleShown(this.#shown, event, turn);
    }
    return undefined;
  }

  /** Why answers to what is shown were refused. */
  get refusal(): string {
    return this.#shown?.refusal ?? "";
  }

  /** Does what is due; whether the viewer has to be taken off what is shown. */
  tick(turn: Turn): "refused" | "repeated" | "not-moved" | undefined {
    const now = turn.now.instant;
    if (this.#breakAt !== undefined && now >= this.#breakAt) {
      this.#closeRetiring(turn);
      if (this.#isMoving) return "not-moved";
    }
    return this.#shown?.pollDeadline(now);
  }

  /**
   * Takes away what is shown, and tells the viewer. If another flow is about to
   * take the place, it will come as a new one.
   */
  closeShown(turn: Turn): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    this.#shown = undefined;
    turn.send(this.#owner.session, { type: "close", id: shown.flow.id });
    this.#fence(shown, turn);
    this.#subscriptions.close(shown, turn);
    this.#closeRetiring(turn);
  }

  /** Takes away everything, and tells the viewer. */
  close(turn: Turn): void {
    this.#closeNext(turn);
    this.closeShown(turn);
  }

  /** Takes away everything of a viewer that is gone. */
  closeSilently(turn: Turn): void {
    this.#closeNext(turn);
    this.#closeRetiring(turn);
    if (this.#shown !== undefined) this.#subscriptions.close(this.#shown, turn);
    this.#shown = undefined;
  }

  #handleOffered(
    event: Extract<SubscriberEvent, { kind: "subscriber-offered" }>,
    turn: Turn,
  ): void {
    const { subscriber: key, negotiation, hasTracks, sdp } = event;
    const offered = [this.#next, this.#shown].find((one) => one?.key === key);
    switch (offered?.handleOffered(negotiation, hasTracks, turn)) {
      case "send":
        this.#sendOffer(offered, sdp, turn);
        return;
      case "empty": // what is shown stays if something else is about to come
        if (offered === this.#next || !this.#isMoving) this.close(turn);
        return;
      case "ignore":
      case undefined:
        return;
    }
  }

  #sendOffer(offered: Subscription, sdp: string, turn: Turn): void {
    const { id, label, owner, username } = offered.flow;
    const old = offered === this.#shown ? undefined : this.#shown;
    turn.send(this.#owner.session, {
      type: "offer",
      id,
      label,
      replace: old?.flow.id,
      source: owner.client,
      username,
      sdp,
    });
    if (offered !== this.#next) return;
    this.#next = undefined;
    this.#shown = offered;
    if (old === undefined) return;
    this.#fence(old, turn);
    this.#retiring.push(old);
    this.#breakAt = after(turn.now.instant, MAKE_BEFORE_BREAK_MS);
  }

  #handleShown(
    shown: Subscription,
    event: Exclude<
      SubscriberEvent,
      { kind: "subscriber-offered" }
    >,
    turn: Turn,
  ): string | undefined {
    switch (event.kind) {
      case "subscriber-answer-applied":
        shown.handleApplied(event.negotiation, turn);
        return undefined;
      case "subscriber-answer-refused":
        return shown.handleRefused(event.negotiation, event.reason, turn)
          ? event.reason
          : undefined;
      case "subscriber-live":
        this.#closeRetiring(turn);
        return undefined;
      case "subscriber-failed":
        this.#closeRetiring(turn);
        shown.needRestart(turn);
        return undefined;
    }
  }

  /** If an answer may still come to what the viewer was just told is over. */
  #fence(ended: Subscription, turn: Turn): void {
    if (!ended.isUnanswered) return;
    this.#owner.fences.begin(ended.flow.id);
    turn.send(this.#owner.session, { type: "ping" });
  }

  #closeNext(turn: Turn): void {
    if (this.#next !== undefined) this.#subscriptions.close(this.#next, turn);
    this.#next = undefined;
  }

  #closeRetiring(turn: Turn): void {
    for (const one of this.#retiring) this.#subscriptions.close(one, turn);
    this.#retiring = [];
    if (!this.#isMoving) this.#breakAt = undefined;
  }
}

import type { Request } from "../protocol/client_message.ts";
import type { FlowId } from "../protocol/ids.ts";
import type { SubscriberEvent } from "../protocol/media_plane.ts";
import {
  NO_TRACKS,
  type Requested,
  type RequestedTracks,
  tracksFor,
} from "../protocol/request.ts";
import type { ViewedFlow } from "./census.ts";
import { Fences } from "./fences.ts";
import type { Flow } from "./flow.ts";
import { type Selection, selectTracks } from "./selection.ts";
import { Slot } from "./slot.ts";
import type { SubscriptionTable } from "./subscription_table.ts";
import type { Addressee, Turn } from "./turn.ts";

/**
 * One client as a viewer: what it wants, and a slot for each flow that it gets.
 * It lasts as long as the connection, through leaving and joining.
 */
export class Viewer {
  readonly #client: Addressee;
  readonly #subscriptions: SubscriptionTable;
  readonly fences = new Fences();
  /** Nothing is offered before the client has requested something. */
  #requested: Requested = new Map();
  /** The only flow that it wants, if it can take no other. */
  #only: FlowId | undefined;
  /** By the id of the flow whose place it is, not of the one that is shown. */
  readonly #slots = new Map<FlowId, Slot>();
  /** Flows that the client has aborted: they come back when they change. */
  readonly #declined = new Set<FlowId>();
  readonly #unansweredOffers: number;
  /** Slots that were half open when last looked at. */
  readonly #halfOpen = new Set<Slot>();
  /** Flows that wait until the client has answered others. */
  readonly #heldBack = new Set<Flow>();

  constructor(
    client: Addressee,
    subscriptions: SubscriptionTable,
    unansweredOffers: number,
  ) {
    this.#client = client;
    this.#subscriptions = subscriptions;
    this.#unansweredOffers = unansweredOffers;
  }

  /** The flows that the client has on its side, and the peers that they come by. */
  get views(): ViewedFlow[] {
    return [...this.#slots.values()].flatMap(({ shownId: id, shownBy }) =>
      id === undefined || shownBy === undefined
        ? []
        : [{ id, subscriber: shownBy }]
    );
  }

  /** Takes what the client wants from now on. */
  request(
    { request, only }: Request,
    flows: Iterable<Flow>,
    turn: Turn,
  ): void {
    this.#requested = request;
    this.#only = only;
    this.#declined.clear();
    for (const slot of this.#slots.values()) {
      if (slot.override?.inherited) slot.override = undefined;
    }
    this.reconcileAll(flows, turn);
  }

  /** Takes what the client wants of one flow that it has; others are ignored. */
  requestStream(
    id: FlowId,
    tracks: RequestedTracks | undefined,
    turn: Turn,
  ): void {
    const slot = this.#slotShowing(id);
    if (slot === undefined) return;
    slot.override = tracks && { tracks, inherited: false };
    if (tracks !== undefined && isNothing(tracks)) {
      this.#declined.add(slot.flow.id);
    }
    this.reconcile(slot.flow, turn);
  }

  /** Takes how large the client shows a flow that it has; others are ignored. */
  weigh(id: FlowId, pixels: number, turn: Turn): void {
    this.#slotShowing(id)?.weigh(pixels, turn);
  }

  /** A flow has come or has other tracks: what was declined may be offered again. */
  handlePush(flow: Flow, turn: Turn): void {
    this.#declined.delete(flow.id);
    this.reconcile(flow, turn);
  }

  /** A flow has come in the place of another. */
  handleReplacement(old: Flow, flow: Flow, turn: Turn): void {
    this.#declined.delete(old.id);
    this.#heldBack.delete(old);
    const slot = this.#slots.get(old.id);
    if (slot !== undefined) {
      this.#slots.delete(old.id);
      this.#slots.set(flow.id, slot);
      slot.moveTo(flow, turn);
    }
    this.handlePush(flow, turn);
  }

  /** A flow is gone, with its id. */
  handleGone(flow: Flow, turn: Turn): void {
    this.#declined.delete(flow.id);
    this.#heldBack.delete(flow);
    const slot = this.#slots.get(flow.id);
    if (slot !== undefined) this.#close(slot, turn);
  }

  /** Makes what the client gets of each flow what it wants of it. */
  reconcileAll(flows: Iterable<Flow>, turn: Turn): void {
    for (const flow of flows) this.reconcile(flow, turn);
  }

  /** Makes what the client gets of a flow what it wants of it. */
  reconcile(flow: Flow, turn: Turn): void {
    if (flow.owner.session === this.#client.session) return;
    this.#heldBack.delete(flow);
    const slot = this.#slots.get(flow.id);
    const selection = this.#select(flow, slot);
    if (selection === undefined) {
      if (slot !== undefined) this.#close(slot, turn);
    } else if (slot !== undefined) {
      slot.serve(selection, turn);
    } else if (this.#mayOpen(flow)) {
      if (this.#isBusy()) this.#holdBack(flow, turn);
      else this.#open(flow, selection, turn);
    }
  }

  /** The client answers an offer. */
  handleAnswer(id: FlowId, sdp: string, turn: Turn): void {
    const slot = this.#slotShowing(id);
    if (slot !== undefined) slot.handleAnswer(sdp, turn);
    else if (!this.#isLateFor(id)) this.#sendClose(id, turn);
  }

  /** The client does not want a flow. It is told `close` in any case. */
  handleAbort(id: FlowId, turn: Turn): void {
    const slot = this.#slotShowing(id);
    if (slot === undefined) return this.#sendClose(id, turn);
    this.#decline(slot, turn);
  }

  /** The client wants an ICE restart of a flow. */
  handleRenegotiate(id: FlowId, turn: Turn): void {
    this.#slotShowing(id)?.handleRenegotiate(turn);
  }

  /** Something has happened to a subscription in one of its slots. */
  handleEvent(
    slot: Slot,
    event: SubscriberEvent,
    turn: Turn,
  ): void {
    const refusal = slot.handleEvent(event, turn);
    if (refusal !== undefined) this.#refuseAnswers(slot, refusal, turn);
    if (slot.isEmpty) this.#slots.delete(slot.flow.id);
  }

  /** Does what is due. */
  tick(turn: Turn): void {
    for (const flow of this.#heldBack) {
      if (this.#isBusy()) break;
      this.reconcile(flow, turn);
    }
    for (const slot of [...this.#slots.values()]) {
      switch (slot.tick(turn)) {
        case "refused":
          this.#refuseAnswers(slot, slot.refusal, turn);
          break;
        case "repeated": // then it answers as if for the first time
        case "not-moved":
          this.#close(slot, turn);
          this.reconcile(slot.flow, turn);
          break;
        case undefined:
          break;
      }
    }
  }

  /**
   * Takes everything from the client, which wants nothing any more.
   *
   * @param isConnected whether to tell it
   */
  leave(isConnected: boolean, turn: Turn): void {
    for (const slot of this.#slots.values()) {
      if (isConnected) slot.close(turn);
      else slot.closeSilently(turn);
    }
    this.#slots.clear();
    this.#halfOpen.clear();
    this.#heldBack.clear();
    this.#declined.clear();
    this.#requested = new Map();
    this.#only = undefined;
  }

  #select(flow: Flow, slot: Slot | undefined): Selection | undefined {
    if (this.#only !== undefined && flow.id !== this.#only) return undefined;
    const requested = slot?.override?.tracks ??
      tracksFor(this.#requested, flow.label);
    return selectTracks(requested, flow.tracks);
  }

  #mayOpen(flow: Flow): boolean {
    return flow.state.kind === "pushed" && !this.#declined.has(flow.id) &&
      this.fences.mayOffer(flow.id);
  }

  /** Whether the client has as many offers as it may have without answering. */
  #isBusy(): boolean {
    if (this.#halfOpen.size < this.#unansweredOffers) return false;
    for (const slot of this.#halfOpen) {
      if (!slot.isHalfOpen) this.#halfOpen.delete(slot);
    }
    return this.#halfOpen.size >= this.#unansweredOffers;
  }

  /** A flow is to be opened when the client has answered others. */
  #holdBack(flow: Flow, turn: Turn): void {
    turn.countLimit("unansweredOffers");
    this.#heldBack.add(flow);
  }

  #open(flow: Flow, selection: Selection, turn: Turn): void {
    const owner = { session: this.#client.session, fences: this.fences };
    const slot = new Slot(owner, this.#subscriptions, flow);
    this.#slots.set(flow.id, slot);
    this.#halfOpen.add(slot);
    slot.serve(selection, turn);
  }

  #close(slot: Slot, turn: Turn): void {
    this.#slots.delete(slot.flow.id);
    slot.close(turn);
  }

  /** Takes away what is shown for good, or until what replaces it comes. */
  #decline(slot: Slot, turn: Turn): void {
    if (slot.shownId === slot.flow.id) this.#declined.add(slot.flow.id);
    slot.closeShown(turn);
    if (slot.isEmpty) this.#slots.delete(slot.flow.id);
  }

  #refuseAnswers(slot: Slot, reason: string, turn: Turn): void {
    const id = slot.shownId;
    if (id === undefined) return;
    this.#decline(slot, turn);
    const why = reason.replace(/^Cannot use answer: /, "");
    turn.sendError(this.#client, `Cannot use answer for flow "${id}": ${why}`);
  }

  /** Whether what comes for the id is an echo of a subscription that was there. */
  #isLateFor(id: FlowId): boolean {
    return this.fences.isDraining(id) ||
      [...this.#slots.values()].some((slot) => slot.isRetiring(id));
  }

  #slotShowing(id: FlowId): Slot | undefined {
    for (const slot of this.#slots.values()) {
      if (slot.shownId === id) return slot;
    }
    return undefined;
  }

  #sendClose(id: FlowId, turn: Turn): void {
    turn.send(this.#client.session, { type: "close", id });
  }
}

function isNothing(tracks: RequestedTracks): boolean {
  return tracks.audio === NO_TRACKS.audio && tracks.video === NO_TRACKS.video;
}

import { assertNever } from "../lib/assert_never.ts";
import { after } from "../lib/time.ts";
import type { ClientLimits } from "../protocol/client_limits.ts";
import type {
  Offer,
  Request,
  RequestStream,
} from "../protocol/client_message.ts";
import type {
  FlowId,
  GroupName,
  SessionId,
  Username,
} from "../protocol/ids.ts";
import {
  type CodecName,
  DEFAULT_CODECS,
  type MediaEvent,
  type PublisherEvent,
  type SubscriberEvent,
  type SubscriberKey,
} from "../protocol/media_plane.ts";
import { countMediaSections } from "../protocol/media_sections.ts";
import type { CensusClient } from "./census.ts";
import type { Client } from "./client.ts";
import type { Flow } from "./flow.ts";
import { FlowIndex } from "./flow_index.ts";
import { Publishers } from "./publishers.ts";
import { SubscriptionTable } from "./subscription_table.ts";
import type { Addressee, Turn } from "./turn.ts";
import { Viewer } from "./viewer.ts";

/**
 * How long the push of a flow waits for the rest of its tracks after the first,
 * in milliseconds. Lower shows audio-only flows sooner; higher saves viewers a
 * second negotiation.
 */
export const PUSH_DELAY_MS = 200;

/**
 * How long the viewers of a replaced flow wait for the new one's tracks, and
 * how long a flow may be without a connection, in milliseconds. Lower frees
 * what is dead sooner; higher is kinder to slow devices and changing networks.
 */
export const PATIENCE_MS = 30_000;

/**
 * All flows of the server, by id, and who gets them.
 *
 * One table serves everybody, so that two clients who pick the same id collide
 * here, at the offer, and not later at each viewer. An id is held from the offer
 * until its flow and every subscription to it is closed, so also while the flow
 * is being replaced.
 *
 * Replacing is done in three steps, and a viewer never sees a gap. When the new
 * flow's offer is *accepted*, the old flow is no longer its owner's to change.
 * When the new flow has tracks it is *pushed*: each viewer's {@link Slot} is
 * given to it, and the viewer is sent the new offer in the place of whatever it
 * has. When the viewer's new subscription is *live*, its old one is closed; and
 * when the last one is, the old flow is.
 */
export class FlowTable {
  readonly #flows = new FlowIndex();
  readonly #publishers = new Publishers(this.#flows);
  readonly #subscriptions = new SubscriptionTable();
  readonly #clients = new Map<SessionId, Client>();

  /** How many flows there are, in whatever state. */
  get flowCount(): number {
    return this.#flows.size;
  }

  /** All flows, in whatever state. */
  get all(): readonly Flow[] {
    return this.#flows.all;
  }

  /** The client that a subscription is for. */
  viewerOf(subscription: SubscriberKey): SessionId | undefined {
    return this.#subscriptions.slotOf(subscription)?.session;
  }

  /** What a client publishes, and what it gets. */
  flowsOf(session: SessionId): Pick<CensusClient, "up" | "down"> {
    const { views } = this.#client(session).viewer;
    return { up: this.#flows.publishedBy(session), down: views };
  }

  /** How many subscriptions the media plane has. */
  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /** A client is connected. */
  connect(client: Addressee, limits: ClientLimits): void {
    const { unansweredOffers } = limits;
    const viewer = new Viewer(client, this.#subscriptions, unansweredOffers);
    this.#clients.set(client.session, {
      ...client,
      viewer,
      limits,
      membership: undefined,
    });
  }

  /** A client is gone, and what it had. */
  disconnect(session: SessionId, turn: Turn): void {
    this.leave(session, false, turn);
    this.#clients.delete(session);
  }

  /** A client has joined a group. It gets flows when it requests them. */
  join(session: SessionId, group: GroupName, username: Username): void {
    this.#client(session).membership = { group, username };
  }

  /**
   * Ends what a client publishes and views, before it leaves its group.
   *
   * @param isConnected whether it is still there to be told
   */
  leave(session: SessionId, isConnected: boolean, turn: Turn): void {
    const client = this.#clients.get(session);
    if (client === undefined) return;
    for (const flow of this.#flows.allOwn(session)) this.#close(flow, turn);
    client.viewer.leave(isConnected, turn);
    client.membership = undefined;
    this.#publishers.sweep(turn);
  }

  /**
   * Publishes, renegotiates or replaces a flow; the client may do so.
   *
   * @param codecs those that the group allows
   */
  offer(
    session: SessionId,
    offer: Offer,
    turn: Turn,
    codecs = DEFAULT_CODECS,
  ): void {
    const client = this.#client(session);
    const { tracksPerFlow } = client.limits;
    if (countMediaSections(offer.sdp) > tracksPerFlow) {
      turn.countLimit("tracksPerFlow");
      const text = `Cannot use offer: it has more than ${tracksPerFlow} tracks`;
      turn.send(session, { type: "abort", id: offer.id });
      return turn.sendError(client, text, "too-many-tracks");
    }
    const held = this.#flows.get(offer.id);
    if (held === undefined) return this.#open(client, offer, codecs, turn);
    if (held === this.#flows.getOwn(session, offer.id)) {
      return this.#publishers.renegotiate(held, offer.sdp, turn);
    }
    turn.send(session, { type: "abort", id: offer.id });
    const text = `Cannot open flow "${offer.id}": its id is in use`;
    turn.sendError(client, text, "flow-id-taken");
  }

  /** Closes a flow of the client's own, if it has that. */
  close(session: SessionId, id: FlowId, turn: Turn): void {
    const flow = this.#flows.getOwn(session, id);
    if (flow === undefined) return;
    this.#close(flow, turn);
    this.#publishers.sweep(turn);
  }

  /** Aborts all flows of a client that may no longer publish. */
  abortAll(session: SessionId, text: string, turn: Turn): void {
    for (const flow of this.#flows.allOwn(session)) {
      this.#abort(flow, text, turn);
    }
    this.#publishers.sweep(turn);
  }

  /** See {@linkcode Viewer.request}. The client is in a group. */
  request(session: SessionId, request: Request, turn: Turn): void {
    const client = this.#client(session);
    const flows = this.#flows.inGroup(client.membership?.group);
    client.viewer.request(request, flows, turn);
    this.#publishers.sweep(turn);
  }

  /** See {@linkcode Viewer.requestStream}. */
  requestStream(
    session: SessionId,
    { id, request }: RequestStream,
    turn: Turn,
  ): void {
    this.#client(session).viewer.requestStream(id, request, turn);
    this.#publishers.sweep(turn);
  }

  /** See {@linkcode Viewer.weigh}. */
  weigh(session: SessionId, id: FlowId, pixels: number, turn: Turn): void {
    this.#client(session).viewer.weigh(id, pixels, turn);
  }

  /** See {@linkcode Viewer.handleAnswer}. */
  answer(session: SessionId, id: FlowId, sdp: string, turn: Turn): void {
    this.#client(session).viewer.handleAnswer(id, sdp, turn);
  }

  /** See {@linkcode Viewer.handleAbort}. */
  abort(session: SessionId, id: FlowId, turn: Turn): void {
    this.#client(session).viewer.handleAbort(id, turn);
    this.#publishers.sweep(turn);
  }

  /** See {@linkcode Viewer.handleRenegotiate}. */
  renegotiate(session: SessionId, id: FlowId, turn: Turn): void {
    this.#client(session).viewer.handleRenegotiate(id, turn);
  }

  /** Sends a ping. All pings go through here, so that pongs can be counted. */
  ping(session: SessionId, turn: Turn): void {
    this.#client(session).viewer.fences.countPing();
    turn.send(session, { type: "ping" });
  }

  /** Takes a pong: flows may be offered again that could not be before it. */
  handlePong(session: SessionId, turn: Turn): void {
    const client = this.#client(session);
    if (!client.viewer.fences.handlePong()) return;
    const flows = this.#flows.inGroup(client.membership?.group);
    client.viewer.reconcileAll(flows, turn);
    this.#publishers.sweep(turn);
  }

  /** Takes what the media plane says. Events of what is closed are ignored. */
  handleMedia(event: MediaEvent, turn: Turn): void {
    if ("publisher" in event) {
      const flow = this.#flows.getByPublisher(event.publisher);
      if (flow !== undefined) this.#handlePublisher(flow, event, turn);
    } else {
      this.#handleSubscriber(event, turn);
    }
    this.#publishers.sweep(turn);
  }

  /** Does what is due. */
  tick(turn: Turn): void {
    for (const flow of this.#flows.all) this.#tickFlow(flow, turn);
    for (const { viewer } of this.#clients.values()) viewer.tick(turn);
    this.#publishers.sweep(turn);
  }

  #open(
    client: Client,
    offer: Offer,
    codecs: readonly CodecName[],
    turn: Turn,
  ): void {
    if (client.membership === undefined) {
      throw new Error(`Cannot open flow "${offer.id}": its owner has no group`);
    }
    const { group, username } = client.membership;
    const { flowsPerClient } = client.limits;
    this.#publishers.open(
      { owner: client, group, username, codecs, flowsPerClient },
      offer,
      turn,
    );
  }

  #handlePublisher(flow: Flow, event: PublisherEvent, turn: Turn): void {
    switch (event.kind) {
      case "publisher-answered": {
        const { negotiation, sdp } = event;
        return this.#publishers.handleAnswered(flow, negotiation, sdp, turn);
      }
      case "publisher-refused": {
        const { negotiation, reason } = event;
        return this.#publishers.handleRefused(flow, negotiation, reason, turn);
      }
      case "publisher-tracks":
        return this.#handleTracks(flow, event, turn);
      case "publisher-speaking":
        flow.speaking = event.speaking;
        return;
      case "publisher-layers":
        return this.#publishers.handleLayers(flow, event.rids, turn);
      case "publisher-failed":
        flow.speaking = false;
        return this.#publishers.handleFailed(flow, turn);
      default:
        assertNever(event);
    }
  }

  #handleTracks(
    flow: Flow,
    { tracks, complete }: Extract<MediaEvent, { kind: "publisher-tracks" }>,
    turn: Turn,
  ): void {
    const { state } = flow;
    // What it loses when its owner has replaced it, viewers shall not notice.
    if (state.kind === "replaced") return;
    flow.tracks = tracks;
    switch (state.kind) {
      case "opening":
        return;
      case "waiting":
        if (tracks.length === 0) state.pushAt = undefined;
        else if (complete) this.#push(flow, turn);
        else state.pushAt ??= after(turn.now.instant, PUSH_DELAY_MS);
        return;
      case "pushed":
        for (const viewer of this.#viewersOf(flow)) {
          viewer.handlePush(flow, turn);
        }
        return;
      default:
        assertNever(state);
    }
  }

  /** Shows a flow to the group, in the place of what it has replaced. */
  #push(flow: Flow, turn: Turn): void {
    if (flow.state.kind !== "waiting") return;
    const { predecessor } = flow.state;
    flow.state = { kind: "pushed" };
    for (const viewer of this.#viewersOf(flow)) {
      if (predecessor === undefined) viewer.handlePush(flow, turn);
      else viewer.handleReplacement(predecessor, flow, turn);
    }
    if (predecessor?.state.kind === "replaced") {
      predecessor.state.handedOver = true;
    }
  }

  #handleSubscriber(event: SubscriberEvent, turn: Turn): void {
    const slot = this.#subscriptions.slotOf(event.subscriber);
    if (slot === undefined) return;
    const client = this.#client(slot.session);
    client.viewer.handleEvent(slot, event, turn);
  }

  #tickFlow(flow: Flow, turn: Turn): void {
    const now = turn.now.instant;
    const { state, lostAt } = flow;
    if (state.kind === "replaced") return;
    if (lostAt !== undefined && now >= after(lostAt, PATIENCE_MS)) {
      const text = `Flow "${flow.id}" is closed: its connection is lost`;
      return this.#abort(flow, text, turn);
    }
    if (state.kind !== "waiting") return;
    if (state.pushAt !== undefined) {
      if (now >= state.pushAt) this.#push(flow, turn);
    } else if (now >= after(state.since, PATIENCE_MS)) {
      this.#abandonPredecessor(flow, turn);
    }
  }

  /** Ends a flow that its owner does not expect to end. */
  #abort(flow: Flow, text: string, turn: Turn): void {
    turn.send(flow.owner.session, { type: "abort", id: flow.id });
    turn.sendError(flow.owner, text);
    this.#close(flow, turn);
  }

  /** Takes a flow, and what it has not replaced yet, from everybody. */
  #close(flow: Flow, turn: Turn): void {
    this.#abandonPredecessor(flow, turn);
    for (const viewer of this.#viewersOf(flow)) viewer.handleGone(flow, turn);
    this.#publishers.remove(flow, turn);
  }

  /** Takes from viewers what they were to keep until `flow` comes. */
  #abandonPredecessor(flow: Flow, turn: Turn): void {
    if (flow.state.kind !== "waiting") return;
    const { predecessor } = flow.state;
    if (predecessor?.state.kind !== "replaced") return;
    flow.state.predecessor = undefined;
    for (const viewer of this.#viewersOf(flow)) {
      viewer.handleGone(predecessor, turn);
    }
    predecessor.state.handedOver = true;
  }

  #client(session: SessionId): Client {
    const client = this.#clients.get(session);
    if (client !== undefined) return client;
    throw new Error(`Cannot find session ${session}: it is not connected`);
  }

  #viewersOf(flow: Flow): Viewer[] {
    return [...this.#clients.values()].filter((client) =>
      client.membership?.group === flow.group &&
      client.session !== flow.owner.session
    ).map((client) => client.viewer);
  }
}

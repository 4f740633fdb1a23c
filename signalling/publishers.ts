import { assertNever } from "../lib/assert_never.ts";
import type { Offer } from "../protocol/client_message.ts";
import type {
  FlowId,
  GroupName,
  SessionId,
  Username,
} from "../protocol/ids.ts";
import type {
  CodecName,
  Negotiation,
  PublisherKey,
} from "../protocol/media_plane.ts";
import { type Flow, isLive } from "./flow.ts";
import type { FlowIndex } from "./flow_index.ts";
import type { Addressee, Turn } from "./turn.ts";

/** Who publishes, and where. */
export interface Publishing {
  readonly owner: Addressee;
  readonly group: GroupName;
  readonly username: Username;
  /** How many flows the owner may have. */
  readonly flowsPerClient: number;
  /** Those that the group allows. */
  readonly codecs: readonly CodecName[];
}

/** The publishers' side of flows: offers, answers, and which flow replaces which. */
export class Publishers {
  readonly #flows: FlowIndex;
  #lastKey = 0;

  constructor(flows: FlowIndex) {
    this.#flows = flows;
  }

  /** Opens a flow with an id that is free, unless the client has too many. */
  open(
    { owner, group, username, codecs, flowsPerClient }: Publishing,
    offer: Offer,
    turn: Turn,
  ): void {
    if (this.#flows.countOf(owner.session) >= flowsPerClient) {
      turn.countLimit("flowsPerClient");
      turn.send(owner.session, { type: "abort", id: offer.id });
      const text = `Cannot open flow "${offer.id}": you have too many`;
      return turn.sendError(owner, text, "too-many-flows");
    }
    const flow: Flow = {
      id: offer.id,
      owner: { session: owner.session, client: owner.client },
      username,
      group,
      label: offer.label,
      tellsLayers: offer.layers === true,
      publisher: ++this.#lastKey as PublisherKey,
      negotiation: 1 as Negotiation,
      state: {
        kind: "opening",
        claims: this.#claims(owner.session, offer.replace),
      },
      tracks: [],
      subscriptions: new Set(),
      speaking: false,
      lostAt: undefined,
    };
    this.#flows.add(flow);
    turn.command({
      kind: "open-publisher",
      publisher: flow.publisher,
      group,
      codecs,
      negotiation: flow.negotiation,
      sdp: offer.sdp,
    });
  }

  /** Gives the plane a further offer of the owner's. */
  renegotiate(flow: Flow, sdp: string, turn: Turn): void {
    flow.negotiation = flow.negotiation + 1 as Negotiation;
    turn.command({
      kind: "renegotiate-publisher",
      publisher: flow.publisher,
      negotiation: flow.negotiation,
      sdp,
    });
  }

  /**
   * The plane has an answer: with the first, the flow is accepted, and takes
   * the place of what it claims. The owner gets the answer, unless it has
   * offered anew since.
   */
  handleAnswered(
    flow: Flow,
    negotiation: Negotiation,
    sdp: string,
    turn: Turn,
  ): void {
    if (flow.state.kind === "opening") this.#accept(flow, turn);
    if (!isLive(flow) || negotiation !== flow.negotiation) return;
    flow.lostAt = undefined;
    turn.send(flow.owner.session, { type: "answer", id: flow.id, sdp });
  }

  /**
   * The plane cannot use an offer. A flow whose first offer is refused is gone;
   * others go on as they were, and so does what this one was to replace.
   */
  handleRefused(
    flow: Flow,
    negotiation: Negotiation,
    reason: string,
    turn: Turn,
  ): void {
    const isFirst = negotiation === 1;
    if (!isFirst && (negotiation !== flow.negotiation || !isLive(flow))) return;
    turn.send(flow.owner.session, { type: "abort", id: flow.id });
    turn.sendError(flow.owner, reason);
    if (isFirst) this.#flows.delete(flow);
  }

  /** Tells the owner which encodings somebody watches, if it wants to know. */
  handleLayers(flow: Flow, rids: readonly string[], turn: Turn): void {
    if (!flow.tellsLayers || !isLive(flow)) return;
    turn.send(flow.owner.session, { type: "layers", id: flow.id, rids });
  }

  /** The connection is lost: asks the owner for an ICE restart, once. */
  handleFailed(flow: Flow, turn: Turn): void {
    if (!isLive(flow) || flow.lostAt !== undefined) return;
    flow.lostAt = turn.now.instant;
    turn.send(flow.owner.session, { type: "renegotiate", id: flow.id });
  }

  /** Closes the peer and frees the id. Viewers must have been told. */
  remove(flow: Flow, turn: Turn): void {
    turn.command({ kind: "close-publisher", publisher: flow.publisher });
    this.#flows.delete(flow);
  }

  /** Removes replaced flows that nobody has any more. */
  sweep(turn: Turn): void {
    for (const flow of this.#flows.all) {
      const { state, subscriptions } = flow;
      if (state.kind !== "replaced" || !state.handedOver) continue;
      if (subscriptions.size === 0) this.remove(flow, turn);
    }
  }

  /**
   * What an offer that names `replace` is to replace. If that flow is not
   * accepted yet it may never be, so what it was to replace is claimed too.
   */
  #claims(session: SessionId, replace: FlowId | undefined): Flow[] {
    if (replace === undefined) return [];
    const old = this.#flows.getOwn(session, replace);
    if (old === undefined) return [];
    return old.state.kind === "opening" ? [old, ...old.state.claims] : [old];
  }

  #accept(flow: Flow, turn: Turn): void {
    if (flow.state.kind !== "opening") return;
    flow.state = {
      kind: "waiting",
      predecessor: this.#takePlace(flow.state.claims, turn),
      since: turn.now.instant,
      pushAt: undefined,
    };
  }

  /** Ends, for their owner, the flows that a new one replaces. */
  #takePlace(claims: readonly Flow[], turn: Turn): Flow | undefined {
    for (const old of claims) {
      if (this.#flows.get(old.id) !== old || !isLive(old)) continue;
      const wasAccepted = old.state.kind !== "opening";
      const predecessor = this.#takeOver(old, turn);
      if (wasAccepted) return predecessor;
    }
    return undefined;
  }

  /**
   * Ends one flow for its owner.
   *
   * @returns the flow that viewers have in its place, if they have one
   */
  #takeOver(old: Flow, turn: Turn): Flow | undefined {
    switch (old.state.kind) {
      case "opening":
        this.remove(old, turn);
        return undefined;
      case "waiting": {
        const { predecessor } = old.state;
        this.remove(old, turn);
        return predecessor;
      }
      case "pushed":
        old.state = { kind: "replaced", handedOver: false };
        return old;
      case "replaced":
        throw new Error(`Cannot replace flow "${old.id}" twice`);
      default:
        return assertNever(old.state);
    }
  }
}

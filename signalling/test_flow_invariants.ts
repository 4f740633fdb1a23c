import type { ClientMessage } from "../protocol/client_message.ts";
import type { FlowId, SessionId } from "../protocol/ids.ts";
import type {
  LiveTrack,
  MediaCommand,
  MediaEvent,
  PublisherKey,
  SubscriberKey,
} from "../protocol/media_plane.ts";
import { type Requested, tracksFor } from "../protocol/request.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import type { Effect, Input } from "./effects.ts";
import { holds } from "./fake_media_plane.ts";
import { PATIENCE_MS } from "./flow_table.ts";
import { selectTracks } from "./selection.ts";
import { MAKE_BEFORE_BREAK_MS } from "./slot.ts";
import { SECOND_ANSWER_MS } from "./subscription.ts";

/** A flow as the model knows it: from its offer until its peer is closed. */
interface ModelFlow {
  readonly id: FlowId;
  readonly owner: SessionId;
  readonly label: string;
  negotiation: number;
  tracks: readonly LiveTrack[];
  hadTracks: boolean;
  /** The flow that it is to replace when the plane has accepted it. */
  readonly replaces: ModelFlow | undefined;
  isAccepted: boolean;
  /** Whether another flow has taken its place, so that it is not its owner's. */
  isReplaced: boolean;
}

/** A client as the model knows it. */
interface ModelClient {
  isMember: boolean;
  permissions: readonly string[];
  requested: Requested;
  /** Whether it has ever asked for tracks of one flow in particular. */
  hasOverrides: boolean;
  /** What it has on its side, as far as it has been told. */
  readonly shown: Map<FlowId, SubscriberKey>;
}

/** A subscription that its viewer was told to replace. */
interface Replaced {
  readonly by: SubscriberKey;
  readonly atMs: number;
}

/**
 * Watches what goes into a router and what comes out, and keeps a simple model
 * of who has which flow. Each `holds` names an invariant.
 */
export class FlowInvariants {
  readonly flows = new Map<PublisherKey, ModelFlow>();
  readonly #clients = new Map<SessionId, ModelClient>();
  readonly #gone = new Set<SessionId>();
  readonly #subscribers = new Map<SubscriberKey, PublisherKey>();
  readonly #replaced = new Map<SubscriberKey, Replaced>();
  /** Subscriptions that nobody has to be kept for: live, failed, closed. */
  readonly #settled = new Set<SubscriberKey>();
  readonly #closed = new Set<SubscriberKey>();
  /** From when on time may take what is shown, by flow or by viewer and flow. */
  readonly #expiries = new Map<string, number>();

  /** What a client has on its side. */
  shownTo(session: SessionId): ReadonlyMap<FlowId, SubscriberKey> {
    return this.#client(session).shown;
  }

  /** Whether a client is in a group. */
  isMember(session: SessionId): boolean {
    return this.#client(session).isMember;
  }

  /** Whether it is known what a client wants of each flow. */
  hasOverrides(session: SessionId): boolean {
    return this.#client(session).hasOverrides;
  }

  /** Whether a client may publish. */
  mayPublish(session: SessionId): boolean {
    const { isMember, permissions } = this.#client(session);
    return isMember && permissions.includes("present");
  }

  /** Notes what happens, and checks what the router makes of it. */
  observe(input: Input, effects: readonly Effect[], nowMs: number): void {
    this.#noteInput(input, nowMs);
    this.#checkCollision(input, effects);
    for (const effect of effects) {
      switch (effect.kind) {
        case "send":
          this.#checkSend(effect.to, effect.message, input, nowMs);
          break;
        case "media":
          this.#noteCommand(effect.command, input);
          break;
        case "disconnect":
          this.#forget(effect.session);
          break;
        case "check-credentials":
          break;
      }
    }
    this.#checkMakeBeforeBreak(effects, nowMs);
    if (input.kind === "media" && input.event.kind === "subscriber-live") {
      this.#checkBreak(input.event.subscriber);
    }
  }

  #noteInput(input: Input, nowMs: number): void {
    switch (input.kind) {
      case "connected":
        this.#clients.set(input.session, {
          isMember: false,
          permissions: [],
          requested: new Map(),
          hasOverrides: false,
          shown: new Map(),
        });
        return;
      case "disconnected":
        return this.#forget(input.session);
      case "message":
        return this.#noteMessage(input.session, input.message, nowMs);
      case "media":
        return this.#noteEvent(input.event, nowMs);
    }
  }

  #noteMessage(session: SessionId, message: ClientMessage, nowMs: number) {
    const client = this.#client(session);
    switch (message.type) {
      case "request":
        if (client.isMember) client.requested = message.request;
        return;
      case "requestStream":
        client.hasOverrides = true;
        return;
      case "answer":
        return this.#mayExpire(
          `${session}:${message.id}`,
          nowMs + SECOND_ANSWER_MS,
        );
      case "offer":
        if (message.replace === undefined) return;
        return this.#mayExpire(message.replace, nowMs + MAKE_BEFORE_BREAK_MS);
    }
  }

  #noteEvent(event: MediaEvent, nowMs: number): void {
    switch (event.kind) {
      case "publisher-refused":
        if (event.negotiation === 1) this.flows.delete(event.publisher);
        return;
      case "publisher-answered":
        return this.#noteAccepted(event.publisher);
      case "publisher-failed": {
        const flow = this.flows.get(event.publisher);
        if (flow) this.#mayExpire(flow.id, nowMs + PATIENCE_MS);
        return;
      }
      case "publisher-tracks": {
        const flow = this.flows.get(event.publisher);
        if (flow === undefined) return;
        flow.tracks = event.tracks;
        flow.hadTracks ||= event.tracks.length > 0;
        return;
      }
      case "subscriber-live":
      case "subscriber-failed":
        this.#settled.add(event.subscriber);
    }
  }

  #noteAccepted(publisher: PublisherKey): void {
    const flow = this.flows.get(publisher);
    if (flow === undefined || flow.isAccepted) return;
    flow.isAccepted = true;
    const old = flow.replaces;
    if (old?.owner === flow.owner) old.isReplaced = true;
  }

  #mayExpire(key: string, fromMs: number): void {
    const known = this.#expiries.get(key) ?? Infinity;
    this.#expiries.set(key, Math.min(known, fromMs));
  }

  /** Somebody takes an id that is another's: only that one hears of it. */
  #checkCollision(input: Input, effects: readonly Effect[]): void {
    if (input.kind !== "message" || input.message.type !== "offer") return;
    const { session, message } = input;
    const holder = this.#holderOf(message.id);
    if (holder === undefined || holder.owner === session) return;
    if (!this.mayPublish(session)) return;
    const said = effects.map((effect) =>
      effect.kind === "send" && effect.to === session
        ? effect.message.type
        : effect.kind
    );
    holds(
      "collision-unnoticed-by-others",
      said.join() === "abort,usermessage",
      `${session} offered ${message.id}: ${said.join()}`,
    );
  }

  #checkSend(
    to: SessionId,
    message: ServerMessage,
    input: Input,
    nowMs: number,
  ): void {
    holds("nothing-after-disconnect", !this.#gone.has(to), message.type);
    const client = this.#client(to);
    switch (message.type) {
      case "joined":
        return this.#noteJoined(client, message);
      case "offer":
        return this.#checkOffer(to, client, message, nowMs);
      case "close":
        return this.#checkClose(to, client, message.id, input, nowMs);
      case "answer":
      case "renegotiate":
        return this.#checkOwned(to, message);
    }
  }

  #noteJoined(
    client: ModelClient,
    message: Extract<ServerMessage, { type: "joined" }>,
  ): void {
    if (message.kind === "fail" || message.kind === "redirect") return;
    client.isMember = message.kind !== "leave";
    client.permissions = message.permissions;
    if (client.isMember) return;
    client.requested = new Map();
    const left = [...client.shown.keys()].join();
    holds("nothing-after-leave", left === "", `still shown: ${left}`);
  }

  #checkOffer(
    to: SessionId,
    client: ModelClient,
    { id, replace, sdp, source }: Extract<ServerMessage, { type: "offer" }>,
    nowMs: number,
  ): void {
    holds("nothing-after-leave", client.isMember, `offer ${id} to ${to}`);
    const key = Number(/\d+/.exec(sdp)?.[0]) as SubscriberKey;
    const flow = this.#flowOf(key);
    holds(
      "offers-name-their-flow",
      flow?.id === id && source === `client-${flow.owner}` && flow.owner !== to,
      `offer ${id} of ${source} to ${to}`,
    );
    const both = [{ kind: "audio" }, { kind: "video" }] as const;
    holds(
      "only-what-is-requested",
      client.hasOverrides || !isUnwanted(client, { ...flow, tracks: both }),
      `offer ${id} to ${to}`,
    );
    const shown = client.shown.get(id);
    const old = replace === undefined ? undefined : client.shown.get(replace);
    const isCoherent = shown === undefined
      ? replace === undefined || old !== undefined
      : shown === key && replace === undefined;
    holds(
      "viewer-sees-open-until-close",
      isCoherent,
      `offer ${id} for ${replace} to ${to}`,
    );
    if (replace !== undefined) client.shown.delete(replace);
    if (old !== undefined) this.#replaced.set(old, { by: key, atMs: nowMs });
    client.shown.set(id, key);
  }

  #checkClose(
    to: SessionId,
    client: ModelClient,
    id: FlowId,
    input: Input,
    nowMs: number,
  ): void {
    const key = client.shown.get(id);
    if (key === undefined) {
      const isReply = input.kind === "message" && input.session === to &&
        (input.message.type === "abort" || input.message.type === "answer");
      holds("viewer-sees-open-until-close", isReply, `close ${id} to ${to}`);
      return;
    }
    client.shown.delete(id);
    const flow = this.#flowOf(key);
    const isDue = (name: string) =>
      (this.#expiries.get(name) ?? Infinity) <= nowMs;
    holds(
      "replace-never-closes",
      flow !== undefined && (
        input.kind === "tick"
          ? isDue(id) || isDue(`${to}:${id}`) ||
            this.#wantsNothingOf(client, flow.owner)
          : this.#isReasonToClose(to, client, flow, input)
      ),
      `close ${id} to ${to}`,
    );
  }

  /** Whether what happened can be why a viewer loses a flow. */
  #isReasonToClose(
    to: SessionId,
    client: ModelClient,
    flow: ModelFlow,
    input: Input,
  ): boolean {
    switch (input.kind) {
      case "message": {
        const { session, message: { type } } = input;
        const byViewer = ["request", "requestStream", "abort", "join"];
        const byOwner = ["close", "join"];
        return session === to && byViewer.includes(type) ||
          session === flow.owner && byOwner.includes(type) ||
          type === "useraction" ||
          type === "offer" && !this.mayPublish(session);
      }
      case "disconnected":
        return input.session === flow.owner;
      case "media":
        return this.#isEventToClose(client, flow, input.event);
      default:
        return false;
    }
  }

  #isEventToClose(
    client: ModelClient,
    shown: ModelFlow,
    event: MediaEvent,
  ): boolean {
    switch (event.kind) {
      case "publisher-tracks": {
        const flow = this.flows.get(event.publisher);
        return flow !== undefined && isUnwanted(client, flow) &&
          (flow === shown ? !flow.isReplaced : flow.hadTracks);
      }
      case "subscriber-offered":
        return !event.hasTracks;
      case "subscriber-answer-refused":
        return true;
      default:
        return false;
    }
  }

  /** Whether a flow that is pushed by the clock can be one that the viewer does not want. */
  #wantsNothingOf(client: ModelClient, owner: SessionId): boolean {
    return [...this.flows.values()].some((flow) =>
      flow.owner === owner && flow.tracks.length > 0 && isUnwanted(client, flow)
    );
  }

  /** Answers and renegotiations are for who has the flow, and for its latest offer. */
  #checkOwned(
    to: SessionId,
    message: Extract<ServerMessage, { type: "answer" | "renegotiate" }>,
  ): void {
    const [publisher, flow] =
      [...this.flows].find(([, { id }]) => id === message.id) ?? [];
    const isLatest = message.type === "renegotiate" ||
      message.sdp === `answer ${publisher}#${flow?.negotiation}`;
    holds(
      "answers-are-current",
      flow?.owner === to && isLatest && !flow.isReplaced,
      `${message.type} ${message.id} to ${to}`,
    );
  }

  #noteCommand(command: MediaCommand, input: Input): void {
    switch (command.kind) {
      case "open-publisher": {
        if (input.kind !== "message" || input.message.type !== "offer") return;
        const { id, label } = input.message;
        holds("flow-ids-unique", this.#holderOf(id) === undefined, id);
        const negotiation = command.negotiation;
        const owner = input.session;
        this.flows.set(command.publisher, {
          id,
          owner,
          label,
          negotiation,
          tracks: [],
          hadTracks: false,
          replaces: this.#holderOf(input.message.replace),
          isAccepted: false,
          isReplaced: false,
        });
        return;
      }
      case "renegotiate-publisher": {
        const flow = this.flows.get(command.publisher);
        if (flow) flow.negotiation = command.negotiation;
        return;
      }
      case "close-publisher":
        this.flows.delete(command.publisher);
        return;
      case "open-subscriber":
        this.#subscribers.set(command.subscriber, command.publisher);
        return;
      case "close-subscriber":
        this.#settled.add(command.subscriber);
        this.#closed.add(command.subscriber);
    }
  }

  /** What was replaced is closed when what replaces it is live, or hopeless, or late. */
  #checkMakeBeforeBreak(effects: readonly Effect[], nowMs: number): void {
    for (const effect of effects) {
      if (effect.kind !== "media") continue;
      const { command } = effect;
      if (command.kind !== "close-subscriber") continue;
      holds(
        "make-before-break",
        this.#mayBreak(command.subscriber, nowMs),
        `closed subscriber ${command.subscriber}`,
      );
    }
  }

  /** When a subscription is live, what it has replaced is closed. */
  #checkBreak(live: SubscriberKey): void {
    const isShown = [...this.#clients.values()].some(({ shown }) =>
      [...shown.values()].includes(live)
    );
    const left = [...this.#replaced].filter(([old, { by }]) =>
      by === live && !this.#closed.has(old)
    );
    holds(
      "break-after-make",
      !isShown || left.length === 0,
      `subscriber ${live} is live, and ${left.map(([old]) => old)} too`,
    );
  }

  #mayBreak(key: SubscriberKey, nowMs: number): boolean {
    const replaced = this.#replaced.get(key);
    if (replaced === undefined) return true;
    return this.#settled.has(replaced.by) ||
      nowMs >= replaced.atMs + MAKE_BEFORE_BREAK_MS ||
      this.#replaced.has(replaced.by) && this.#mayBreak(replaced.by, nowMs);
  }

  #forget(session: SessionId): void {
    this.#gone.add(session);
    const client = this.#client(session);
    client.isMember = false;
    client.shown.clear();
  }

  #holderOf(id: FlowId | undefined): ModelFlow | undefined {
    return [...this.flows.values()].find((flow) => flow.id === id);
  }

  #flowOf(key: SubscriberKey): ModelFlow | undefined {
    const publisher = this.#subscribers.get(key);
    return publisher === undefined ? undefined : this.flows.get(publisher);
  }

  #client(session: SessionId): ModelClient {
    const client = this.#clients.get(session);
    holds("sessions-are-known", client !== undefined, `session ${session}`);
    return client;
  }
}

/** Whether a viewer may want none of a flow's tracks. */
function isUnwanted(
  { requested, hasOverrides }: ModelClient,
  { label, tracks }: Pick<ModelFlow, "label" | "tracks">,
): boolean {
  return hasOverrides ||
    selectTracks(tracksFor(requested, label), tracks) === undefined;
}

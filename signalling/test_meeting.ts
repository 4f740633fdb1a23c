/**
 * A router with clients of all kinds, all played by a test, with the invariants
 * of permissions checked whenever anything happens.
 *
 * @module
 */
import { instantAt, type Now, wallTimeAt } from "../lib/time.ts";
import type { ClientMessage } from "../protocol/client_message.ts";
import type {
  FlowId,
  GroupName,
  SessionId,
  Username,
} from "../protocol/ids.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import type { CredentialsOutcome, Effect, Input } from "./effects.ts";
import { FakeMediaPlane, holds } from "./fake_media_plane.ts";
import type { GroupDescription } from "./group_description.ts";
import { Router } from "./router.ts";
import { unclaimed } from "./test_client.ts";
import { PermissionInvariants } from "./test_permission_invariants.ts";

type Check = Extract<Effect, { kind: "check-credentials" }>;
type TokenAsk = Extract<Effect, { kind: "act-on-tokens" }>;

/** See the module's text. */
export class TestMeeting {
  readonly invariants = new PermissionInvariants();
  /** Credentials that nobody has decided yet. */
  readonly checks: Check[] = [];
  /** Questions about tokens that nobody has answered yet. */
  readonly asks: TokenAsk[] = [];
  /** What the router has done, in words. */
  readonly seen = new Set<string>();
  readonly #media = new FakeMediaPlane();
  readonly #router = new Router({
    rtcConfiguration: {},
    randomId: () => "random",
  });
  readonly #connected = new Set<SessionId>();
  /** Offers that clients have not answered. */
  readonly #offers = new Map<SessionId, Map<FlowId, string>>();
  readonly #happened: string[] = [];
  #nowMs = 0;
  #lastSession = 0;
  #lastMark = 0;

  /** What has happened, for people. */
  get trace(): string {
    return this.#happened.join("\n");
  }

  /** Connections that are not over. */
  get sessions(): readonly SessionId[] {
    return [...this.#connected];
  }

  /** Somebody connects and says its id. */
  connect(id: string): void {
    const session = ++this.#lastSession as SessionId;
    this.#connected.add(session);
    this.give({ kind: "connected", session, address: `192.0.2.${session}:5` });
    if (!this.#connected.has(session)) return;
    this.say(
      session,
      unclaimed({
        type: "handshake",
        version: ["2"],
        id: id as never,
        extensions: [],
      }),
    );
  }

  /** A client says something. */
  say(session: SessionId, message: ClientMessage): void {
    this.give({ kind: "message", session, message });
  }

  /** A value that shows where it came from, wherever it turns up. */
  nextMark(): number {
    return ++this.#lastMark;
  }

  /** Those who know passwords answer the oldest question. */
  decide(
    permissions: readonly string[] | undefined,
    username: string,
    special: Partial<GroupDescription>,
  ): void {
    const check = this.checks.shift();
    if (check === undefined) return;
    const { session, attempt, group } = check;
    const outcome: CredentialsOutcome = permissions === undefined
      ? { kind: "refused", reason: "not-authorised" }
      : {
        kind: "accepted",
        username: username as Username,
        permissions,
        description: describeGroup(group, special),
      };
    this.give({ kind: "credentials-checked", session, attempt, outcome });
  }

  /** Those who keep tokens answer the oldest question. */
  answerTokens(isRefused: boolean): void {
    const asked = this.asks.shift();
    if (asked === undefined) return;
    const { session, request, group, act } = asked;
    const token = { token: "t", group };
    const outcome = isRefused
      ? { kind: "refused", reason: "no-such-token" } as const
      : act.kind === "list"
      ? { kind: "tokens", tokens: [token] } as const
      : { kind: "token", token } as const;
    this.give({ kind: "tokens-answered", session, request, outcome });
  }

  /**
   * What a client answers to the latest offer of a flow, or of any if it has
   * none of that; each is answered once, with an SDP that is newer than all.
   */
  answerOf(
    session: SessionId,
    id: FlowId,
    isGood: boolean,
  ): { readonly offered: FlowId; readonly sdp: string } {
    const offers = this.#offers.get(session) ?? new Map<FlowId, string>();
    const offered = offers.has(id) ? id : [...offers.keys()][0] ?? id;
    const offer = offers.get(offered);
    offers.delete(offered);
    const origin = `o=- ${session} ${++this.#lastMark} IN`;
    const sdp = isGood && offer !== undefined
      ? `${origin}\nanswers ${offer}`
      : `${origin}\nnonsense`;
    return { offered, sdp };
  }

  /** One of the peers loses its connection, or has it at last. */
  loseConnection(n: number, isLost: boolean): void {
    const publishers = [...this.#media.publishers.values()].filter((peer) =>
      peer.isOpen && !peer.isRefused
    );
    const subscribers = [...this.#media.subscribers.values()].filter((peer) =>
      peer.isOpen && peer.isAnswered
    );
    const peers = [...publishers, ...subscribers];
    const peer = peers[n % peers.length];
    if (peer === undefined) return;
    if ("offered" in peer) {
      const kind = isLost ? "subscriber-failed" : "subscriber-live";
      peer.events.push({ kind, subscriber: peer.key });
    } else if (isLost) {
      peer.events.push({ kind: "publisher-failed", publisher: peer.key });
    }
    this.#settle();
  }

  /** Time passes, and packets arrive of all flows. */
  pass(ms: number): void {
    for (const peer of this.#media.publishers.values()) {
      if (!peer.isOpen || peer.isRefused || peer.tracks.length > 0) continue;
      this.#media.setTracks(peer, [{ kind: "audio" }], true);
    }
    this.#nowMs += ms;
    this.give({ kind: "tick" });
  }

  /** Everybody goes; nothing may be left. */
  end(): void {
    for (const session of this.sessions) {
      this.#connected.delete(session);
      this.give({ kind: "disconnected", session });
    }
    while (this.asks.length > 0) this.answerTokens(true);
    const { sessions, flows, subscriptions, tokenActions } =
      this.#router.counts;
    holds(
      "nothing-is-left",
      sessions + flows + subscriptions + tokenActions === 0,
      JSON.stringify(this.#router.counts),
    );
  }

  /** Gives the router an input, carries out what it says, and judges it. */
  give(input: Input): void {
    this.#step(input);
    this.#settle();
  }

  #settle(): void {
    while (this.#media.hasEvents) {
      const event = this.#media.takeEvent(0);
      if (event !== undefined) this.#step({ kind: "media", event });
    }
  }

  #step(input: Input): void {
    if (input.kind === "disconnected") this.#connected.delete(input.session);
    this.#happened.push(JSON.stringify(input));
    const effects = this.#router.handle(input, this.#now);
    this.#happened.push(
      ...effects.map((effect) => `    ${JSON.stringify(effect)}`),
    );
    for (const effect of effects) this.#carryOut(effect);
    this.invariants.observe(input, effects);
    this.#checkCounts();
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send": {
        const { message } = effect;
        const kind = "kind" in message && message.kind
          ? ` ${message.kind}`
          : "";
        this.seen.add(message.type + kind);
        this.#noteOffer(effect.to, message);
        return;
      }
      case "disconnect":
        this.#connected.delete(effect.session);
        this.seen.add(effect.kind);
        return;
      case "check-credentials":
        this.checks.push(effect);
        return;
      case "act-on-tokens":
        this.asks.push(effect);
        this.seen.add(effect.kind);
        return;
      case "media":
        this.#media.handle(effect.command);
    }
  }

  /** Keeps offers for those who answer them, until they are over. */
  #noteOffer(to: SessionId, message: ServerMessage): void {
    const offers = this.#offers.get(to) ?? new Map<FlowId, string>();
    this.#offers.set(to, offers);
    if (message.type === "close") offers.delete(message.id);
    if (message.type !== "offer") return;
    if (message.replace !== undefined) offers.delete(message.replace);
    offers.set(message.id, message.sdp);
  }

  #checkCounts(): void {
    const { model } = this.invariants;
    for (const group of model.groups) {
      const { clientCount } = this.#router.occupancy(group.name);
      holds(
        "members-agree",
        clientCount === model.membersOf(group).length,
        `${clientCount} in ${group.name}`,
      );
    }
  }

  get #now(): Now {
    return {
      instant: instantAt(this.#nowMs),
      wall: wallTimeAt(1_800_000_000_000 + this.#nowMs),
    };
  }
}

/** A group's description with nothing special but what is given. */
export function describeGroup(
  name: GroupName,
  special: Partial<GroupDescription>,
): GroupDescription {
  return {
    name,
    public: false,
    maxHistoryAgeMs: 3_600_000,
    autolock: false,
    autokick: false,
    canChangePassword: false,
    ...special,
  };
}

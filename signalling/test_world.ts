/**
 * A router, a media plane and some clients, all played by a test, with the
 * invariants of flows checked whenever anything happens.
 *
 * @module
 */
import { instantAt, type Now, wallTimeAt } from "../lib/time.ts";
import { DEFAULT_CLIENT_LIMITS } from "../protocol/client_limits.ts";
import type { ClientMessage, Extension } from "../protocol/client_message.ts";
import type { GroupName, SessionId, Username } from "../protocol/ids.ts";
import type { SubscriberKey } from "../protocol/media_plane.ts";
import { parseRequested } from "../protocol/request.ts";
import { type Effect, type Input, TICK_INTERVAL_MS } from "./effects.ts";
import { FakeMediaPlane, holds } from "./fake_media_plane.ts";
import { PATIENCE_MS } from "./flow_table.ts";
import { Router } from "./router.ts";
import { TestClient, unclaimed } from "./test_client.ts";
import { FlowInvariants } from "./test_flow_invariants.ts";

/** A member's place in the world. */
interface Place {
  readonly group: GroupName;
  readonly permissions: readonly string[];
}

/** Wants everything. */
export const EVERYTHING = parseRequested({ "": ["audio", "video"] });

/** How often the clients' keep-alive is heard while time passes, in milliseconds. */
const KEEP_ALIVE_MS = 15_000;

/** The key of no peer. */
const NO_KEY = 0 as SubscriberKey;

/** See the module's text. */
export class TestWorld {
  readonly media = new FakeMediaPlane();
  readonly invariants = new FlowInvariants();
  readonly clients: TestClient[] = [];
  readonly #happened: { atMs: number; input: Input; effects: Effect[] }[] = [];
  readonly #router = new Router({
    rtcConfiguration: {},
    randomId: () => "random",
  });
  readonly #places = new Map<SessionId, Place>();
  #nowMs = 0;
  #lastSession = 0;

  /** What has happened, for people: each input, and what the router made of it. */
  get trace(): string {
    return this.#happened.flatMap(({ atMs, input, effects }) => [
      `${atMs} ms  ${describe(input)}`,
      ...effects.map((effect) => `    ${describe(effect)}`),
    ]).join("\n");
  }

  /** Forgets the trace so far. */
  startTrace(): void {
    this.#happened.length = 0;
  }

  /** Clients that have not disconnected. */
  get connected(): TestClient[] {
    return this.clients.filter((client) => client.isConnected);
  }

  /** Connects a client and lets it join. */
  connect(group: string, permissions: readonly string[]): TestClient {
    const client = new TestClient(++this.#lastSession as SessionId);
    const { session, name: id } = client;
    this.clients.push(client);
    this.#places.set(session, { group: group as GroupName, permissions });
    // Every second client gets its flows one by one.
    const unansweredOffers = session % 2 === 0
      ? 1
      : DEFAULT_CLIENT_LIMITS.unansweredOffers;
    const limits = { ...DEFAULT_CLIENT_LIMITS, unansweredOffers };
    this.#give({ kind: "connected", session, address: "192.0.2.1:5", limits });
    const version = ["2"];
    const extensions: readonly Extension[] = ["speaking", "tiles"];
    client.say(unclaimed({ type: "handshake", version, id, extensions }));
    this.join(client);
    this.deliver(client, 2);
    return client;
  }

  /** Lets a client ask to be let in, which the group's file does. */
  join(client: TestClient): void {
    client.say(unclaimed({
      type: "join",
      kind: "join",
      group: this.placeOf(client).group,
      username: undefined,
      password: undefined,
      token: undefined,
      data: {},
    }));
  }

  /** Lets a client say that it leaves its group. */
  leave(client: TestClient): void {
    const { group } = this.placeOf(client);
    client.say(unclaimed({ type: "join", kind: "leave", group }));
  }

  /** Cuts a client's connection. */
  disconnect(client: TestClient): void {
    if (!client.isConnected) return;
    client.isConnected = false;
    this.#give({ kind: "disconnected", session: client.session });
  }

  /** Delivers the next messages of a client to the server. */
  deliver(client: TestClient, count: number): void {
    for (let i = 0; i < count && client.isConnected; i++) {
      const message = client.outbox.shift();
      if (message === undefined) return;
      this.hear(client, message);
    }
  }

  /** Gives the server a message at once. */
  hear({ session }: TestClient, message: ClientMessage): void {
    this.#give({ kind: "message", session, message });
  }

  /** Lets the next event of the nth peer of the media plane out. */
  release(n: number): void {
    const event = this.media.takeEvent(n);
    if (event !== undefined) this.#give({ kind: "media", event });
  }

  /** Lets time pass, during which the clients are there. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= KEEP_ALIVE_MS) {
      this.#nowMs += Math.min(left, KEEP_ALIVE_MS);
      for (const client of this.connected) {
        this.hear(client, unclaimed({ type: "ping" }));
      }
    }
    this.#give({ kind: "tick" });
  }

  /**
   * Everybody is honest and patient from now on, wants everything, and gets it.
   *
   * @param requests how often everybody says so: more than once if what is
   *   under way may be refused
   */
  settle(requests: number): void {
    for (let i = 0; i < requests; i++) {
      for (const client of this.connected) {
        this.deliver(client, Infinity);
        if (!this.invariants.isMember(client.session)) this.join(client);
        client.say(unclaimed({ type: "request", request: EVERYTHING }));
        this.deliver(client, Infinity);
      }
      for (let round = 0; round < 6; round++) this.#calmDown(round * 1_000);
      this.pass(PATIENCE_MS);
      this.#calmDown(0);
      this.#openOneByOne();
    }
    for (const client of this.connected) this.#checkSatisfied(client);
  }

  /** Every second client gets a flow only when it has answered the last one's. */
  #openOneByOne(): void {
    for (const _ of this.invariants.flows) {
      this.#calmDown(TICK_INTERVAL_MS); // it answers
      this.#calmDown(TICK_INTERVAL_MS); // the answer is applied
    }
    this.#calmDown(0);
  }

  #checkSatisfied({ session }: TestClient): void {
    const { group } = this.placeOf({ session });
    const wanted = [...this.invariants.flows.values()].filter(({ owner }) =>
      owner !== session && this.placeOf({ session: owner }).group === group
    );
    const shown = this.invariants.shownTo(session);
    const ids = wanted.map(({ id }) => id).sort();
    const has = [...shown.keys()].sort();
    holds(
      "nothing-stays-that-is-gone",
      has.every((id) => ids.includes(id)),
      `${session} has ${has} of ${ids}`,
    );
    // Who has asked for less of one flow may have less.
    if (this.invariants.hasOverrides(session)) return;
    holds(
      "everybody-gets-what-it-wants",
      ids.join() === has.join(),
      `${session} has ${has} of ${ids}`,
    );
    for (const { id, tracks } of wanted) {
      const peer = this.media.subscribers.get(shown.get(id) ?? NO_KEY);
      const kinds = (["audio", "video"] as const).filter((kind) =>
        tracks.some((track) => track.kind === kind)
      );
      holds(
        "everybody-gets-the-tracks-it-wants",
        peer?.offered.join() === kinds.join(),
        `${session} has ${peer?.offered} of ${id}`,
      );
    }
  }

  /** Packets arrive of all flows that have none. */
  startTracks(): void {
    for (const peer of this.media.publishers.values()) {
      if (!peer.isOpen || peer.isRefused || peer.tracks.length > 0) continue;
      this.media.setTracks(peer, [{ kind: "audio" }, { kind: "video" }], true);
    }
  }

  /** Lets out all that waits in the media plane. */
  releaseAll(): void {
    while (this.media.hasEvents) this.release(0);
  }

  /** Delivers all that clients have said, and lets them read all. */
  deliverAll(): void {
    for (const client of this.connected) {
      this.deliver(client, Infinity);
      while (client.inbox.length > 0) client.read();
    }
  }

  /** Lets clients answer all offers that they have read. */
  answerAll(): void {
    for (const client of this.connected) {
      while (client.hasUnanswered) client.answer(0, true);
    }
  }

  #calmDown(ms: number): void {
    this.startTracks();
    for (const peer of this.media.subscribers.values()) {
      const { isOpen, isAnswered, events, key } = peer;
      if (!isOpen || !isAnswered) continue;
      events.push({ kind: "subscriber-live", subscriber: key });
    }
    this.releaseAll();
    this.deliverAll();
    this.answerAll();
    this.deliverAll();
    this.pass(ms);
  }

  /** Everybody goes; nothing may be left. */
  end(): void {
    for (const client of this.connected) this.disconnect(client);
    const { publishers, subscribers } = this.media;
    const open = [...publishers.values(), ...subscribers.values()]
      .filter((peer) =>
        peer.isOpen && !("isRefused" in peer && peer.isRefused)
      );
    holds(
      "publishers-and-subscribers-do-not-leak",
      open.length === 0 && this.invariants.flows.size === 0,
      open.map(({ key }) => key).join(),
    );
    this.#checkCounts();
  }

  #give(input: Input): void {
    const entry = { atMs: this.#nowMs, input, effects: [] as Effect[] };
    this.#happened.push(entry);
    const effects = this.#router.handle(input, this.#now);
    entry.effects = effects;
    this.invariants.observe(input, effects, this.#nowMs);
    for (const effect of effects) this.#carryOut(effect);
    this.#checkCounts();
    this.#checkCredentials(effects);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "media":
        return this.media.handle(effect.command);
      case "send":
        this.#clientOf(effect.to)?.inbox.push(effect.message);
        return;
      case "disconnect": {
        const client = this.#clientOf(effect.session);
        if (client) client.isConnected = false;
      }
    }
  }

  /** Those who know passwords and tokens answer, and let everybody in. */
  #checkCredentials(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== "check-credentials") continue;
      const { session, attempt } = effect;
      const { group: name, permissions } = this.placeOf({ session });
      const description = {
        name,
        public: false,
        maxHistoryAgeMs: 1_000,
        autolock: false,
        autokick: false,
        canChangePassword: false,
      };
      const username = "" as Username;
      const kind = "accepted";
      const outcome = { kind, username, permissions, description } as const;
      this.#give({ kind: "credentials-checked", session, attempt, outcome });
    }
  }

  #checkCounts(): void {
    const { flows, subscriptions } = this.#router.counts;
    const open = [...this.media.subscribers.values()].filter((peer) =>
      peer.isOpen
    );
    holds(
      "counts-agree",
      flows === this.invariants.flows.size && subscriptions === open.length,
      `${flows} flows, ${subscriptions} subscriptions`,
    );
  }

  #clientOf(session: SessionId): TestClient | undefined {
    return this.clients.find((client) => client.session === session);
  }

  /** Where a client belongs. */
  placeOf({ session }: Pick<TestClient, "session">): Place {
    const place = this.#places.get(session);
    holds("sessions-are-known", place !== undefined, `session ${session}`);
    return place;
  }

  get #now(): Now {
    const instant = instantAt(this.#nowMs);
    return { instant, wall: wallTimeAt(1_800_000_000_000 + this.#nowMs) };
  }
}

function describe(value: Input | Effect): string {
  return JSON.stringify(value, (name, member) => {
    if (name === "claims" || name === "status") return undefined;
    return member instanceof Map ? Object.fromEntries(member) : member;
  });
}

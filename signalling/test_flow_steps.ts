/**
 * What may happen in a {@link TestWorld}, as values that fast-check makes.
 *
 * @module
 */
import fc from "fast-check";
import type { ClientId, FlowId } from "../protocol/ids.ts";
import type { LiveTrack } from "../protocol/media_plane.ts";
import { parseRequested } from "../protocol/request.ts";
import { BAD_SDP } from "./fake_media_plane.ts";
import { type TestClient, unclaimed } from "./test_client.ts";
import type { TestWorld } from "./test_world.ts";

/** How often each thing happens, relative to the others. */
const WEIGHTS = {
  offer: 9,
  replace: 9,
  closeFlow: 2,
  read: 6,
  answer: 6,
  deliver: 6,
  release: 10,
  tracks: 12,
  failPublisher: 1,
  live: 4,
  failSubscriber: 2,
  pass: 5,
  abort: 2,
  renegotiate: 2,
  request: 4,
  requestStream: 2,
  tile: 2,
  leave: 1,
  join: 2,
  disconnect: 1,
  unpresent: 1,
  present: 2,
} as const;

/** How often clients break the order of things, or repeat themselves. */
const UNRULY_WEIGHTS = {
  repeatAnswer: 6,
  strayAbort: 2,
  badAnswer: 2,
} as const;

type Kind = keyof typeof WEIGHTS | keyof typeof UNRULY_WEIGHTS;

/** One thing that happens: what, to whom, and numbers that say more. */
export interface Step {
  readonly kind: Kind;
  readonly client: number;
  readonly n: number;
  readonly m: number;
  /** What then happens at once, and does not wait for steps: see {@link Rush}. */
  readonly rush: number;
}

/** What may be quick, as bits: if nothing is, little happens; if all is, little overlaps. */
const Rush = { network: 1, media: 2, answers: 4, tracks: 8 } as const;

/** A run: which things are never quick in it, and what happens. */
export interface Story {
  /** Bits of {@link Rush} that are ever honoured. */
  readonly pace: number;
  readonly steps: readonly Step[];
}

/**
 * Runs among clients that keep order, or among such that do not.
 *
 * @param clients how many of them do anything
 */
export function stories(
  isUnruly: boolean,
  clients = 5,
): fc.Arbitrary<Story> {
  const weights = Object.entries({
    ...WEIGHTS,
    ...(isUnruly ? UNRULY_WEIGHTS : {}),
  });
  const kinds = weights.flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind as Kind)
  );
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    client: fc.nat(clients - 1),
    n: fc.nat(7),
    m: fc.nat(7),
    rush: fc.nat(15),
  });
  const steps = fc.array(step, { minLength: 20, maxLength: 110, size: "max" });
  return fc.record({ pace: fc.nat(15), steps });
}

/** Flow ids are few, so that they come again. */
function flowId(n: number): FlowId {
  return `f${n % 10}` as FlowId;
}

/** An id for an offer: now and then whatever it is, mostly one that is free. */
function offeredId(world: TestWorld, n: number, m: number): FlowId {
  const held = new Set(
    [...world.invariants.flows.values()].map(({ id }) => id),
  );
  for (let i = n; m > 0 && i < n + 10; i++) {
    if (!held.has(flowId(i))) return flowId(i);
  }
  return flowId(n);
}

/** The nth of the flows that a client has published, or one that it has not. */
function ownFlowId(world: TestWorld, client: TestClient, n: number): FlowId {
  const own = [...world.invariants.flows.values()].filter(({ owner }) =>
    owner === client.session
  );
  return own[n % (own.length + (n > 5 ? 1 : 0))]?.id ?? flowId(n);
}

/** The nth of the flows that a client has been offered, or one that it has not. */
function shownFlowId(world: TestWorld, client: TestClient, n: number): FlowId {
  const shown = [...world.invariants.shownTo(client.session).keys()];
  return shown[n % (shown.length + 1)] ?? flowId(n);
}

const TRACKS: readonly (readonly LiveTrack[])[] = [
  [{ kind: "audio" }, { kind: "video" }],
  [{ kind: "audio" }],
  [{ kind: "video" }],
  [],
  [{ kind: "audio" }, { kind: "video" }, { kind: "video" }],
  [{ kind: "audio" }, { kind: "video" }],
];

const REQUESTS = [
  { "": ["audio", "video"] },
  { "": ["audio"] },
  {},
  { "": ["audio", "video-low"] },
  { "camera": ["video"], "": ["audio", "video"] },
  { "": ["audio", "video"] },
].map(parseRequested);

const TIMES_MS = [50, 200, 250, 1_000, 5_000, 10_000, 31_000];

/** Lets a step happen, and what comes at once with it. */
export function perform(world: TestWorld, step: Step, pace: number): void {
  happen(world, step);
  const rush = step.rush & pace;
  if (rush & Rush.tracks) world.startTracks();
  for (let i = 0; i < 3; i++) {
    if (rush & Rush.network) world.deliverAll();
    if (rush & Rush.media) world.releaseAll();
    if (rush & Rush.answers) world.answerAll();
  }
}

function happen(world: TestWorld, step: Step): void {
  const client = world.connected[step.client % world.connected.length];
  if (client === undefined) return;
  const { n, m } = step;
  switch (step.kind) {
    case "pass":
      return world.pass(TIMES_MS[n % TIMES_MS.length] ?? 0);
    case "release":
      for (let i = 0; i <= m % 3; i++) world.release(n);
      return;
    case "tracks":
    case "failPublisher":
    case "live":
    case "failSubscriber":
      return happenInMedia(world, step);
    case "read":
      for (let i = 0; i <= n; i++) client.read();
      return;
    case "deliver":
      return world.deliver(client, n + 1);
    case "disconnect":
      return reconnect(world, client);
    case "leave":
      return world.leave(client);
    case "join":
      if (!world.invariants.isMember(client.session)) world.join(client);
      return;
    case "answer":
      return client.answer(n, true);
    case "badAnswer":
      return client.answer(n, false);
    case "abort":
      return client.abort(n);
    case "repeatAnswer": {
      const doubtful = client.answers.filter(({ id }) =>
        client.received.get(id)?.unanswered !== undefined
      );
      const answer = doubtful.at(-1 - n) ?? client.answers.at(-1 - m);
      if (answer) client.say(unclaimed({ type: "answer", ...answer }));
      return;
    }
    default:
      return say(world, client, { ...step, kind: step.kind });
  }
}

/** Lets a client say something that does not depend on what it has heard. */
function say(
  world: TestWorld,
  client: TestClient,
  { kind, n, m }: Step,
): void {
  switch (kind) {
    case "offer":
    case "replace":
      return client.say(unclaimed({
        type: "offer",
        id: offeredId(world, n, m),
        replace: kind === "replace" ? ownFlowId(world, client, m) : undefined,
        label: n < 3 ? "camera" : "",
        sdp: m === 7 ? BAD_SDP : "good",
      }));
    case "closeFlow": {
      const id = ownFlowId(world, client, n);
      return client.say(unclaimed({ type: "close", id }));
    }
    case "renegotiate": {
      const id = shownFlowId(world, client, n);
      return client.say(unclaimed({ type: "renegotiate", id }));
    }
    case "strayAbort":
      return client.say(unclaimed({ type: "abort", id: flowId(n) }));
    case "request": {
      const request = REQUESTS[n % REQUESTS.length] ?? new Map();
      if (!world.invariants.isMember(client.session)) return;
      if (client.outbox.some(({ type }) => type === "join")) return;
      return client.say(unclaimed({ type: "request", request }));
    }
    case "requestStream": {
      const id = shownFlowId(world, client, n);
      const video = m < 4 ? "none" as const : "high" as const;
      const request = m < 2 ? undefined : { audio: m < 3, video };
      return client.say(unclaimed({ type: "requestStream", id, request }));
    }
    case "tile": {
      const id = shownFlowId(world, client, n);
      return client.say(unclaimed({ type: "tile", id, pixels: m * 10_000 }));
    }
    case "present":
    case "unpresent": {
      const value = undefined;
      const dest = `client-${m}` as ClientId;
      const message = { type: "useraction", kind, dest, value } as const;
      return client.say(unclaimed(message));
    }
  }
}

function happenInMedia(world: TestWorld, { kind, n, m }: Step): void {
  const publishers = [...world.media.publishers.values()].filter((peer) =>
    peer.isOpen && !peer.isRefused
  );
  const publisher = publishers.at(-1 - n % Math.max(publishers.length, 1));
  if (kind === "tracks" && publisher) {
    const tracks = TRACKS[m % TRACKS.length] ?? [];
    return world.media.setTracks(publisher, tracks, m !== 1 && m !== 2);
  }
  if (kind === "failPublisher" && publisher) {
    publisher.events.push({
      kind: "publisher-failed",
      publisher: publisher.key,
    });
    return;
  }
  const subscribers = [...world.media.subscribers.values()].filter((peer) =>
    peer.isOpen && peer.isAnswered
  );
  const subscriber = subscribers.at(-1 - n % Math.max(subscribers.length, 1));
  subscriber?.events.push({
    kind: kind === "live" ? "subscriber-live" : "subscriber-failed",
    subscriber: subscriber.key,
  });
}

/** A client's connection is cut, and somebody else comes. */
function reconnect(world: TestWorld, client: TestClient): void {
  const { group, permissions } = world.placeOf(client);
  world.disconnect(client);
  world.connect(group, permissions);
}

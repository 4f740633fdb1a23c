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
  offer: 10,
  replace: 8,
  closeFlow: 3,
  read: 14,
  answer: 12,
  deliver: 16,
  release: 22,
  tracks: 10,
  failPublisher: 1,
  live: 6,
  failSubscriber: 2,
  pass: 6,
  abort: 3,
  renegotiate: 2,
  request: 4,
  requestStream: 2,
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
  strayRenegotiate: 1,
  badAnswer: 2,
} as const;

type Kind = keyof typeof WEIGHTS | keyof typeof UNRULY_WEIGHTS;

/** One thing that happens: what, to whom, and numbers that say more. */
export interface Step {
  readonly kind: Kind;
  readonly client: number;
  readonly n: number;
  readonly m: number;
}

/** Things that happen one after the other, among clients that keep order or do not. */
export function steps(isUnruly: boolean): fc.Arbitrary<Step[]> {
  const weights = Object.entries({
    ...WEIGHTS,
    ...(isUnruly ? UNRULY_WEIGHTS : {}),
  });
  const kinds = weights.flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind as Kind)
  );
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    client: fc.nat(4),
    n: fc.nat(7),
    m: fc.nat(7),
  });
  return fc.array(step, { minLength: 10, maxLength: 90, size: "max" });
}

/** Flow ids are few, so that they collide and come again. */
function flowId(n: number): FlowId {
  return `f${n % 6}` as FlowId;
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

/** Lets a step happen, as far as it can. */
export function perform(world: TestWorld, step: Step): void {
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
      const answer = client.answers.at(-1 - n);
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
  const id = flowId(n);
  switch (kind) {
    case "offer":
    case "replace":
      return client.say(unclaimed({
        type: "offer",
        id,
        replace: kind === "replace" ? flowId(m) : undefined,
        label: n < 3 ? "camera" : "",
        sdp: n === 7 ? BAD_SDP : "good",
      }));
    case "closeFlow":
      return client.say(unclaimed({ type: "close", id }));
    case "renegotiate":
    case "strayRenegotiate":
      return client.say(unclaimed({ type: "renegotiate", id }));
    case "strayAbort":
      return client.say(unclaimed({ type: "abort", id }));
    case "request": {
      const request = REQUESTS[n % REQUESTS.length] ?? new Map();
      if (!world.invariants.isMember(client.session)) return;
      if (client.outbox.some(({ type }) => type === "join")) return;
      return client.say(unclaimed({ type: "request", request }));
    }
    case "requestStream": {
      const video = m < 4 ? "none" as const : "high" as const;
      const request = m < 2 ? undefined : { audio: m < 3, video };
      return client.say(unclaimed({ type: "requestStream", id, request }));
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

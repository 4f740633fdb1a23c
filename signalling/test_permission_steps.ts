/**
 * What may happen in a {@link TestMeeting}, as values that fast-check makes.
 *
 * @module
 */
import fc from "fast-check";
import type { ClientMessage } from "../protocol/client_message.ts";
import { violation } from "../protocol/errors.ts";
import type {
  ClientId,
  FlowId,
  GroupName,
  SessionId,
  Username,
} from "../protocol/ids.ts";
import { parseRequested, parseTracks } from "../protocol/request.ts";
import { BAD_SDP } from "./fake_media_plane.ts";
import type { GroupDescription } from "./group_description.ts";
import { describeGroup, type TestMeeting } from "./test_meeting.ts";
import { unclaimed } from "./test_client.ts";

/** How often each thing happens, relative to the others. */
const WEIGHTS = {
  connect: 8,
  join: 14,
  decide: 14,
  leave: 1,
  disconnect: 1,
  fault: 1,
  say: 12,
  actOnUser: 12,
  actOnGroup: 12,
  setOwnData: 2,
  answerTokens: 3,
  offer: 4,
  closeFlow: 1,
  request: 3,
  requestFlow: 3,
  answer: 5,
  abort: 1,
  renegotiate: 1,
  sendCandidate: 0.5,
  loseConnection: 1,
  pong: 2,
  misbehave: 0.3,
  change: 1,
  pass: 3,
  shutDown: 0.1,
} as const;

/** One thing that happens: what, to whom, and numbers that say more. */
export interface Step {
  readonly kind: keyof typeof WEIGHTS;
  readonly who: number;
  readonly n: number;
  readonly m: number;
}

/** What happens in a run. */
export interface Story {
  /** Who is there at the start: in which group, with which permissions. */
  readonly members: readonly { readonly n: number; readonly m: number }[];
  readonly steps: readonly Step[];
}

/** Runs among some clients. */
export function stories(): fc.Arbitrary<Story> {
  const kinds = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
    Array.from({ length: weight * 10 }, () => kind as Step["kind"])
  );
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    who: fc.nat(7),
    n: fc.nat(31),
    m: fc.nat(31),
  });
  return fc.record({
    members: fc.array(fc.record({ n: fc.nat(31), m: fc.nat(31) }), {
      minLength: 3,
      maxLength: 6,
      size: "max",
    }),
    steps: fc.array(step, { minLength: 20, maxLength: 90, size: "max" }),
  });
}

const ALL = ["op", "present", "message", "caption", "token"];

/** What the clients of a run may do; those with many rights are many. */
const PERMISSIONS: readonly (readonly string[] | undefined)[] = [
  ALL,
  [...ALL, "record"],
  ALL,
  ["op"],
  ["op", "token"],
  ["op", "message"],
  ["token", "message"],
  ["present", "message"],
  ["present", "message"],
  ["message"],
  ["caption"],
  ["present"],
  [],
  ["record", "admin", "system", "constructor"],
  undefined,
];

/** Descriptions, most of them without anything special. */
const SPECIALS: readonly Partial<GroupDescription>[] = [
  {},
  {},
  {},
  {},
  {},
  {},
  { autolock: true },
  { autokick: true },
  { maxClients: 2 },
  { allowRecording: false, displayName: "other" },
  { allowRecording: true },
  { redirect: "https://example.org/" },
];

const GROUPS = ["g", "g", "g", "h", "g/s"] as GroupName[];
const IDS = ["a", "b", "c", "d", "e", "f", "g", ""];
const USERNAMES = ["", "ann", "bob"];
const USER_KINDS = [
  "op",
  "unop",
  "present",
  "unpresent",
  "shutup",
  "unshutup",
  "identify",
  "kick",
  "setdata",
];
const KINDS = ["", "", "me", "caption", "error", "kicked", "mute"];
const TIMES_MS = [50, 200, 250, 1_000, 15_000, 30_000, 50_000, 4_000_000];

const GROUP_ACTS: readonly (readonly [string, unknown])[] = [
  ["lock", "busy"],
  ["unlock", undefined],
  ["unlock", undefined],
  ["clearchat", undefined],
  ["clearchat", { userId: "a" }],
  ["clearchat", 5],
  ["subgroups", undefined],
  ["setdata", { colour: "red" }],
  ["setdata", { colour: null }],
  ["setdata", { page: 2 }],
  ["setdata", "x"],
  ["record", undefined],
  ["unrecord", undefined],
  ["listtokens", undefined],
  ["edittoken", { token: "t", expires: 5 }],
  ["maketoken", { group: "g", expires: 5, permissions: ["message"] }],
  ["maketoken", { group: "g", expires: 5, permissions: ["op", "record"] }],
  ["maketoken", { group: "h", expires: 5, permissions: [] }],
];

const REQUESTS = [
  { "": ["audio", "video"] },
  { "": ["audio", "video"] },
  { "": ["audio"] },
  { camera: ["video"], "": [] },
  {},
].map(parseRequested);

const LABELS = ["", "camera"];

/** What ends the connection of who says it, and nobody else's. */
const MISDEEDS = [
  { type: "handshake", version: ["2"], id: "x" as ClientId, extensions: [] },
  { type: "groupaction", kind: "explode", value: undefined },
  { type: "useraction", kind: "promote", dest: "a", value: undefined },
  { type: "join", kind: "leave", group: "nowhere" as GroupName },
] as const;

function pick<T>(list: readonly [T, ...T[]] | readonly T[], n: number): T {
  const one = list[n % list.length];
  if (one === undefined && list.length === 0) {
    throw new Error("Nothing to pick");
  }
  return one as T;
}

/** Lets the story's members in. */
export function populate(meeting: TestMeeting, { members }: Story): void {
  for (const [i, { n, m }] of members.entries()) {
    meeting.connect(pick(IDS, i));
    perform(meeting, { kind: "join", who: i, n, m });
    meeting.decide(pick(PERMISSIONS, m), pick(USERNAMES, m), {});
    perform(meeting, { kind: "request", who: i, n, m });
  }
}

/** Lets a step happen. */
export function perform(meeting: TestMeeting, step: Step): void {
  const { n, m, who } = step;
  switch (step.kind) {
    case "connect":
      return meeting.connect(pick(IDS, n));
    case "decide":
      return meeting.decide(
        pick(PERMISSIONS, n),
        pick(USERNAMES, m),
        pick(SPECIALS, m),
      );
    case "answerTokens":
      return meeting.answerTokens(n % 4 === 0);
    case "pass":
      return meeting.pass(pick(TIMES_MS, n));
    case "change": {
      const description = describeGroup(pick(GROUPS, n), pick(SPECIALS, m));
      return meeting.give({ kind: "group-changed", description });
    }
    case "loseConnection":
      return meeting.loseConnection(n, m % 2 === 0);
    case "shutDown":
      return meeting.give({ kind: "shut-down", message: "bye" });
  }
  const session = meeting.sessions[who % meeting.sessions.length];
  if (session === undefined) return;
  switch (step.kind) {
    case "disconnect":
      return meeting.give({ kind: "disconnected", session });
    case "fault":
      return meeting.give({
        kind: "faulted",
        session,
        error: violation("unexpected message"),
      });
    default: {
      const message = toMessage(meeting, session, step);
      if (message !== undefined) meeting.say(session, message);
    }
  }
}

/** What a client says; while it waits to be let in, only what changes nothing. */
function toMessage(
  meeting: TestMeeting,
  session: SessionId,
  step: Step,
): ClientMessage | undefined {
  const { n, m } = step;
  const { model } = meeting.invariants;
  const own = model.members.get(session);
  if (meeting.invariants.isJoining(session)) {
    return step.kind === "leave" ? leave(n) : sayMarked(meeting, session, step);
  }
  switch (step.kind) {
    case "join": {
      if (own !== undefined && n > 0) return undefined;
      const data = m % 3 === 0 ? { from: session } : {};
      meeting.invariants.joinsWith(session, data);
      return unclaimed({
        type: "join",
        kind: "join" as const,
        group: pick(GROUPS, n),
        username: undefined,
        password: undefined,
        token: undefined,
        data,
      });
    }
    case "leave":
      return own && unclaimed({
        type: "join",
        kind: "leave" as const,
        group: own.group.name as GroupName,
      });
    case "say":
      return sayMarked(meeting, session, step);
    case "actOnUser": {
      const kind = pick(USER_KINDS, n);
      const value = kind === "kick" ? "bye" : { mood: n };
      return unclaimed({ type: "useraction", kind, dest: pick(IDS, m), value });
    }
    case "setOwnData": {
      const value = n % 2 === 0 ? { hand: true } : { hand: null };
      const dest = own?.client ?? "";
      return unclaimed({ type: "useraction", kind: "setdata", dest, value });
    }
    case "actOnGroup": {
      const [kind, value] = pick(GROUP_ACTS, n);
      return unclaimed({ type: "groupaction", kind, value });
    }
    case "offer": {
      const replace = m > 24 ? `f${m % 4}` as FlowId : undefined;
      const id = `f${n % 6}` as FlowId;
      const label = pick(LABELS, m);
      const sdp = n % 8 === 7 ? BAD_SDP : "good";
      return unclaimed({ type: "offer", id, replace, label, sdp });
    }
    case "request": {
      const request = pick(REQUESTS, n);
      return own && unclaimed({ type: "request", request });
    }
    case "pong":
      return unclaimed({ type: "pong" });
    case "misbehave":
      return unclaimed(pick(MISDEEDS, n));
    default:
      return toFlowMessage(meeting, session, step);
  }
}

/** What a client says of a flow: its own, one that it gets, or anybody's. */
function toFlowMessage(
  meeting: TestMeeting,
  session: SessionId,
  { kind, n, m }: Step,
): ClientMessage | undefined {
  const id = `f${n % 6}` as FlowId;
  switch (kind) {
    case "closeFlow":
      return unclaimed({ type: "close", id });
    case "abort":
    case "renegotiate":
      return unclaimed({ type: kind, id });
    case "requestFlow": {
      const request = pick([undefined, ["audio"], ["audio", "video"], []], m);
      const tracks = request && parseTracks(request);
      return unclaimed({ type: "requestStream", id, request: tracks });
    }
    case "answer": {
      const { offered, sdp } = meeting.answerOf(session, id, m % 8 !== 7);
      return unclaimed({ type: "answer", id: offered, sdp });
    }
    case "sendCandidate":
      return unclaimed({
        type: "ice",
        id,
        candidate: {
          candidate: "",
          sdpMid: null,
          sdpMLineIndex: null,
          usernameFragment: null,
        },
      });
    default:
      return undefined;
  }
}

function leave(n: number): ClientMessage {
  return unclaimed({ type: "join", kind: "leave", group: pick(GROUPS, n) });
}

/** Words with a mark, and with claims that are now and then not true. */
function sayMarked(
  meeting: TestMeeting,
  session: SessionId,
  { n, m }: Step,
): ClientMessage {
  const mark = meeting.nextMark();
  const own = meeting.invariants.model.members.get(session);
  const source = m % 16 === 1 ? "a" : m % 2 === 0 ? own?.client ?? "" : "";
  const username = m % 16 === 3
    ? "ann" as Username
    : m % 4 === 0
    ? own?.username
    : undefined;
  const message = {
    type: n % 3 === 0 ? "usermessage" as const : "chat" as const,
    kind: pick(KINDS, n),
    id: m % 5 === 0 ? `m${m}` : "",
    dest: m % 3 === 0 ? pick(IDS, m) : "",
    noecho: n % 5 === 0,
    value: { mark },
    claims: { source, username },
  };
  meeting.invariants.mark(mark, session, message);
  return message;
}

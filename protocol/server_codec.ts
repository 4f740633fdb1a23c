/**
 * Server messages to text and back: the server encodes, the client library
 * decodes.
 *
 * @module
 */
import * as v from "valibot";
import { unreadable } from "./errors.ts";
import { FlowStatistics } from "./flow_statistics.ts";
import type { ClientId, FlowId, GroupName, Username } from "./ids.ts";
import type { ServerMessage } from "./server_message.ts";

/** Members that are sent though they are empty: clients read them (A.2). */
const SENT_EVEN_IF_EMPTY: ReadonlySet<string> = new Set([
  "username",
  "value",
  "rtcConfiguration",
  "status",
]);

/** Makes the text for the wire: members that are empty or false are left out. */
export function encodeServerMessage(message: ServerMessage): string {
  return JSON.stringify(Object.fromEntries(
    Object.entries(message).filter(([name, value]) =>
      SENT_EVEN_IF_EMPTY.has(name) || !isEmpty(value) ||
      // Absent means no news of the group's data, so its end must be told.
      (name === "data" && message.type === "joined" && value !== undefined)
    ),
  ));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.keys(value).length === 0;
  }
  return value === "" || value === false;
}

const toFlowId = v.pipe(v.string(), v.transform((id) => id as FlowId));
const toClientId = v.pipe(v.string(), v.transform((id) => id as ClientId));
const toGroupName = v.pipe(v.string(), v.transform((id) => id as GroupName));
const toUsername = v.pipe(v.string(), v.transform((id) => id as Username));
/** Absent and empty mean the same. */
const text = v.optional(v.string(), "");
const flag = v.optional(v.boolean(), false);
const permissions = v.optional(v.array(v.string()), []);
const data = v.record(v.string(), v.unknown());
const username = v.optional(toUsername, "");
const value = v.optional(v.unknown());

const IceServer = v.object({
  urls: v.array(v.string()),
  username: v.exactOptional(v.string()),
  credential: v.exactOptional(v.string()),
  credentialType: v.optional(v.literal("password"), "password"),
});

const Status = v.object({
  name: toGroupName,
  displayName: v.exactOptional(v.string()),
  description: v.exactOptional(v.string()),
  authServer: v.exactOptional(v.string()),
  authPortal: v.exactOptional(v.string()),
  locked: v.exactOptional(v.boolean()),
  clientCount: v.optional(v.number(), 0),
  canChangePassword: v.exactOptional(v.boolean()),
});

const RtcConfiguration = v.object({
  iceServers: v.exactOptional(v.array(IceServer)),
  iceTransportPolicy: v.exactOptional(v.literal("relay")),
});

const Joined = v.variant("kind", [
  v.object({
    type: v.literal("joined"),
    kind: v.picklist(["join", "change", "leave"]),
    group: toGroupName,
    username,
    permissions,
    status: Status,
    data: v.optional(data),
    rtcConfiguration: v.optional(RtcConfiguration, {}),
  }),
  v.object({
    type: v.literal("joined"),
    kind: v.literal("fail"),
    group: v.optional(toGroupName, ""),
    username,
    error: v.optional(v.string()),
    value: text,
  }),
  v.object({
    type: v.literal("joined"),
    kind: v.literal("redirect"),
    group: toGroupName,
    username,
    value: v.string(),
  }),
]);

const User = v.variant("kind", [
  v.object({
    type: v.literal("user"),
    kind: v.picklist(["add", "change"]),
    id: toClientId,
    username,
    permissions,
    data: v.optional(data, {}),
  }),
  v.object({
    type: v.literal("user"),
    kind: v.literal("delete"),
    id: toClientId,
    username,
  }),
]);

/** What chat messages and user messages have in common. */
const said = {
  kind: text,
  id: text,
  source: text,
  username: v.optional(v.string()),
  time: text,
  value,
};

const Ice = v.object({
  type: v.literal("ice"),
  id: toFlowId,
  candidate: v.object({
    candidate: v.string(),
    sdpMid: v.optional(v.nullable(v.string()), null),
    sdpMLineIndex: v.optional(v.nullable(v.number()), null),
    usernameFragment: v.optional(v.nullable(v.string()), null),
  }),
});

const Message = v.variant("type", [
  v.object({
    type: v.literal("handshake"),
    version: v.array(v.string()),
    extensions: v.exactOptional(v.array(v.string())),
  }),
  v.object({ type: v.literal("ping") }),
  v.object({ type: v.literal("pong") }),
  Joined,
  User,
  v.object({
    type: v.literal("chat"),
    ...said,
    dest: text,
    privileged: flag,
    noecho: flag,
  }),
  v.object({ type: v.literal("chathistory"), ...said }),
  v.object({
    type: v.literal("usermessage"),
    ...said,
    dest: text,
    privileged: flag,
    noecho: flag,
    error: v.optional(v.string()),
  }),
  v.object({
    type: v.literal("offer"),
    id: toFlowId,
    label: text,
    replace: v.optional(toFlowId),
    source: v.optional(toClientId, ""),
    username,
    sdp: v.string(),
  }),
  v.object({ type: v.literal("answer"), id: toFlowId, sdp: v.string() }),
  Ice,
  v.object({ type: v.literal("renegotiate"), id: toFlowId }),
  v.object({
    type: v.literal("layers"),
    id: toFlowId,
    rids: v.optional(v.array(v.string()), []),
  }),
  v.object({ type: v.literal("close"), id: toFlowId }),
  v.object({ type: v.literal("abort"), id: toFlowId }),
  v.object({
    type: v.literal("speaking"),
    flows: v.optional(v.array(toFlowId), []),
  }),
  v.object({
    type: v.literal("statistics"),
    up: v.exactOptional(v.array(FlowStatistics)),
    down: v.exactOptional(v.array(FlowStatistics)),
  }),
]);

const TYPES: ReadonlySet<unknown> = new Set<ServerMessage["type"]>([
  "handshake",
  "ping",
  "pong",
  "joined",
  "user",
  "chat",
  "chathistory",
  "usermessage",
  "offer",
  "answer",
  "ice",
  "renegotiate",
  "layers",
  "close",
  "abort",
  "speaking",
  "statistics",
]);

/**
 * Makes a message of parsed JSON, for the client library. What is absent on the
 * wire has its empty value again.
 *
 * @returns `undefined` if the type is unknown: a later version's, to be ignored
 * @throws {ProtocolError} 1011 if it has a known type and is not what that says
 */
export function parseServerMessage(json: unknown): ServerMessage | undefined {
  const kind = v.safeParse(v.object({ type: v.string() }), json);
  if (!kind.success) throw unreadable("Cannot read message: it has no type");
  if (!TYPES.has(kind.output.type)) return undefined;
  const result = v.safeParse(Message, json);
  if (result.success) return result.output;
  const path = v.getDotPath(result.issues[0]) ?? "it";
  throw unreadable(
    `Cannot read message of type "${kind.output.type}": "${path}" is wrong`,
  );
}

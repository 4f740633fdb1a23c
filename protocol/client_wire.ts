/**
 * The one structure that all messages of clients share on the wire, read as
 * Galène reads it: names of members match whatever their case, `null` is the
 * same as absent, unknown members are ignored, and a member of a wrong JSON
 * type makes the message unreadable, even where its value does not matter.
 *
 * @module
 */
import * as v from "valibot";
import { unreadable, violation } from "./errors.ts";
import { isDeeperThan } from "./first_json_value.ts";
import type { JsonObject } from "./server_message.ts";

/**
 * How deep `value`, `data` and `request` may be nested. Clients need 4; what is
 * much deeper can overflow the stack of whoever encodes it again.
 */
const MAX_DEPTH = 64;

const Text = v.optional(v.string());
const Flag = v.optional(v.boolean());
const Texts = v.optional(v.array(v.string()));
const Data = v.optional(v.custom<JsonObject>(isJsonObject));

const Candidate = v.object({
  candidate: v.optional(v.string(), ""),
  sdpMid: v.nullish(v.string(), null),
  sdpMLineIndex: v.nullish(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff)),
    null,
  ),
  usernameFragment: v.nullish(v.string(), null),
});

const WireMessage = v.object({
  type: v.optional(v.string(), ""),
  version: Texts,
  extensions: Texts,
  kind: Text,
  error: Text,
  id: Text,
  replace: Text,
  source: Text,
  dest: Text,
  username: Text,
  password: Text,
  token: Text,
  privileged: Flag,
  permissions: Texts,
  status: Data,
  data: Data,
  group: Text,
  value: v.optional(v.unknown()),
  noecho: Flag,
  time: Text,
  sdp: Text,
  layers: v.nullish(v.boolean(), false),
  candidate: v.optional(Candidate),
  label: Text,
  pixels: v.optional(v.number()),
  request: v.optional(v.unknown()),
  rtcConfiguration: Data,
});

/** All members of a message that a client may send, with their JSON types checked. */
export type WireMessage = v.InferOutput<typeof WireMessage>;

/** The canonical spelling of each member's name, by its lower case. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.keys(WireMessage.entries).map((name) => [name.toLowerCase(), name]),
);

/**
 * Checks the JSON types of a message.
 *
 * @throws {ProtocolError} 1011 if it is not an object or a member has a wrong
 *   type; 1002 if it is nested too deep
 */
export function parseWireMessage(json: unknown): WireMessage {
  if (!isJsonObject(json)) {
    throw unreadable("Cannot read message: it is not a JSON object");
  }
  const result = v.safeParse(WireMessage, withCanonicalNames(json));
  if (!result.success) {
    const path = v.getDotPath(result.issues[0]) ?? "it";
    throw unreadable(`Cannot read message: "${path}" has the wrong type`);
  }
  const { value, data, request } = result.output;
  if ([value, data, request].some((free) => isDeeperThan(free, MAX_DEPTH))) {
    throw violation("message is nested too deep");
  }
  return result.output;
}

function isJsonObject(json: unknown): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Drops nulls and unknown members; of several spellings, the last one counts. */
function withCanonicalNames(json: object): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    const canonical = NAMES.get(name) ?? NAMES.get(name.toLowerCase());
    if (canonical !== undefined && value !== null) members[canonical] = value;
  }
  return members;
}

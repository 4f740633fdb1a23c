/**
 * What a client says to the server, parsed once, here, into closed types. What
 * signalling gets is within the limits below and has all that its type says.
 *
 * @module
 */
import { assertNever } from "../lib/assert_never.ts";
import { parseWireMessage, type WireMessage } from "./client_wire.ts";
import { unreadable, violation } from "./errors.ts";
import { parseFirstJsonValue } from "./first_json_value.ts";
import type { ClientId, FlowId, GroupName, Username } from "./ids.ts";
import { limited, limitedData, optional } from "./limited_text.ts";
import {
  parseRequested,
  parseTracks,
  type RequestedTracks,
} from "./request.ts";
import type { Requested } from "./request.ts";
import type { IceCandidate, JsonObject, Ping, Pong } from "./server_message.ts";

/**
 * The largest tile that makes a difference, in pixels: more than that of a wall
 * of screens.
 */
const MAX_TILE_PIXELS = 1 << 26;

/** The most protocol versions that a handshake may list. */
const MAX_VERSIONS = 16;

/** Whom the sender claims to be. Signalling refuses what is not true. */
export interface Claims {
  /** Empty if not given. */
  readonly source: string;
  readonly username: string | undefined;
}

/** The first message. */
export interface ClientHandshake {
  readonly type: "handshake";
  readonly version: readonly string[];
  /** The client's name for itself, for as long as it is connected. May be empty. */
  readonly id: ClientId;
  /** What it understands beyond the protocol's version. */
  readonly extensions: readonly Extension[];
}

/** What a client may understand besides Galène's protocol; it says so at first. */
export type Extension = (typeof EXTENSIONS)[number];

/** All that there are; others may be named and are ignored. */
export const EXTENSIONS = ["speaking", "statistics", "tiles"] as const;

/** Asks to be let into a group. */
export interface Join {
  readonly type: "join";
  readonly kind: "join";
  readonly group: GroupName;
  readonly username: Username | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
  /** What others shall see of the client from the start. */
  readonly data: JsonObject;
}

/** Leaves the group and stays connected. */
export interface Leave {
  readonly type: "join";
  readonly kind: "leave";
  readonly group: GroupName;
}

/** Says which tracks of others' flows to get. */
export interface Request {
  readonly type: "request";
  readonly request: Requested;
  /**
   * The only flow of which something is wanted. Never on the wire: it is said
   * for those who play one flow and cannot take others (WHEP).
   */
  readonly only?: FlowId;
}

/** The same for one flow. */
export interface RequestStream {
  readonly type: "requestStream";
  readonly id: FlowId;
  /** `undefined` goes back to what `request` says. */
  readonly request: RequestedTracks | undefined;
}

/** Says how large the client shows the picture of a flow that it gets. */
export interface TileSize {
  readonly type: "tile";
  readonly id: FlowId;
  /** Its area, a whole number; 0 if it cannot be seen. */
  readonly pixels: number;
}

/** Publishes a flow, renegotiates it, or offers it in place of another. */
export interface Offer {
  readonly type: "offer";
  readonly id: FlowId;
  readonly replace: FlowId | undefined;
  /** May be empty. */
  readonly label: string;
  readonly sdp: string;
  /** Whether the client wants to know which encodings somebody watches. */
  readonly layers?: boolean;
}

/** Answers the server's offer of somebody's flow. */
export interface Answer {
  readonly type: "answer";
  readonly id: FlowId;
  readonly sdp: string;
}

/** A candidate for either direction. */
export interface Ice {
  readonly type: "ice";
  readonly id: FlowId;
  readonly candidate: IceCandidate;
}

/** `renegotiate`: offer this flow again, with ICE restart; `close`: my own flow
 * ends; `abort`: I do not want this flow of somebody's. */
export interface FlowNotice {
  readonly type: "renegotiate" | "close" | "abort";
  readonly id: FlowId;
}

/** Asks for the figures of the client's own flows and of those that it gets. */
export interface StatisticsQuestion {
  readonly type: "statistics";
}

/** Something for people (`chat`) or for their programs (`usermessage`). */
export interface ClientChat {
  readonly type: "chat" | "usermessage";
  readonly kind: string;
  /** Empty if the server shall choose one. */
  readonly id: string;
  /** Empty for everybody. */
  readonly dest: string;
  readonly noecho: boolean;
  /** Any JSON. */
  readonly value: unknown;
}

/** An operator's act on one user. */
export interface UserAction {
  readonly type: "useraction";
  readonly kind: string;
  readonly dest: string;
  readonly value: unknown;
}

/** An act on the group. */
export interface GroupAction {
  readonly type: "groupaction";
  readonly kind: string;
  readonly value: unknown;
}

/** All that a client may say. */
export type ClientMessage =
  & { readonly claims: Claims }
  & (
    | ClientHandshake
    | Ping
    | Pong
    | Join
    | Leave
    | Request
    | RequestStream
    | TileSize
    | Offer
    | Answer
    | Ice
    | FlowNotice
    | StatisticsQuestion
    | ClientChat
    | UserAction
    | GroupAction
  );

const TYPES = [
  "handshake",
  "ping",
  "pong",
  "join",
  "request",
  "requestStream",
  "tile",
  "offer",
  "answer",
  "ice",
  "renegotiate",
  "close",
  "abort",
  "statistics",
  "chat",
  "usermessage",
  "useraction",
  "groupaction",
] as const;

/**
 * Reads a message from the text of a WebSocket frame.
 *
 * @throws {ProtocolError} see {@linkcode parseClientMessage}; 1011 if the text
 *   does not begin with a JSON object
 */
export function decodeClientMessage(text: string): ClientMessage {
  let json: unknown;
  try {
    json = parseFirstJsonValue(text);
  } catch {
    throw unreadable("Cannot read message: it is not JSON");
  }
  return parseClientMessage(json);
}

/**
 * Makes a message of parsed JSON.
 *
 * @throws {ProtocolError} 1011 if a member has the wrong JSON type; 1002 if the
 *   type is unknown, something needed is missing, or a text is too long
 */
export function parseClientMessage(json: unknown): ClientMessage {
  const wire = parseWireMessage(json);
  const type = TYPES.find((known) => known === wire.type);
  if (type === undefined) throw violation("unexpected message");
  const claims = { source: wire.source ?? "", username: wire.username };
  switch (type) {
    case "handshake":
      return { claims, ...toHandshake(wire) };
    case "ping":
    case "pong":
    case "statistics":
      return { claims, type };
    case "join":
      return { claims, ...toJoinOrLeave(wire) };
    case "request":
      return { claims, type, request: parseRequested(wire.request) };
    case "requestStream":
      return {
        claims,
        type,
        id: toFlowId(wire.id),
        request: wire.request === undefined
          ? undefined
          : parseTracks(wire.request),
      };
    case "tile":
      return {
        claims,
        type,
        id: toFlowId(wire.id),
        pixels: toPixels(wire.pixels),
      };
    case "offer":
      return { claims, ...toOffer(wire) };
    case "answer":
      return {
        claims,
        type,
        id: toFlowId(wire.id),
        sdp: limited(wire.sdp, "sdp"),
      };
    case "ice":
      return { claims, ...toIce(wire) };
    case "renegotiate":
    case "close":
    case "abort":
      return { claims, type, id: toFlowId(wire.id) };
    case "chat":
    case "usermessage":
      return {
        claims,
        type,
        kind: limited(wire.kind, "kind"),
        id: limited(wire.id, "id"),
        dest: limited(wire.dest, "id"),
        noecho: wire.noecho ?? false,
        value: wire.value,
      };
    case "useraction":
      return {
        claims,
        type,
        kind: limited(wire.kind, "kind"),
        dest: limited(wire.dest, "id"),
        value: wire.value,
      };
    case "groupaction":
      return {
        claims,
        type,
        kind: limited(wire.kind, "kind"),
        value: wire.value,
      };
    default:
      return assertNever(type);
  }
}

function toHandshake(wire: WireMessage): ClientHandshake {
  return {
    type: "handshake",
    version: (wire.version ?? []).slice(0, MAX_VERSIONS),
    id: limited(wire.id, "id") as ClientId,
    extensions: EXTENSIONS.filter((one) => wire.extensions?.includes(one)),
  };
}

function toJoinOrLeave(wire: WireMessage): Join | Leave {
  const group = limited(wire.group, "group") as GroupName;
  switch (wire.kind) {
    case "join":
      return {
        type: "join",
        kind: "join",
        group,
        username: optional(wire.username, "username") as Username | undefined,
        password: optional(wire.password, "password"),
        token: optional(wire.token, "token"),
        data: limitedData(wire.data ?? {}),
      };
    case "leave":
      return { type: "join", kind: "leave", group };
    default:
      throw violation("unknown kind");
  }
}

function toOffer(wire: WireMessage): Offer {
  const replace = limited(wire.replace, "id");
  return {
    type: "offer",
    id: toFlowId(wire.id),
    replace: replace === "" ? undefined : replace as FlowId,
    label: limited(wire.label, "label"),
    sdp: limited(wire.sdp, "sdp"),
    ...(wire.layers === true ? { layers: true } : {}),
  };
}

function toIce(wire: WireMessage): Ice {
  const id = toFlowId(wire.id);
  if (wire.candidate === undefined) throw violation("null candidate");
  limited(wire.candidate.candidate, "candidate");
  return { type: "ice", id, candidate: wire.candidate };
}

function toFlowId(text: string | undefined): FlowId {
  const id = limited(text, "id");
  if (id === "") throw violation("empty id");
  return id as FlowId;
}

function toPixels(pixels: number | undefined): number {
  if (pixels === undefined) throw violation("a tile has no pixels");
  const isArea = Number.isInteger(pixels) && pixels >= 0;
  if (!isArea) throw violation("pixels of a tile are no whole number");
  return Math.min(pixels, MAX_TILE_PIXELS);
}

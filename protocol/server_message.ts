/**
 * What the server says to a client, as values without holes: a list that is
 * empty is an empty list here, and absent on the wire. The encoder and the
 * parser beside this file know the difference, nobody else has to.
 *
 * @module
 */
import type { ClientStatistics } from "./flow_statistics.ts";
import type { ClientId, FlowId, GroupName, Username } from "./ids.ts";

/** A JSON object whose members only its users understand. */
export type JsonObject = { readonly [key: string]: unknown };

/** A STUN or TURN server, as `RTCPeerConnection` takes it. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
  /** Sent even for STUN, where it means nothing. */
  readonly credentialType: "password";
}

/** How a browser shall reach media; `{}` if host candidates are enough. */
export interface RtcConfiguration {
  readonly iceServers?: readonly IceServer[];
  readonly iceTransportPolicy?: "relay";
}

/** What a member may know of its group. */
export interface GroupStatus {
  readonly name: GroupName;
  readonly displayName?: string;
  readonly description?: string;
  /** Where to ask for a token with a user name and password, if anywhere. */
  readonly authServer?: string;
  /** Where to send people who come without a token, if anywhere. */
  readonly authPortal?: string;
  readonly locked?: boolean;
  /** Includes the client that is told. */
  readonly clientCount: number;
  readonly canChangePassword?: boolean;
}

/** An ICE candidate, as `RTCIceCandidate` takes it. */
export interface IceCandidate {
  /** `candidate:…`, or empty for the end of candidates. */
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** The server's first message. */
export interface ServerHandshake {
  readonly type: "handshake";
  /** Protocol versions that the server speaks, the best one first. */
  readonly version: readonly string[];
  /** Those of the client's extensions that the server has, too. */
  readonly extensions?: readonly string[];
}

/** Wants a `pong`. */
export interface Ping {
  readonly type: "ping";
}

/** Answers a `ping`. */
export interface Pong {
  readonly type: "pong";
}

/** The client is in the group now, or out of it, or something about that changed. */
export interface JoinedGroup {
  readonly type: "joined";
  readonly kind: "join" | "change" | "leave";
  readonly group: GroupName;
  /** What the server calls the client, whatever it asked for. */
  readonly username: Username;
  readonly permissions: readonly string[];
  readonly status: GroupStatus;
  /** The group's data; absent also where nothing is said about it. */
  readonly data?: JsonObject | undefined;
  readonly rtcConfiguration: RtcConfiguration;
}

/** The client is not let in. It may try again. */
export interface JoinFailed {
  readonly type: "joined";
  readonly kind: "fail";
  readonly group: GroupName;
  readonly username: Username;
  /** For programs; absent for most reasons. */
  readonly error?: string | undefined;
  /** For people. */
  readonly value: string;
}

/** The group is to be found on another server. */
export interface JoinRedirected {
  readonly type: "joined";
  readonly kind: "redirect";
  readonly group: GroupName;
  readonly username: Username;
  /** The URL of the group there. */
  readonly value: string;
}

/** Somebody has come, or has changed. */
export interface UserPresent {
  readonly type: "user";
  readonly kind: "add" | "change";
  readonly id: ClientId;
  readonly username: Username;
  readonly permissions: readonly string[];
  readonly data: JsonObject;
}

/** Somebody has gone. */
export interface UserGone {
  readonly type: "user";
  readonly kind: "delete";
  readonly id: ClientId;
  readonly username: Username;
}

/** A chat message from a client, to everybody or to the one who gets it. */
export interface ServerChat {
  readonly type: "chat";
  /** Empty for private messages. */
  readonly id: string;
  /** Empty if the sender did not give it; then it is the server's. */
  readonly source: string;
  /** Empty if it is for everybody. */
  readonly dest: string;
  readonly username?: string | undefined;
  /** Whether its sender was an operator at that time. */
  readonly privileged: boolean;
  /** RFC 3339. */
  readonly time: string;
  /** Empty, `me`, `caption`, or what clients agree on. */
  readonly kind: string;
  readonly noecho: boolean;
  /** Any JSON. */
  readonly value?: unknown;
}

/** A chat message from before the client came. */
export interface ChatHistoryEntry {
  readonly type: "chathistory";
  readonly id: string;
  readonly source: string;
  readonly username?: string | undefined;
  readonly time: string;
  readonly kind: string;
  readonly value?: unknown;
}

/**
 * A message for the program rather than for the person: from the server
 * (`error`, `warning`, `kicked`, `clearchat`, `token`, `tokenlist`, `userinfo`)
 * or forwarded from another client, of any kind. Only a privileged one may be
 * believed.
 */
export interface ServerUserMessage {
  readonly type: "usermessage";
  readonly kind: string;
  /** The kicker's client id if the kind is `kicked`; else what the sender gave. */
  readonly id: string;
  readonly source: string;
  readonly dest: string;
  readonly username?: string | undefined;
  readonly privileged: boolean;
  /** RFC 3339; empty from the server itself. */
  readonly time: string;
  readonly noecho: boolean;
  /** For programs; absent for most errors. */
  readonly error?: string | undefined;
  /** Any JSON; text for people if the kind is `error`, `warning` or `kicked`. */
  readonly value?: unknown;
}

/** Offers a flow to a viewer, or renegotiates one that it has. */
export interface ServerOffer {
  readonly type: "offer";
  /** The same id that the publisher uses. */
  readonly id: FlowId;
  /** The publisher's label for it, `camera` or `screenshare`; may be empty. */
  readonly label: string;
  /** A flow that the viewer has and whose place this one takes. */
  readonly replace?: FlowId | undefined;
  /** The publisher. */
  readonly source: ClientId;
  readonly username: Username;
  readonly sdp: string;
}

/** Answers the latest offer of a client's own flow. */
export interface ServerAnswer {
  readonly type: "answer";
  readonly id: FlowId;
  readonly sdp: string;
}

/** A candidate for either direction. */
export interface ServerIce {
  readonly type: "ice";
  readonly id: FlowId;
  readonly candidate: IceCandidate;
}

/** Asks the publisher of a flow for an offer with ICE restart. */
export interface ServerRenegotiate {
  readonly type: "renegotiate";
  readonly id: FlowId;
}

/**
 * Which encodings of a client's own flow somebody watches: it need not send the
 * others. An extension of ours, for clients that have asked for it by `layers`
 * in their offer.
 */
export interface ServerLayers {
  readonly type: "layers";
  readonly id: FlowId;
  /** The names of the encodings, as in the client's offer. */
  readonly rids: readonly string[];
}

/** The viewer has this flow no more. */
export interface ServerClose {
  readonly type: "close";
  readonly id: FlowId;
}

/** The server does not take, or no longer takes, this flow of the client's own. */
export interface ServerAbort {
  readonly type: "abort";
  readonly id: FlowId;
}

/**
 * In which flows of the group somebody speaks now: all of them, those first who
 * spoke first. Said only to clients that have asked for it in their handshake.
 */
export interface ServerSpeaking {
  readonly type: "speaking";
  readonly flows: readonly FlowId[];
}

/** Answers a client that has asked for figures. */
export interface ServerStatistics extends ClientStatistics {
  readonly type: "statistics";
}

/** All that the server ever says. */
export type ServerMessage =
  | ServerHandshake
  | Ping
  | Pong
  | JoinedGroup
  | JoinFailed
  | JoinRedirected
  | UserPresent
  | UserGone
  | ServerChat
  | ChatHistoryEntry
  | ServerUserMessage
  | ServerOffer
  | ServerAnswer
  | ServerIce
  | ServerRenegotiate
  | ServerLayers
  | ServerClose
  | ServerAbort
  | ServerSpeaking
  | ServerStatistics;

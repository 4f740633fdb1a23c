import type { GroupStatus as WireGroupStatus } from "../../protocol/server_message.ts";
import type { Stream } from "./stream.ts";

/** How a client proves who it is: a bare string is a password. */
export type Credentials =
  | string
  | { readonly type: "password"; readonly password: string }
  | { readonly type: "token"; readonly token: string }
  | {
    readonly type: "authServer";
    readonly authServer: string;
    readonly location: string;
    readonly password: string;
  };

/** Which tracks of which flows are wanted: by label, `""` for all other labels. */
export type RequestMap = Readonly<Record<string, readonly TrackWish[]>>;

/** A track that can be asked for; `video-low` is the smallest picture there is. */
export type TrackWish = "audio" | "video" | "video-low";

/** A client in the group, as the server tells of it. */
export interface User {
  username: string;
  permissions: readonly string[];
  data: Readonly<Record<string, unknown>>;
  /** What one receives from this user: label → kind of track → whether it comes. */
  streams: Record<string, Record<string, boolean>>;
}

/** The group's state; empty before the group is joined. */
export type GroupStatus = Partial<WireGroupStatus>;

/** Why `onjoined` is called. */
export type JoinedKind = "join" | "change" | "leave" | "fail" | "redirect";

/** What happened to a user. */
export type UserKind = "add" | "change" | "delete";

/** The flow of the given direction, by id. */
export type StreamsById = Readonly<Record<string, Stream>>;

/** Figures of one track over the last interval. */
export interface TrackStats {
  kind?: "audio" | "video";
  /** Media received or sent, in bits a second; absent in the first interval. */
  rate?: number;
  /** Of a picture that is sent in several sizes: the rate of each, the largest first. */
  rates?: readonly number[];
  /** Average audio energy, the square of the volume from 0 to 1. */
  audioEnergy?: number;
  /** Which part of the packets was lost over the last interval, from 0 to 1. */
  loss?: number;
  /** Variation of the packets' delay (RFC 3550 §6.4.1), in milliseconds. */
  jitterMs?: number;
  /** To the server and back, in milliseconds. */
  roundTripMs?: number;
  /** Size of the picture, in pixels. */
  width?: number;
  height?: number;
  framesPerSecond?: number;
  /** How often the picture has stood still since it began, and for how long. */
  freezes?: number;
  frozenSeconds?: number;
}

/** Figures of a flow's tracks, by track id. */
export type StreamStats = Readonly<Record<string, TrackStats>>;

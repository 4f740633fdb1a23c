import type { Instant } from "../lib/time.ts";
import type { FlowId, GroupName, Username } from "../protocol/ids.ts";
import type {
  LiveTrack,
  Negotiation,
  PublisherKey,
  SubscriberKey,
} from "../protocol/media_plane.ts";
import type { Addressee } from "./turn.ts";

/**
 * Where a flow is in its life:
 *
 * ```
 *             answered            tracks
 *   opening ───────────► waiting ────────► pushed
 *      │                    │                │    replaced by a flow that is answered
 *      │ refused            │ replaced       └──────────────────► replaced
 *      ▼                    ▼                                        │ viewers moved
 *    gone                 gone ◄─────────────────────────────────────┘
 * ```
 *
 * Closing leads to "gone" from anywhere. A flow that is gone is not in the table.
 */
export type FlowState =
  /**
   * The media plane has not accepted it yet. Nobody but its owner notices it,
   * so that a refused offer leaves everything else as it was.
   */
  | {
    readonly kind: "opening";
    /**
     * The flows of whose viewers it takes over as soon as it is accepted: the
     * first of these that then is live. More than one if the flow to replace
     * was itself still opening.
     */
    readonly claims: readonly Flow[];
  }
  /** Accepted; viewers hear of it when it has tracks. */
  | {
    readonly kind: "waiting";
    /** The flow, already replaced, whose viewers are waiting for this one. */
    predecessor: Flow | undefined;
    readonly since: Instant;
    /** When to push it though it is not complete. */
    pushAt: Instant | undefined;
  }
  /** Viewers have it, as far as they want it. */
  | { readonly kind: "pushed" }
  /**
   * Another flow of its owner's has taken its place; its owner can do nothing
   * with it any more. It lives on until its viewers have got the other one.
   */
  | {
    readonly kind: "replaced";
    /** Whether all its viewers have been given over to its successor. */
    handedOver: boolean;
  };

/** Something that somebody publishes: a camera, a screen. */
export interface Flow {
  readonly id: FlowId;
  readonly owner: Addressee;
  /** The name of its owner. */
  readonly username: Username;
  readonly group: GroupName;
  readonly label: string;
  readonly publisher: PublisherKey;
  /** Whether its owner wants to know which encodings somebody watches. */
  readonly tellsLayers: boolean;
  /** The number of its owner's latest offer. */
  negotiation: Negotiation;
  state: FlowState;
  /** Tracks that have delivered packets, in the order in which they began. */
  tracks: readonly LiveTrack[];
  /** Subscriptions that the media plane has, also those that are ending. */
  readonly subscriptions: Set<SubscriberKey>;
  /** Whether somebody speaks in it. */
  speaking: boolean;
  /** When its connection was lost, if it has not come back since. */
  lostAt: Instant | undefined;
}

/** Whether a flow is its owner's to renegotiate, to close and to replace. */
export function isLive(flow: Flow): boolean {
  return flow.state.kind !== "replaced";
}

/** A flow, for somebody who chooses one. */
export interface PlayableFlow {
  readonly id: FlowId;
  readonly label: string;
  /** Of its owner. */
  readonly username: Username;
}

import type { Pacer } from "./rtp/congestion/pacer.ts";
import type { PeerFeedback } from "./rtp/congestion/peer_feedback.ts";
import type { SendSideEstimator } from "./rtp/congestion/send_side_estimator.ts";
import type { ViewerEstimate } from "./rtp/remb.ts";
import type { PeerTransport } from "./transport/ports.ts";

/** Where a track's numbers begin; random (RFC 3550 §5.1). */
export interface FirstNumbers {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** Of the retransmissions. */
  readonly rtxSequenceNumber: number;
}

/** What a viewer shows of a flow. */
export interface Tile {
  /** What the flow's picture shows. */
  readonly shows: "screen" | "camera";
  /** How large it is shown, as an area; `undefined` if the viewer does not say. */
  pixels: number | undefined;
}

/** What a track has of the peer that it belongs to. */
export interface SubscriberTrackPeer {
  readonly transport: PeerTransport;
  /** Of all tracks of the peer together, by its REMB. */
  readonly estimate: ViewerEstimate;
  /** Of the path that all flows to the viewer share, where the viewer helps. */
  readonly estimator: SendSideEstimator;
  /** Of the same path: what pictures wait in. */
  readonly pacer: Pacer;
  /** What the viewer says of this peer's packets. */
  readonly feedback: PeerFeedback;
  /** Where the flow's picture is to be seen. */
  readonly tile: Readonly<Tile>;
  /** Called once, when something that can be shown has been forwarded. */
  readonly onShown: () => void;
}

/** Where a track's numbers begin; random (RFC 3550 §5.1). */
export interface FirstNumbers {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** Of the retransmissions. */
  readonly rtxSequenceNumber: number;
}

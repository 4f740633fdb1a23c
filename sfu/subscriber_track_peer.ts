import type { PeerFeedback } from "./rtp/congestion/peer_feedback.ts";
import type { SendSideEstimator } from "./rtp/congestion/send_side_estimator.ts";
import type { ViewerEstimate } from "./rtp/remb.ts";
import type { PeerTransport } from "./transport/ports.ts";

/** What a track has of the peer that it belongs to. */
export interface SubscriberTrackPeer {
  readonly transport: PeerTransport;
  /** Of all tracks of the peer together, by its REMB. */
  readonly estimate: ViewerEstimate;
  /** Of the path that all flows to the viewer share, where the viewer helps. */
  readonly estimator: SendSideEstimator;
  /** What the viewer says of this peer's packets. */
  readonly feedback: PeerFeedback;
  /** What the flow's picture shows. */
  readonly shows: "screen" | "camera";
  /** Called once, when something that can be shown has been forwarded. */
  readonly onShown: () => void;
}

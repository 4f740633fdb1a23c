import * as v from "valibot";
import type { FlowId } from "./ids.ts";

const figure = v.pipe(v.number(), v.finite());
const maybe = v.optional(figure);

/** One track's figures; what nobody knows is absent. */
export const TrackStatistics = v.object({
  /** Bits a second; `maxBitrate` is what the other side is thought to take. */
  bitrate: figure,
  maxBitrate: maybe,
  /** The share of packets that were lost lately: 0 to 1. */
  loss: figure,
  /** There and back, and how much the delay varies, in milliseconds. */
  rtt: maybe,
  jitter: maybe,
  /** Packets asked for again, those that came again, and keyframes asked for. */
  asked: maybe,
  repaired: maybe,
  keyframeRequests: maybe,
  /** Which of a picture's sizes (`sid`) and rates (`tid`) is sent to a viewer. */
  sid: maybe,
  maxSid: maybe,
  tid: maybe,
  maxTid: maybe,
  /** The name of the encoding, where there are several. */
  rid: v.optional(v.string()),
  /** How often a picture had to be left out, as the way carried too little. */
  pauses: maybe,
});

/** One flow's figures. */
export const FlowStatistics = v.object({
  id: v.pipe(v.string(), v.transform((id) => id as FlowId)),
  /** Of what a viewer gets: what its way carries, and the share that it loses. */
  maxBitrate: maybe,
  pathLoss: maybe,
  tracks: v.optional(v.array(TrackStatistics), []),
});

/** One track's figures, as `.stats` and `statistics` have them (B.6). */
export type TrackStatistics = v.InferOutput<typeof TrackStatistics>;

/** One flow's figures, as `.stats` and `statistics` have them (B.6). */
export type FlowStatistics = v.InferOutput<typeof FlowStatistics>;

/** What a client sends and gets; a direction in which nothing goes is absent. */
export interface ClientStatistics {
  readonly up?: readonly FlowStatistics[];
  readonly down?: readonly FlowStatistics[];
}

import type { FlowStatistics } from "../../protocol/flow_statistics.ts";
import type { TrackStats } from "../client/types.ts";

/** How well a flow gets through. */
export type ConnectionQuality = "good" | "fair" | "poor";

/** The figures by which a way is judged. */
type Way = Pick<TrackStats, "loss" | "roundTripMs">;

/** From here on sound breaks up and pictures freeze. Of one, and milliseconds. */
const POOR = { loss: 0.05, roundTripMs: 400 };
/** From here on one notices, but can go on. */
const FAIR = { loss: 0.01, roundTripMs: 200 };

/** Judges by the worst of a flow's tracks. */
export function judge(tracks: readonly Way[]): ConnectionQuality {
  const isBeyond = (limit: typeof POOR) =>
    tracks.some(({ loss = 0, roundTripMs = 0 }) =>
      loss >= limit.loss || roundTripMs >= limit.roundTripMs
    );
  return isBeyond(POOR) ? "poor" : isBeyond(FAIR) ? "fair" : "good";
}

/** The same by what the server sees of a flow. */
export function judgeByServer(
  { tracks, pathLoss = 0 }: FlowStatistics,
): ConnectionQuality {
  return judge([
    { loss: pathLoss },
    ...tracks.map(({ loss, rtt = 0 }) => ({ loss, roundTripMs: rtt })),
  ]);
}

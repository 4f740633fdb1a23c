import type { RequestMap, TrackWish } from "../client/types.ts";
import type { ReceiveChoice } from "../media/preferences.ts";

/** How a flow is shown, and so what is wanted of it. */
export type FlowUse = "large" | "small" | "unseen";

/** What to ask the server for, by label, as Galène's clients do (G.4). */
export function toRequest(receive: ReceiveChoice): RequestMap {
  switch (receive) {
    case "nothing":
      return { "": [] };
    case "audio":
      return { "": ["audio"] };
    case "screenshare":
      return { screenshare: ["audio", "video"], "": ["audio"] };
    case "everything-low":
      return { "": ["audio", "video-low"] };
    case "everything":
      return { "": ["audio", "video"] };
  }
}

/**
 * What to ask for of one flow; `null` for the same as of all others. A picture
 * that nobody sees is not fetched, nor a large one for a small place.
 */
export function toFlowRequest(
  receive: ReceiveChoice,
  use: FlowUse,
): readonly TrackWish[] | null {
  if (receive === "nothing" || receive === "audio") return null;
  if (use === "unseen") return ["audio"];
  return use === "small" && receive === "everything"
    ? ["audio", "video-low"]
    : null;
}

import type { FlowId } from "../../protocol/ids.ts";

/** A flow that can be played. */
export interface PlayableFlow {
  readonly id: FlowId;
  readonly label: string;
  /** Of who sends it. */
  readonly username: string;
}

/** What a player wants to see; what is not said does not matter. */
export interface Wish {
  readonly label?: string | undefined;
  readonly username?: string | undefined;
}

/** The labels of cameras: Galène's clients', and of what comes by WHIP. */
const CAMERAS: readonly string[] = ["camera", ""];

/**
 * Chooses the flow to play: of those that fit the wish, the camera that has been
 * there longest; if there is no camera, whatever has been there longest.
 *
 * @param flows the oldest first
 */
export function chooseFlow(
  flows: readonly PlayableFlow[],
  { label, username }: Wish,
): PlayableFlow | undefined {
  const fitting = flows.filter((flow) =>
    (label === undefined || flow.label === label) &&
    (username === undefined || flow.username === username)
  );
  return fitting.find((flow) => CAMERAS.includes(flow.label)) ?? fitting[0];
}

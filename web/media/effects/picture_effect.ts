/** How the camera's picture can be turned, under Galène's names. */
export const FILTERS = ["none", "horizontal", "vertical", "rotate"] as const;
/** What can stand behind a person instead of the room: pictures are drawn. */
export const BACKGROUNDS = [
  "none",
  "blur",
  "dawn",
  "forest",
  "night",
  "own",
] as const;

/** How the camera's picture is turned. */
export type Filter = (typeof FILTERS)[number];
/** What stands behind a person. */
export type Background = (typeof BACKGROUNDS)[number];

/** What is done to the camera's picture before anybody gets it. */
export interface PictureEffect {
  readonly filter: Filter;
  readonly background: Background;
}

/** Whether the picture stays as it is. */
export function isPlain({ filter, background }: PictureEffect): boolean {
  return filter === "none" && background === "none";
}

/** Cannot do what was chosen; the message says why, for the console. */
export class EffectError extends Error {
  override readonly name = "EffectError";
}

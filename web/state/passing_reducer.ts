import type { Caption, Reaction } from "./session_state.ts";

/** More signs than this at once would cover the page; the oldest goes. */
const MAX_REACTIONS = 12;
/** More lines than this, and they are not captions but a book. */
const MAX_CAPTIONS = 3;

/** Shows a sign. */
export function addReaction(
  reactions: readonly Reaction[],
  reaction: Reaction,
): readonly Reaction[] {
  return [...reactions, reaction].slice(-MAX_REACTIONS);
}

/** Shows a line; what the same person said before goes. */
export function addCaption(
  captions: readonly Caption[],
  caption: Caption,
): readonly Caption[] {
  const others = captions.filter(({ username }) =>
    username !== caption.username
  );
  return [...others, caption].slice(-MAX_CAPTIONS);
}

/** Without what has been shown long enough. */
export function withoutKey<T extends { readonly key: number | string }>(
  shown: readonly T[],
  key: T["key"],
): readonly T[] {
  return shown.filter((each) => each.key !== key);
}

/** A new one comes last; a known one keeps its place. */
export function putByKey<T extends { readonly key: number | string }>(
  shown: readonly T[],
  put: T,
): readonly T[] {
  const known = shown.some(({ key }) => key === put.key);
  if (!known) return [...shown, put];
  return shown.map((each) => each.key === put.key ? put : each);
}

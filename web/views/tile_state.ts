import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { isMuted } from "../state/people.ts";
import type { Flow } from "../state/session_state.ts";
import { speakersOf } from "../state/speakers.ts";
import { judgeByServer } from "./connection_quality.ts";
import { usePage } from "./page.ts";

/** What is said of a flow's publisher and connection on its tile. */
export interface TileState {
  readonly muted: ReadonlySignal<boolean>;
  readonly hand: ReadonlySignal<boolean>;
  readonly speaking: ReadonlySignal<boolean>;
  readonly mirrored: ReadonlySignal<boolean>;
  /** Whether the server sees that little of it gets through. */
  readonly poor: ReadonlySignal<boolean>;
}

/**
 * Follows what a tile says. Each of it is a signal of its own: when one of fifty
 * people begins to speak, one tile is drawn anew.
 */
export function useTileState(current: Flow): TileState {
  const { store, levels, preferences, session } = usePage();
  const flow = useSignal(current);
  useLayoutEffect(() => {
    flow.value = current;
  }, [current]);
  const muted = useComputed(() => {
    const { kind, own, hasAudio, clientId } = flow.value;
    if (kind !== "camera") return false;
    const { people, own: mine } = store.state.value;
    if (own) return !mine.microphone;
    return !hasAudio || isMuted(people, clientId);
  });
  const hand = useComputed(() => {
    const { kind, clientId } = flow.value;
    return kind === "camera" &&
      store.state.value.people.some(({ id, handSinceMs }) =>
        id === clientId && handSinceMs !== undefined
      );
  });
  const speaking = useComputed(() =>
    preferences.current.value.activity && !muted.value &&
    speakersOf(store.state.value, levels.speaking.value)
      .has(flow.value.localId)
  );
  const mirrored = useComputed(() =>
    flow.value.own && flow.value.kind === "camera" &&
    preferences.current.value.mirror
  );
  const poor = useComputed(() => {
    const figures = session.figures.of(flow.value.flowId);
    return figures !== undefined && judgeByServer(figures) === "poor";
  });
  return { muted, hand, speaking, mirrored, poor };
}

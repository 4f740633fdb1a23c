import { type ReadonlySignal, signal } from "@preact/signals";
import type { SessionAction } from "./session_action.ts";
import { reduceSession } from "./session_reducer.ts";
import type { SessionState } from "./session_state.ts";

/** Holds the page's state; views read it, and everybody changes it by actions. */
export interface Store {
  readonly state: ReadonlySignal<SessionState>;
  dispatch(action: SessionAction): void;
}

/** A store that starts in the given state. */
export function createStore(initial: SessionState): Store {
  const state = signal(initial);
  return {
    state,
    dispatch: (action) => {
      state.value = reduceSession(state.peek(), action);
    },
  };
}

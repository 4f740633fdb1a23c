import { createReducedStore, type ReducedStore } from "./reduced_store.ts";
import type { SessionAction } from "./session_action.ts";
import { reduceSession } from "./session_reducer.ts";
import type { SessionState } from "./session_state.ts";

/** Holds the page's state; views read it, and everybody changes it by actions. */
export type Store = ReducedStore<SessionState, SessionAction>;

/** A store that starts in the given state. */
export function createStore(initial: SessionState): Store {
  return createReducedStore(initial, reduceSession);
}

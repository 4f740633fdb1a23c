import { type ReadonlySignal, signal } from "@preact/signals";

/** Holds a page's state, which changes by actions only. */
export interface ReducedStore<State, Action> {
  readonly state: ReadonlySignal<State>;
  dispatch(action: Action): void;
}

/** A store that starts in the given state. */
export function createReducedStore<State, Action>(
  initial: State,
  reduce: (state: State, action: Action) => State,
): ReducedStore<State, Action> {
  const state = signal(initial);
  return {
    state,
    dispatch: (action) => {
      state.value = reduce(state.peek(), action);
    },
  };
}

import { reduceSession } from "./session_reducer.ts";
import type { SessionAction } from "./session_action.ts";
import {
  type Flow,
  initialState,
  type NewEntry,
  type Person,
  type SessionState,
} from "./session_state.ts";

/** The state after these actions, from the start. */
export function after(...actions: SessionAction[]): SessionState {
  return actions.reduce(reduceSession, initialState("maths"));
}

/** A flow with a camera's picture and sound, but for what is given. */
export function flow(given: Partial<Flow> & Pick<Flow, "localId">): Flow {
  return {
    flowId: `id of ${given.localId}`,
    clientId: "bob-client",
    username: "Bob",
    kind: "camera",
    own: false,
    media: null,
    hasAudio: true,
    hasVideo: true,
    stale: false,
    cut: false,
    ...given,
  };
}

/** A person who may present, but for what is given. */
export function person(given: Partial<Person> & Pick<Person, "id">): Person {
  return {
    username: given.id,
    permissions: ["present", "message"],
    muted: false,
    handSinceMs: undefined,
    ...given,
  };
}

/** What Bob says to everybody, but for what is given. */
export function message(
  given: Partial<NewEntry> & Pick<NewEntry, "text">,
): NewEntry {
  return {
    id: `id of ${given.text}`,
    source: "bob-client",
    username: "Bob",
    dest: "",
    destName: "",
    own: false,
    style: "said",
    timeMs: 0,
    ...given,
  };
}

/** Oneself, in the group. */
export const JOINED: SessionAction = {
  kind: "joined",
  me: { id: "me", username: "Ann", permissions: ["present", "message"] },
};

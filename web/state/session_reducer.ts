import { assertNever } from "../../lib/assert_never.ts";
import { addEntry, clearEntries } from "./chat_reducer.ts";
import {
  closeFlow,
  dropStaleFlows,
  markFlowsStale,
  openFlow,
  setFlowLink,
  setFlowMedia,
} from "./flow_reducer.ts";
import { putInvitation } from "./invitations_reducer.ts";
import {
  addCaption,
  addReaction,
  putByKey,
  withoutKey,
} from "./passing_reducer.ts";
import type { SessionAction } from "./session_action.ts";
import { initialState } from "./session_state.ts";
import type { Person, SessionState, Toast } from "./session_state.ts";

/** More notices than this at once would cover the page; the oldest goes. */
const MAX_TOASTS = 4;

/** The state that follows from an action. Pure; shares what did not change. */
export function reduceSession(
  state: SessionState,
  action: SessionAction,
): SessionState {
  switch (action.kind) {
    case "group-described":
      return { ...state, group: { ...state.group, ...action.group } };
    case "join-started":
      return { ...state, phase: { kind: "connecting" } };
    case "join-refused":
      return {
        ...state,
        phase: { kind: "join", refusal: action.refusal },
      };
    case "joined":
      return joined(state, action.me);
    case "me-changed":
      return { ...state, me: action.me };
    case "network-changed":
      return { ...state, online: action.online };
    case "connection-lost":
      return connectionLost(state, action);
    case "departed":
      return departed(state, { kind: "left", departure: action.departure });
    case "join-again":
      return departed(state, { kind: "join" });
    case "person-put":
      return { ...state, people: putPerson(state.people, action.person) };
    case "person-gone":
      return personGone(state, action.id);
    case "flow-opened":
    case "flow-media":
    case "flow-link":
    case "flow-closed":
    case "stale-dropped":
      return { ...state, flows: reduceFlows(state.flows, action) };
    case "speaking-told":
      return { ...state, speaking: action.flowIds };
    case "own-media":
      return { ...state, own: { ...state.own, ...action.own } };
    case "chat-received":
    case "chat-cleared":
    case "chat-addressed":
      return reduceChat(state, action);
    case "panel-toggled":
    case "panel-closed":
      return reducePanel(state, action);
    case "dialog-opened":
      return { ...state, dialog: action.dialog };
    case "dialog-closed":
      return state.dialog === action.dialog
        ? { ...state, dialog: { kind: "none" } }
        : state;
    case "invitation-made":
    case "invitation-seen":
    case "invitations-listed":
      return { ...state, invitations: reduceInvitations(state, action) };
    case "reaction-shown":
    case "reaction-gone":
    case "caption-shown":
    case "caption-gone":
      return { ...state, ...reducePassing(state, action) };
    case "transfer-put":
      return {
        ...state,
        transfers: putByKey(state.transfers, action.transfer),
      };
    case "transfer-gone":
      return {
        ...state,
        transfers: withoutKey(state.transfers, action.key),
      };
    case "toast-shown":
      return { ...state, toasts: addToast(state.toasts, action.toast) };
    case "toast-dismissed":
      return {
        ...state,
        toasts: withoutKey(state.toasts, action.key),
      };
    default:
      return assertNever(action);
  }
}

type ActionOf<Kind extends SessionAction["kind"]> = Extract<
  SessionAction,
  { kind: Kind }
>;

/** People come anew with each join; what was said and shown stays. */
function joined(state: SessionState, me: SessionState["me"]): SessionState {
  return {
    ...state,
    phase: { kind: "call", link: { kind: "up" } },
    me,
    people: [],
    speaking: [],
    // The server replays the history; what it does not replay was private.
    chat: {
      ...state.chat,
      entries: state.chat.entries.filter((entry) =>
        entry.dest !== "" || entry.style === "note"
      ),
    },
  };
}

function connectionLost(
  state: SessionState,
  { attempt, why }: ActionOf<"connection-lost">,
): SessionState {
  if (state.phase.kind !== "call") return state;
  // A server that stops locks its groups, which is over when it is back.
  const group = why === "server-stops"
    ? { ...state.group, locked: false }
    : state.group;
  return {
    ...state,
    group,
    phase: { kind: "call", link: { kind: "lost", attempt, why } },
    flows: markFlowsStale(state.flows),
    speaking: [],
  };
}

function departed(
  state: SessionState,
  phase: SessionState["phase"],
): SessionState {
  const fresh = initialState(state.group.name);
  const { group, toasts, online } = state;
  return { ...fresh, phase, group, toasts, online };
}

function putPerson(
  people: readonly Person[],
  person: Person,
): readonly Person[] {
  const known = people.some((other) => other.id === person.id);
  if (!known) return [...people, person];
  return people.map((other) => other.id === person.id ? person : other);
}

function personGone(state: SessionState, id: string): SessionState {
  const wasAddressed = state.chat.to === id;
  return {
    ...state,
    people: state.people.filter((person) => person.id !== id),
    chat: wasAddressed ? { ...state.chat, to: "" } : state.chat,
  };
}

function reduceFlows(
  flows: SessionState["flows"],
  action: ActionOf<
    | "flow-opened"
    | "flow-media"
    | "flow-link"
    | "flow-closed"
    | "stale-dropped"
  >,
): SessionState["flows"] {
  switch (action.kind) {
    case "flow-opened":
      return openFlow(flows, action.flow);
    case "flow-media":
      return setFlowMedia(flows, action);
    case "flow-link":
      return setFlowLink(flows, action);
    case "flow-closed":
      return closeFlow(flows, action.localId);
    case "stale-dropped":
      return dropStaleFlows(flows);
    default:
      return assertNever(action);
  }
}

function reduceInvitations(
  { invitations }: SessionState,
  action: ActionOf<
    "invitation-made" | "invitation-seen" | "invitations-listed"
  >,
): SessionState["invitations"] {
  switch (action.kind) {
    case "invitation-made":
      return putInvitation(invitations, action.token);
    case "invitation-seen":
      return { ...invitations, made: undefined };
    case "invitations-listed":
      return { ...invitations, list: action.tokens };
    default:
      return assertNever(action);
  }
}

function reducePassing(
  { reactions, captions }: SessionState,
  action: ActionOf<
    "reaction-shown" | "reaction-gone" | "caption-shown" | "caption-gone"
  >,
): Partial<SessionState> {
  switch (action.kind) {
    case "reaction-shown":
      return { reactions: addReaction(reactions, action.reaction) };
    case "reaction-gone":
      return { reactions: withoutKey(reactions, action.key) };
    case "caption-shown":
      return { captions: addCaption(captions, action.caption) };
    case "caption-gone":
      return { captions: withoutKey(captions, action.key) };
    default:
      return assertNever(action);
  }
}

function reduceChat(
  state: SessionState,
  action: ActionOf<"chat-received" | "chat-cleared" | "chat-addressed">,
): SessionState {
  switch (action.kind) {
    case "chat-received": {
      const { entry, history } = action;
      const seen = history || entry.own || entry.style === "note" ||
        state.panel === "chat";
      return {
        ...state,
        chat: addEntry(state.chat, { ...entry, history }, seen),
      };
    }
    case "chat-cleared":
      return { ...state, chat: clearEntries(state.chat, action) };
    case "chat-addressed":
      return {
        ...state,
        panel: "chat",
        chat: { ...state.chat, to: action.to, unread: 0 },
      };
    default:
      return assertNever(action);
  }
}

function reducePanel(
  state: SessionState,
  action: ActionOf<"panel-toggled" | "panel-closed">,
): SessionState {
  const closes = action.kind === "panel-closed" ||
    action.panel === state.panel;
  if (closes) return { ...state, panel: "none" };
  const chat = action.panel === "chat"
    ? { ...state.chat, unread: 0 }
    : state.chat;
  return { ...state, panel: action.panel, chat };
}

/** A notice that says the same as one that is still shown takes its place. */
function addToast(toasts: readonly Toast[], toast: Toast): readonly Toast[] {
  const others = toasts.filter((other) => other.text !== toast.text);
  return [...others, toast].slice(-MAX_TOASTS);
}

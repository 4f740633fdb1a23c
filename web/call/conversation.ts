import { type ClearChat, parseClearChat } from "../client/mod.ts";
import type { ServerConnection } from "../client/server_connection.ts";
import { type NewEntry, type Sign, SIGNS } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";
import { STRINGS } from "../strings.ts";
import { receiveAnswer } from "./answers.ts";
import type { Notices } from "./notices.ts";
import type { Passing } from "./passing.ts";

/** The kind of user message by which signs travel. */
export const REACTION_KIND = "reaction";

/** What messages of the server's or of an operator's make the page do. */
export interface ConversationEvents {
  /** An operator has muted us. */
  handleMuted(by: string): void;
  /** An operator has put us out; the connection's end follows. */
  handleKicked(by: string, message: string): void;
}

/** Where what is said ends up. */
export interface ConversationParts {
  readonly store: Store;
  readonly notices: Notices;
  readonly passing: Passing;
}

/** Puts what is said on a connection into the conversation, or before the user. */
export function receiveMessages(
  connection: ServerConnection,
  parts: ConversationParts,
  events: ConversationEvents,
): void {
  const { store, passing } = parts;
  connection.onchat = (
    id,
    source,
    dest,
    username,
    time,
    _privileged,
    history,
    kind,
    message,
  ) => {
    if (kind === "caption") {
      if (!history) passing.showCaption({ username, text: String(message) });
      return;
    }
    if (kind !== "" && kind !== "me") return;
    // The answer to `subgroups` comes like this, from nobody.
    const fromServer = source === "" && dest === connection.id;
    if (fromServer) return note(store, toSubgroups(String(message)));
    store.dispatch({
      kind: "chat-received",
      history,
      entry: {
        id,
        source,
        username,
        dest,
        destName: nameOf(connection, dest),
        own: source === connection.id,
        style: kind === "me" ? "emote" : "said",
        timeMs: (time ?? new Date()).valueOf(),
        text: String(message),
      },
    });
  };
  receiveUserMessages(connection, parts, events);
}

function receiveUserMessages(
  connection: ServerConnection,
  { store, notices, passing }: ConversationParts,
  events: ConversationEvents,
): void {
  connection.onusermessage = (
    source,
    _dest,
    username,
    _time,
    privileged,
    kind,
    error,
    message,
  ) => {
    if (kind === REACTION_KIND) {
      if (!isSign(message)) return;
      return passing.showReaction({
        clientId: source,
        username,
        sign: message,
      });
    }
    // Anybody may send any kind; only the server marks whom one may believe.
    if (!privileged) return;
    switch (kind) {
      case "error":
      case "warning":
      case "info":
        return notices.show(kind, toWords(String(message)));
      case "kicked":
        return events.handleKicked(username, String(message));
      case "mute":
        return events.handleMuted(username);
      case "clearchat":
        return handleCleared(store, parseClearChat(message));
      case "token":
      case "tokenlist":
      case "userinfo":
        return receiveAnswer(kind, error, message, store, notices);
    }
  };
}

/** Says something: to everybody, or to the one person with that client id. */
export function say(
  connection: ServerConnection,
  store: Store,
  said: { readonly text: string; readonly to: string; readonly emote: boolean },
  nowMs: number,
): void {
  const { text, to, emote } = said;
  connection.chat(emote ? "me" : "", to, text);
  if (to === "") return;
  // The server echoes what is for everybody, but not what is private.
  const entry: NewEntry = {
    id: "",
    source: connection.id,
    username: connection.username ?? "",
    dest: to,
    destName: nameOf(connection, to),
    own: true,
    style: emote ? "emote" : "said",
    timeMs: nowMs,
    text,
  };
  store.dispatch({ kind: "chat-received", entry, history: false });
}

/** Writes into the conversation what nobody else sees. */
export function note(store: Store, text: string): void {
  store.dispatch({
    kind: "chat-received",
    history: false,
    entry: {
      id: "",
      source: "",
      username: "",
      dest: "",
      destName: "",
      own: true,
      style: "note",
      timeMs: Date.now(),
      text,
    },
  });
}

function nameOf(connection: ServerConnection, id: string): string {
  if (id === "") return "";
  return connection.users[id]?.username || STRINGS.anonymous;
}

function isSign(value: unknown): value is Sign {
  return SIGNS.some((sign) => sign === value);
}

function handleCleared(store: Store, { id, userId }: ClearChat): void {
  store.dispatch({
    kind: "chat-cleared",
    ...(id !== undefined && { id }),
    ...(userId !== undefined && { source: userId }),
  });
}

/** Some of what the server says is for programs rather than for people. */
function toWords(message: string): string {
  return message === "permission denied"
    ? STRINGS.call.mayPresentNoLonger
    : message;
}

/** `maths/one (2 clients)` and so on, in the user's language. */
function toSubgroups(message: string): string {
  const lines = message.split("\n").filter((line) => line !== "");
  if (lines.length === 0) return STRINGS.commands.noSubgroups;
  return lines.map((line) => {
    const [, name, count] = /^(.*) \((\d+) clients?\)$/.exec(line) ?? [];
    return name === undefined
      ? line
      : STRINGS.group.subgroupLine({ name, count: Number(count) });
  }).join("\n");
}

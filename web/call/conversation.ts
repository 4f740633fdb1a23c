import type { ServerConnection } from "../client/server_connection.ts";
import type { ChatEntry } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";
import { STRINGS } from "../strings.ts";
import type { Notices } from "./notices.ts";

/** What messages of the server's or of an operator's make the page do. */
export interface ConversationEvents {
  /** An operator has muted us. */
  handleMuted(by: string): void;
  /** An operator has put us out; the connection's end follows. */
  handleKicked(by: string, message: string): void;
}

/** Puts what is said on a connection into the conversation, or before the user. */
export function receiveMessages(
  connection: ServerConnection,
  store: Store,
  notices: Notices,
  events: ConversationEvents,
): void {
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
    // Captions are not for the conversation.
    if (kind !== "" && kind !== "me") return;
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
        emote: kind === "me",
        timeMs: (time ?? new Date()).valueOf(),
        text: String(message),
      },
    });
  };
  connection.onusermessage = (
    _id,
    _dest,
    username,
    _time,
    privileged,
    kind,
    _error,
    message,
  ) => {
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
        return store.dispatch({
          kind: "chat-cleared",
          ...clearedMessages(message),
        });
    }
  };
}

/**
 * Says something: to everybody, or to the one person whom the conversation is
 * addressed to. A text that begins with `/me ` is said in the third person.
 */
export function say(
  connection: ServerConnection,
  store: Store,
  text: string,
  nowMs: number,
): void {
  const { to } = store.state.peek().chat;
  const emote = text.startsWith("/me ");
  const words = emote ? text.slice("/me ".length) : text;
  connection.chat(emote ? "me" : "", to, words);
  if (to === "") return;
  // The server echoes what is for everybody, but not what is private.
  const entry: Omit<ChatEntry, "key"> = {
    id: "",
    source: connection.id,
    username: connection.username ?? "",
    dest: to,
    destName: nameOf(connection, to),
    own: true,
    emote,
    timeMs: nowMs,
    text: words,
  };
  store.dispatch({ kind: "chat-received", entry, history: false });
}

function nameOf(connection: ServerConnection, id: string): string {
  if (id === "") return "";
  return connection.users[id]?.username || STRINGS.anonymous;
}

/** Which messages a `clearchat` takes away: `{ id, userId }`, both optional. */
function clearedMessages(value: unknown): { id?: string; source?: string } {
  if (typeof value !== "object" || value === null) return {};
  const { id, userId } = Object.fromEntries(Object.entries(value));
  return {
    ...(typeof id === "string" && { id }),
    ...(typeof userId === "string" && { source: userId }),
  };
}

/** Some of what the server says is for programs rather than for people. */
function toWords(message: string): string {
  return message === "permission denied"
    ? STRINGS.call.mayPresentNoLonger
    : message;
}

import type { WallTime } from "../lib/time.ts";
import type { Claims, ClientChat } from "../protocol/client_message.ts";
import type {
  ServerChat,
  ServerUserMessage,
} from "../protocol/server_message.ts";
import type { Group, Member } from "./group.ts";
import { may } from "./permissions.ts";
import type { Turn } from "./turn.ts";

/**
 * How many UTF-16 units of JSON a value may have, in chat and user messages.
 * Everybody in the group gets it, so a megabyte, which is what a message may
 * have, would be a gigabyte for a thousand. Lower refuses long texts that
 * somebody pastes; what is longer could not be told to newcomers either.
 */
export const MAX_VALUE_LENGTH = 1 << 18;

/** A message that somebody in a group has said. */
export interface Saying {
  readonly group: Group;
  readonly sender: Member;
  readonly message: ClientChat & { readonly claims: Claims };
}

/**
 * Passes on what a member says, to everybody or to one. It is
 * made anew of what the sender may decide; the rest is the server's.
 *
 * @param randomId makes an id for a message that everybody gets and has none
 */
export function handleChat(
  { group, sender, message }: Saying,
  randomId: () => string,
  turn: Turn,
): void {
  const isCaption = message.type === "chat" && message.kind === "caption";
  if (!may(sender, isCaption ? "caption" : "chat")) {
    return turn.sendError(sender, "not authorised");
  }
  if (lengthOf(message.value) > MAX_VALUE_LENGTH) {
    turn.countLimit("chatLength");
    return turn.sendError(sender, "message is too long");
  }
  const forwarded = toForwarded(sender, message, turn.now.wall);
  if (message.dest !== "") {
    const to = group.find(message.dest);
    if (to === undefined) return turn.sendError(sender, "user unknown");
    if (to.isProgram) return turn.sendError(sender, "this user doesn't chat");
    return turn.send(to.session, forwarded);
  }
  if (forwarded.type === "usermessage") {
    return broadcast(group, sender, forwarded, turn);
  }
  const chat = { ...forwarded, id: forwarded.id || randomId() };
  // Captions are of the moment: told later, they are only noise.
  if (!isCaption) keep(group, chat, turn.now.wall);
  broadcast(group, sender, chat, turn);
}

function lengthOf(value: unknown): number {
  if (value === undefined) return 0;
  return typeof value === "string"
    ? value.length
    : JSON.stringify(value).length;
}

function toForwarded(
  sender: Member,
  message: Saying["message"],
  now: WallTime,
): ServerChat | ServerUserMessage {
  const { type, id, dest, kind, noecho, value, claims } = message;
  return {
    type,
    id,
    source: claims.source,
    dest,
    username: claims.username,
    privileged: may(sender, "speakPrivileged"),
    time: toRfc3339(now),
    kind,
    noecho,
    value,
  };
}

function broadcast(
  group: Group,
  sender: Member,
  message: ServerChat | ServerUserMessage,
  turn: Turn,
): void {
  group.broadcast(message, turn, message.noecho ? sender.session : undefined);
}

function keep(group: Group, chat: ServerChat, now: WallTime): void {
  const { id, source, username, time, kind, value } = chat;
  const entry = {
    type: "chathistory",
    id,
    source,
    username,
    time,
    kind,
    value,
  };
  group.history.add({ ...entry, type: "chathistory" }, now);
}

/** A moment as in RFC 3339, in UTC, to the second. */
export function toRfc3339(time: WallTime): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

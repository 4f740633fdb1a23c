import type { ChatEntry, ChatState } from "./session_state.ts";

/** Adds a message. Unless it is `seen`, it counts as unread. */
export function addEntry(
  chat: ChatState,
  entry: Omit<ChatEntry, "key">,
  seen: boolean,
): ChatState {
  return {
    ...chat,
    entries: [...chat.entries, { ...entry, key: chat.nextKey }],
    nextKey: chat.nextKey + 1,
    unread: seen ? chat.unread : chat.unread + 1,
  };
}

/** Takes messages away: one, all of a person's, or all. */
export function clearEntries(
  chat: ChatState,
  which: { readonly id?: string; readonly source?: string },
): ChatState {
  const { id, source } = which;
  const entries = chat.entries.filter((entry) =>
    (source !== undefined && entry.source !== source) ||
    (id !== undefined && entry.id !== id)
  );
  return { ...chat, entries, unread: Math.min(chat.unread, entries.length) };
}

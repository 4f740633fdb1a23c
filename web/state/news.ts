import type { Person, SessionState } from "./session_state.ts";

/** Something that somebody who looks elsewhere may want to know. */
export type News =
  | {
    readonly kind: "message";
    readonly username: string;
    readonly text: string;
  }
  | { readonly kind: "came" | "went" | "hand"; readonly username: string };

/**
 * What others did between two states. Nothing counts that comes with joining or
 * goes with leaving: people who were there and what was said before.
 */
export function newsBetween(
  before: SessionState,
  after: SessionState,
): readonly News[] {
  const inCall = isUp(before) && isUp(after);
  if (!inCall || before.me.id !== after.me.id) return [];
  return [...newMessages(before, after), ...peopleNews(before, after)];
}

function isUp({ phase }: SessionState): boolean {
  return phase.kind === "call" && phase.link.kind === "up";
}

function newMessages(before: SessionState, after: SessionState): News[] {
  const { nextKey } = before.chat;
  return after.chat.entries
    .filter(({ key, own, history }) => key >= nextKey && !own && !history)
    .map(({ username, text }) => ({ kind: "message", username, text }));
}

function peopleNews(before: SessionState, after: SessionState): News[] {
  if (before.people === after.people) return [];
  const known = byId(before.people);
  const now = byId(after.people);
  const news: News[] = [];
  for (const { id, username, handSinceMs } of after.people) {
    if (id === after.me.id) continue;
    const was = known.get(id);
    if (was === undefined) news.push({ kind: "came", username });
    else if (was.handSinceMs === undefined && handSinceMs !== undefined) {
      news.push({ kind: "hand", username });
    }
  }
  for (const { id, username } of before.people) {
    if (!now.has(id)) news.push({ kind: "went", username });
  }
  return news;
}

function byId(people: readonly Person[]): ReadonlyMap<string, Person> {
  return new Map(people.map((person) => [person.id, person]));
}

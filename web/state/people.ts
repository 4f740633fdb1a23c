import type { Flow, Me, Person } from "./session_state.ts";

/** A person as the list shows them. */
export interface ListedPerson extends Person {
  readonly isMe: boolean;
  readonly isOperator: boolean;
  readonly mayPresent: boolean;
  readonly microphone: "on" | "muted" | "none";
  readonly camera: boolean;
  readonly screen: boolean;
}

/** Oneself first, then all others alphabetically. */
export function listPeople(
  people: readonly Person[],
  flows: readonly Flow[],
  me: Me,
): readonly ListedPerson[] {
  return people
    .map((person) => toListed(person, flows, me))
    .toSorted(byPlace);
}

/** Whether what a person sends is heard, as far as one can tell. */
export function isMuted(people: readonly Person[], clientId: string): boolean {
  return people.some((person) => person.id === clientId && person.muted);
}

function toListed(
  person: Person,
  flows: readonly Flow[],
  me: Me,
): ListedPerson {
  const theirs = flows.filter((flow) => flow.clientId === person.id);
  const speaks = theirs.some((flow) => flow.kind === "camera" && flow.hasAudio);
  return {
    ...person,
    isMe: person.id === me.id,
    isOperator: person.permissions.includes("op"),
    mayPresent: person.permissions.includes("present"),
    microphone: !speaks ? "none" : person.muted ? "muted" : "on",
    camera: theirs.some((flow) => flow.kind === "camera" && flow.hasVideo),
    screen: theirs.some((flow) => flow.kind === "screen"),
  };
}

function byPlace(a: ListedPerson, b: ListedPerson): number {
  if (a.isMe !== b.isMe) return a.isMe ? -1 : 1;
  const names = a.username.localeCompare(b.username);
  if (names !== 0) return names;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

import type { Flow, Me, Person } from "./session_state.ts";

/** A person as the list shows them. */
export interface ListedPerson extends Person {
  readonly isMe: boolean;
  readonly isOperator: boolean;
  readonly mayPresent: boolean;
  readonly microphone: "on" | "muted" | "none";
  readonly camera: boolean;
  readonly screen: boolean;
  readonly mayChat: boolean;
  /** A server's own client, such as one that records. */
  readonly isSystem: boolean;
  /** From 1 on, in the order in which hands went up; 0 with the hand down. */
  readonly handNumber: number;
}

/** Oneself first, then raised hands in their order, then all others alphabetically. */
export function listPeople(
  people: readonly Person[],
  flows: readonly Flow[],
  me: Me,
): readonly ListedPerson[] {
  const hands = raisedHands(people).map(({ id }) => id);
  return people
    .map((person) => toListed(person, flows, me, hands))
    .toSorted(byPlace);
}

/** Those who have their hands up, in the order in which they raised them. */
export function raisedHands(people: readonly Person[]): readonly Person[] {
  return people
    .filter(({ handSinceMs }) => handSinceMs !== undefined)
    .toSorted((a, b) => (a.handSinceMs ?? 0) - (b.handSinceMs ?? 0));
}

/** Whether the call is recorded: the server's own client is there then. */
export function isRecorded(people: readonly Person[]): boolean {
  return people.some(({ permissions }) => permissions.includes("system"));
}

/** Whether what a person sends is heard, as far as one can tell. */
export function isMuted(people: readonly Person[], clientId: string): boolean {
  return people.some((person) => person.id === clientId && person.muted);
}

function toListed(
  person: Person,
  flows: readonly Flow[],
  me: Me,
  hands: readonly string[],
): ListedPerson {
  const theirs = flows.filter((flow) => flow.clientId === person.id);
  const speaks = theirs.some((flow) => flow.kind === "camera" && flow.hasAudio);
  return {
    ...person,
    isMe: person.id === me.id,
    isOperator: person.permissions.includes("op"),
    mayPresent: person.permissions.includes("present"),
    mayChat: person.permissions.includes("message"),
    isSystem: person.permissions.includes("system"),
    handNumber: hands.indexOf(person.id) + 1,
    microphone: !speaks ? "none" : person.muted ? "muted" : "on",
    camera: theirs.some((flow) => flow.kind === "camera" && flow.hasVideo),
    screen: theirs.some((flow) => flow.kind === "screen"),
  };
}

function byPlace(a: ListedPerson, b: ListedPerson): number {
  if (a.isMe !== b.isMe) return a.isMe ? -1 : 1;
  const hands = placeOfHand(a) - placeOfHand(b);
  if (hands !== 0) return hands;
  const names = a.username.localeCompare(b.username);
  if (names !== 0) return names;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Hands that are down come after all others. */
function placeOfHand({ handNumber }: ListedPerson): number {
  return handNumber === 0 ? Number.MAX_SAFE_INTEGER : handNumber;
}

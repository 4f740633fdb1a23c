import type { PreferenceStore } from "../../media/preference_store.ts";
import type { Person } from "../../state/session_state.ts";
import type { Store } from "../../state/store.ts";
import { STRINGS } from "../../strings.ts";
import type { CallSession } from "../call_session.ts";
import type { Notices } from "../notices.ts";

/** What commands act through. */
export interface CommandContext {
  readonly session: CallSession;
  readonly store: Store;
  readonly preferences: PreferenceStore;
  readonly notices: Notices;
}

/** The names of all commands. */
export type CommandName = Exclude<
  {
    [Name in keyof typeof STRINGS.commands]:
      (typeof STRINGS.commands)[Name] extends string ? Name : never;
  }[keyof typeof STRINGS.commands],
  "listTitle" | "noTokens" | "noSubgroups" | "noRelay" | "relayFails"
>;

/** Something that can be done by writing `/name` in the chat. */
export interface Command {
  readonly name: CommandName;
  /** What is to be written behind the name; absent if nothing. */
  readonly parameters?: keyof typeof STRINGS.commands.parameters;
  /** Permissions that it takes, all of them. */
  readonly needs?: readonly string[];
  /**
   * Carries it out.
   *
   * @param rest what was written behind the name
   * @returns why that is not possible, in words
   */
  run(context: CommandContext, rest: string): string | undefined | void;
}

/** Whether a command can be used with these permissions. */
export function isAllowed(
  command: Command,
  permissions: readonly string[],
): boolean {
  return (command.needs ?? []).every((need) => permissions.includes(need));
}

/** `/name parameters`, as one writes it. */
export function toUsage({ name, parameters }: Command): string {
  return parameters === undefined
    ? `/${name}`
    : `/${name} ${STRINGS.commands.parameters[parameters]}`;
}

/** A person in the group, or why there is none, in words. */
export type PersonFound =
  | { readonly kind: "found"; readonly person: Person }
  | { readonly kind: "not-found"; readonly problem: string };

/** Finds somebody by client id or exact user name. */
export function findPerson(
  people: readonly Person[],
  name: string,
): PersonFound {
  const byId = people.find(({ id }) => id === name);
  if (byId !== undefined) return { kind: "found", person: byId };
  const [person, other] = people.filter(({ username }) => username === name);
  const words = STRINGS.commands;
  if (person === undefined) {
    return { kind: "not-found", problem: words.noSuchUser({ name }) };
  }
  if (other !== undefined) {
    return { kind: "not-found", problem: words.ambiguousUser({ name }) };
  }
  return { kind: "found", person };
}

/**
 * Who is where and may do what, kept by a test from what clients say: a second
 * opinion, in its own words, to judge the router by.
 *
 * @module
 */
import type { ClientMessage, UserAction } from "../protocol/client_message.ts";
import type { SessionId } from "../protocol/ids.ts";
import type { JsonObject } from "../protocol/server_message.ts";
import type { GroupDescription } from "./group_description.ts";

/** Somebody in a group, as far as the test knows. */
export interface ModelMember {
  readonly session: SessionId;
  readonly client: string;
  readonly username: string;
  readonly group: ModelGroup;
  permissions: readonly string[];
  data: JsonObject;
}

/** A group, as far as the test knows. */
export interface ModelGroup {
  readonly name: string;
  description: GroupDescription | undefined;
  isLocked: boolean;
  data: JsonObject;
  /** What newcomers may be told, by the mark of each message. */
  history: { readonly mark: number; readonly source: string }[];
}

/** Which permission each action on users needs, and what it does to its target. */
const CHANGES: Readonly<
  Record<string, { readonly add?: string[]; readonly remove?: string[] }>
> = {
  op: { add: ["op"] },
  unop: { remove: ["op", "record"] },
  present: { add: ["present"] },
  unpresent: { remove: ["present"] },
  shutup: { remove: ["message"] },
  unshutup: { add: ["message"] },
};

/** See the module's text. */
export class PermissionModel {
  readonly members = new Map<SessionId, ModelMember>();
  readonly #groups = new Map<string, ModelGroup>();

  /** A group by its name; it need not be in the router's memory. */
  group(name: string): ModelGroup {
    const group = this.#groups.get(name) ?? {
      name,
      description: undefined,
      isLocked: false,
      data: {},
      history: [],
    };
    this.#groups.set(name, group);
    return group;
  }

  /** All groups ever heard of. */
  get groups(): readonly ModelGroup[] {
    return [...this.#groups.values()];
  }

  /** Who is in a group. */
  membersOf(group: ModelGroup): readonly ModelMember[] {
    return [...this.members.values()].filter((one) => one.group === group);
  }

  /** A member by its own id. */
  find(group: ModelGroup, client: string): ModelMember | undefined {
    return this.membersOf(group).find((one) => one.client === client);
  }

  /** Whether an operator is in a group. */
  hasOperator(group: ModelGroup): boolean {
    return this.membersOf(group).some((one) => one.permissions.includes("op"));
  }

  /** Does to the model what a message does, if its sender may. */
  apply(sender: ModelMember, message: ClientMessage): void {
    if (message.type === "useraction") return this.#actOnUser(sender, message);
    if (message.type !== "groupaction") return;
    if (!sender.permissions.includes("op")) return;
    const { group } = sender;
    const { kind, value } = message;
    if (kind === "lock" || kind === "unlock") group.isLocked = kind === "lock";
    if (kind === "setdata") group.data = merged(group.data, value);
    if (kind === "clearchat" && (value === undefined || isObject(value))) {
      const source = isObject(value) ? value["userId"] : undefined;
      group.history = source === undefined
        ? []
        : group.history.filter((one) => one.source !== source);
    }
  }

  #actOnUser(sender: ModelMember, { kind, dest, value }: UserAction): void {
    if (kind === "setdata" && dest === sender.client) {
      sender.data = merged(sender.data, value);
    }
    const change = CHANGES[kind];
    const target = this.find(sender.group, dest);
    if (!change || !target || !sender.permissions.includes("op")) return;
    const { remove = [] } = change;
    const records = kind === "op" &&
      sender.group.description?.allowRecording === true;
    const add = [...change.add ?? [], ...records ? ["record"] : []];
    target.permissions = [
      ...target.permissions.filter((one) => !remove.includes(one)),
      ...add.filter((one) => !target.permissions.includes(one)),
    ];
  }
}

function merged(data: JsonObject, value: unknown): JsonObject {
  const changes = isObject(value) ? value : {};
  return Object.fromEntries(
    Object.entries({ ...data, ...changes }).filter(([, one]) => one !== null),
  );
}

/** Whether it is an object with members. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

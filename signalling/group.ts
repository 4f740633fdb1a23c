import type { Instant } from "../lib/time.ts";
import { isTooLarge } from "../protocol/limited_text.ts";
import type { ClientId, SessionId, Username } from "../protocol/ids.ts";
import type {
  GroupStatus,
  JoinedGroup,
  JsonObject,
  RtcConfiguration,
  ServerMessage,
  UserPresent,
} from "../protocol/server_message.ts";
import { ChatHistory } from "./chat_history.ts";
import type { GroupDescription } from "./group_description.ts";
import { may } from "./permissions.ts";
import type { Addressee, Turn } from "./turn.ts";

/** A client in a group. */
export interface Member extends Addressee {
  readonly username: Username;
  /** `ip:port` that it connects from. */
  readonly address: string;
  /** Whether it is a program, by WHIP or WHEP: nobody to talk to. */
  readonly isProgram: boolean;
  permissions: readonly string[];
  /** What it says of itself, `raisehand` for instance. */
  data: JsonObject;
}

/** What all groups tell their members of ICE servers, as it is now. */
export interface IceHint {
  rtcConfiguration: RtcConfiguration;
}

/** A group that somebody is in, or was in not long ago. */
export class Group {
  description: GroupDescription;
  /** What operators say of it to the programs of its members. */
  data: JsonObject = {};
  /** If it is locked: the text for those who are refused, or the empty one. */
  lockMessage: string | undefined;
  /** Since when it has no members, if it has none. */
  emptySince: Instant | undefined;
  readonly history = new ChatHistory();
  readonly #members = new Map<SessionId, Member>();
  readonly #byClient = new Map<string, Member>();
  readonly #ice: Readonly<IceHint>;

  constructor(
    description: GroupDescription,
    ice: Readonly<IceHint>,
    now: Instant,
  ) {
    this.description = description;
    this.#ice = ice;
    this.emptySince = now;
  }

  /** All members, those first that have been there longest. */
  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** How many members there are. */
  get size(): number {
    return this.#members.size;
  }

  /** Whether somebody is there who may do all that operators do. */
  get hasOperator(): boolean {
    return this.members.some((member) => may(member, "moderate"));
  }

  /** Finds a member by the id that it has chosen; there is at most one. */
  find(client: string): Member | undefined {
    return this.#byClient.get(client);
  }

  /** Takes a member in. Who tells whom is up to the caller. */
  add(member: Member): void {
    this.#members.set(member.session, member);
    this.#byClient.set(member.client, member);
    this.emptySince = undefined;
  }

  /** Lets a member go. */
  delete(session: SessionId, now: Instant): void {
    const member = this.#members.get(session);
    if (member === undefined) return;
    this.#members.delete(session);
    this.#byClient.delete(member.client);
    if (this.#members.size === 0) this.emptySince = now;
  }

  /** Sends a message to all members but one. */
  broadcast(message: ServerMessage, turn: Turn, except?: SessionId): void {
    for (const { session } of this.#members.values()) {
      if (session !== except) turn.send(session, message);
    }
  }

  /** Tells all members anew what group they are in. */
  announceChange(turn: Turn): void {
    for (const member of this.members) {
      turn.send(member.session, this.joinedWithData("change", member));
    }
  }

  /** Merges into the group's data, and tells everybody. */
  changeData(data: JsonObject, turn: Turn): void {
    this.data = data;
    for (const member of this.members) {
      turn.send(member.session, { ...this.joined("change", member), data });
    }
  }

  /** Whether there is anything that somebody who comes again would miss. */
  get isWorthKeeping(): boolean {
    return this.size > 0 || this.history.size > 0 ||
      this.lockMessage !== undefined || Object.keys(this.data).length > 0;
  }

  /** The same as {@linkcode joined}, and the group's data, if it has any. */
  joinedWithData(kind: JoinedGroup["kind"], member: Member): JoinedGroup {
    const isEmpty = Object.keys(this.data).length === 0;
    return {
      ...this.joined(kind, member),
      data: isEmpty ? undefined : this.data,
    };
  }

  /** What a member is told of the group and of its own place in it. */
  joined(kind: JoinedGroup["kind"], member: Member): JoinedGroup {
    return {
      type: "joined",
      kind,
      group: this.description.name,
      username: member.username,
      permissions: kind === "leave" ? [] : member.permissions,
      status: this.status(),
      rtcConfiguration: this.#ice.rtcConfiguration,
    };
  }

  /** What members may know of the group. */
  status(): GroupStatus {
    const { name, displayName, description, authServer, authPortal } =
      this.description;
    return {
      name,
      ...(displayName && { displayName }),
      ...(description && { description }),
      ...(authServer && { authServer }),
      ...(authPortal && { authPortal }),
      ...(this.lockMessage !== undefined && { locked: true }),
      clientCount: this.#members.size,
      ...(this.description.canChangePassword && { canChangePassword: true }),
    };
  }
}

/** What others are told of a member. */
export function toUser(kind: UserPresent["kind"], member: Member): UserPresent {
  const { client: id, username, permissions, data } = member;
  return { type: "user", kind, id, username, permissions, data };
}

/**
 * Adds members to data, and removes those that are `null` in `changes`.
 *
 * @returns `undefined` if that would be too large to tell everybody
 */
export function mergeData(
  data: JsonObject,
  changes: JsonObject,
): JsonObject | undefined {
  const merged = Object.fromEntries(
    Object.entries({ ...data, ...changes }).filter(([, value]) =>
      value !== null
    ),
  );
  return isTooLarge(merged) ? undefined : merged;
}

/** The value as an object, if it is one. */
export function asJsonObject(value: unknown): JsonObject | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value) ? undefined : { ...value };
}

/** Whether an id may be a new member's: not empty, and nobody's in the group. */
export function isFreeIn(group: Group, client: ClientId): boolean {
  return client !== "" && group.find(client) === undefined;
}

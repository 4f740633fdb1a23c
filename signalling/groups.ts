import { after } from "../lib/time.ts";
import type { GroupName } from "../protocol/ids.ts";
import type { RtcConfiguration } from "../protocol/server_message.ts";
import { Group, type IceHint, type Member, toUser } from "./group.ts";
import type { GroupDescription } from "./group_description.ts";
import type { Turn } from "./turn.ts";

/**
 * How many groups without members are kept for their chat, lock and data. Where
 * subgroups make themselves (E-12), whoever may join can leave behind as many
 * as it likes. Lower forgets chat sooner on servers with many groups; higher
 * lets each take up to half a megabyte more.
 */
export const MAX_IDLE_GROUPS = 1_000;

/** All groups that are in memory: populated ones, and those emptied not long ago. */
export class Groups {
  readonly #groups = new Map<GroupName, Group>();
  readonly #ice: IceHint;

  constructor(rtcConfiguration: RtcConfiguration) {
    this.#ice = { rtcConfiguration };
  }

  /** All of them. */
  get all(): readonly Group[] {
    return [...this.#groups.values()];
  }

  /** How many there are. */
  get size(): number {
    return this.#groups.size;
  }

  /** A group, if it is in memory. */
  find(name: GroupName): Group | undefined {
    return this.#groups.get(name);
  }

  /** The group of a description, with that description from now on. */
  open(description: GroupDescription, turn: Turn): Group {
    const known = this.#groups.get(description.name);
    if (known !== undefined) {
      this.describe(description, turn);
      return known;
    }
    const { instant } = turn.now;
    const group = new Group(description, this.#ice, instant);
    this.#groups.set(description.name, group);
    return group;
  }

  /** Takes a description for a group, if it is in memory, and tells its members. */
  describe(description: GroupDescription, turn: Turn): void {
    const group = this.#groups.get(description.name);
    if (group === undefined) return;
    const isSame =
      JSON.stringify(group.description) === JSON.stringify(description);
    group.description = description;
    if (!isSame) group.announceChange(turn);
  }

  /** Has members told of other ICE servers: for connections that they open later. */
  configureIce(rtcConfiguration: RtcConfiguration, turn: Turn): void {
    this.#ice.rtcConfiguration = rtcConfiguration;
    for (const group of this.#groups.values()) group.announceChange(turn);
  }

  /**
   * Forgets groups that have been empty for as long as chat is kept (E-11), and
   * sooner those that nobody could miss, or that are too many.
   */
  tick(turn: Turn): void {
    for (const [name, group] of this.#groups) {
      const { description, emptySince } = group;
      if (emptySince === undefined) continue;
      const forgetAt = after(emptySince, description.maxHistoryAgeMs);
      const isOver = !description.public && turn.now.instant >= forgetAt;
      if (isOver || !group.isWorthKeeping) this.#groups.delete(name);
    }
    this.#forgetTooMany(turn);
  }

  /** Those go first that have been empty longest. */
  #forgetTooMany(turn: Turn): void {
    if (this.#groups.size <= MAX_IDLE_GROUPS) return;
    const idle = [...this.#groups].flatMap(([name, { emptySince }]) =>
      emptySince === undefined ? [] : [{ name, emptySince }]
    ).sort((a, b) => a.emptySince - b.emptySince);
    for (const { name } of idle.slice(0, -MAX_IDLE_GROUPS)) {
      turn.countLimit("idleGroups");
      this.#groups.delete(name);
    }
  }
}

/**
 * Takes a member in and tells everybody, in Galène's order: the member
 * itself gets `joined`, what was said before, itself, and the others.
 */
export function enter(group: Group, member: Member, turn: Turn): void {
  const others = group.members;
  group.add(member);
  const { session } = member;
  turn.send(session, group.joinedWithData("join", member));
  const { maxHistoryAgeMs } = group.description;
  for (const entry of group.history.recent(turn.now.wall, maxHistoryAgeMs)) {
    turn.send(session, entry);
  }
  for (const one of [member, ...others]) {
    turn.send(session, toUser("add", one));
  }
  group.broadcast(toUser("add", member), turn, session);
}

/** Lets a member go and tells the others. */
export function exit(group: Group, member: Member, turn: Turn): void {
  group.delete(member.session, turn.now.instant);
  group.broadcast({
    type: "user",
    kind: "delete",
    id: member.client,
    username: member.username,
  }, turn);
}

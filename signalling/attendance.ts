import { DEFAULT_CLIENT_LIMITS } from "../protocol/client_limits.ts";
import type {
  ClientHandshake,
  Join,
  Leave,
} from "../protocol/client_message.ts";
import { unreadable, userFault, violation } from "../protocol/errors.ts";
import type {
  ClientId,
  GroupName,
  SessionId,
  Username,
} from "../protocol/ids.ts";
import {
  type JoinRefusal,
  LOCKED,
  NO_OPERATORS,
  refuseEntry,
  toJoinRefusal,
} from "./admission.ts";
import type { Credentials, CredentialsOutcome, Input } from "./effects.ts";
import type { FlowTable } from "./flow_table.ts";
import type { Group, Member } from "./group.ts";
import { enter, exit, type Groups } from "./groups.ts";
import { checkLiveness } from "./liveness.ts";
import type { Recorders } from "./recorders.ts";
import {
  CUT_OFF,
  type Ending,
  type Session,
  toEnding,
  toKick,
} from "./session.ts";
import { serverUserMessage, type Turn } from "./turn.ts";

/** The version of the protocol that this server speaks. */
const PROTOCOL_VERSION = "2";

const UNKNOWN_VERSION = "This client is using an unknown protocol version.\n" +
  "Perhaps it needs upgrading?\n" +
  "Trying to continue, things may break.";

/** Who is connected and who is in which group: how everybody comes and goes. */
export class Attendance {
  readonly #sessions = new Map<SessionId, Session>();
  readonly #groups: Groups;
  readonly #flows: FlowTable;
  readonly #recorders: Recorders;
  #isStopping = false;

  constructor(groups: Groups, flows: FlowTable, recorders: Recorders) {
    this.#recorders = recorders;
    this.#groups = groups;
    this.#flows = flows;
  }

  /** How many connections there are. */
  get size(): number {
    return this.#sessions.size;
  }

  /** A connection that is not over. */
  get(id: SessionId): Session | undefined {
    return this.#sessions.get(id);
  }

  /** Somebody has connected. */
  connect(
    { session: id, address, isProgram = false, limits = DEFAULT_CLIENT_LIMITS }:
      Extract<Input, { kind: "connected" }>,
    turn: Turn,
  ): void {
    if (this.#isStopping) return turn.disconnect(id, 1000, "");
    const { instant } = turn.now;
    this.#sessions.set(id, {
      id,
      address,
      isProgram,
      limits,
      connectedAt: instant,
      lastHeardAt: instant,
      lastPingAt: instant,
      attempts: 0,
      extensions: [],
      state: { kind: "silent" },
    });
  }

  /** A client has said its name. */
  begin(
    session: Session,
    { id, version, extensions }: ClientHandshake,
    turn: Turn,
  ): void {
    const addressee = { session: session.id, client: id };
    session.state = { kind: "outside", client: id };
    session.extensions = extensions;
    this.#flows.connect(addressee, session.limits);
    turn.send(session.id, {
      type: "handshake",
      version: [PROTOCOL_VERSION],
      ...(extensions.length > 0 && { extensions }),
    });
    if (!version.includes(PROTOCOL_VERSION)) {
      turn.sendWarning(addressee, UNKNOWN_VERSION);
    }
  }

  /**
   * A client wants to be let in: has its credentials checked.
   *
   * @throws {ProtocolError} 1002 if it is in a group
   */
  join(session: Session, client: ClientId, join: Join, turn: Turn): void {
    if (session.state.kind !== "outside") {
      throw violation("cannot join multiple groups");
    }
    const attempt = ++session.attempts;
    session.state = {
      kind: "joining",
      client,
      attempt,
      join,
      backlog: [],
      backlogLength: 0,
    };
    const { username, password, token } = join;
    const credentials: Credentials = {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(token !== undefined && { token }),
    };
    turn.checkCredentials(session.id, attempt, join.group, credentials);
  }

  /**
   * Credentials have been checked: lets the client in or not. The state is not
   * "joining" any more.
   */
  decide(
    session: Session,
    { client, join }: Extract<Session["state"], { kind: "joining" }>,
    outcome: CredentialsOutcome,
    turn: Turn,
  ): void {
    session.state = { kind: "outside", client };
    if (outcome.kind === "refused") {
      this.#refuse(session, join.group, toJoinRefusal(outcome.reason), turn);
    } else {
      this.#admit(session, client, join, outcome, turn);
    }
  }

  /**
   * Lets a client leave its group and stay connected.
   *
   * @throws {ProtocolError} 1000 if it is not in that group
   */
  leave(session: Session, message: Leave, turn: Turn): void {
    const { state } = session;
    if (
      state.kind !== "inside" || state.group.description.name !== message.group
    ) {
      throw userFault("you are not joined");
    }
    const { group, member, client } = state;
    this.#flows.leave(session.id, true, turn);
    exit(group, member, turn);
    session.state = { kind: "outside", client };
    turn.send(session.id, group.joinedWithData("leave", member));
    this.#enforceOperator(group, turn);
  }

  /** Sends a member away, for what somebody or the group's description says. */
  kick(
    victim: Member,
    text: string,
    by: Member | undefined,
    turn: Turn,
  ): void {
    const session = this.#sessions.get(victim.session);
    if (session === undefined) this.#recorders.stopIfRecorder(victim, turn);
    else this.end(session, toKick(text, by), turn);
  }

  /** Ends a connection: others hear of it first, then the client. */
  end(session: Session, { code, reason, notice }: Ending, turn: Turn): void {
    if (!this.#sessions.has(session.id)) return;
    const { state } = session;
    const group = this.#takeOut(session, turn);
    if (notice !== undefined && state.kind !== "silent") {
      turn.send(session.id, {
        ...serverUserMessage(notice.kind, notice.text),
        dest: state.client,
        id: notice.by?.client ?? "",
        username: notice.by?.username,
      });
    }
    turn.disconnect(session.id, code, reason);
    if (group !== undefined) this.#enforceOperator(group, turn);
  }

  /** A connection is gone, and with it whatever its client had. */
  remove(session: Session, turn: Turn): void {
    const group = this.#takeOut(session, turn);
    if (group !== undefined) this.#enforceOperator(group, turn);
  }

  /** Asks those who are silent whether they are there, and ends those who are not. */
  tick(turn: Turn): void {
    for (const session of [...this.#sessions.values()]) {
      // Whose end was another's: the last operator's, where that sends all away.
      if (!this.#sessions.has(session.id)) continue;
      switch (checkLiveness(session, turn.now.instant)) {
        case "fine":
          break;
        case "ping":
          session.lastPingAt = turn.now.instant;
          this.#flows.ping(session.id, turn);
          break;
        case "never-began":
          this.end(session, CUT_OFF, turn);
          break;
        case "dead":
          this.end(session, toEnding(unreadable("client is dead")), turn);
          break;
      }
    }
  }

  /** Locks all groups and sends everybody away. */
  shutDown(message: string, turn: Turn): void {
    this.#isStopping = true;
    this.#recorders.stopAll(turn);
    for (const group of this.#groups.all) {
      group.lockMessage = message;
      group.announceChange(turn);
    }
    for (const session of [...this.#sessions.values()]) {
      this.end(session, toKick(message, undefined), turn);
    }
  }

  #admit(
    session: Session,
    client: ClientId,
    { group: name, data }: Join,
    outcome: Extract<CredentialsOutcome, { kind: "accepted" }>,
    turn: Turn,
  ): void {
    const { description, username, permissions } = outcome;
    const group = this.#groups.open(description, turn);
    this.#enforceOperator(group, turn);
    const candidate = { client, permissions };
    const refusal = refuseEntry(group, candidate, turn.now.wall);
    if (refusal !== undefined) {
      return this.#refuse(session, name, refusal, turn);
    }
    if (description.redirect !== undefined) {
      return this.#redirect(session, name, description.redirect, turn);
    }
    const { id, address, isProgram } = session;
    const member: Member = {
      session: id,
      client,
      username,
      address,
      isProgram,
      permissions,
      data,
    };
    session.state = { kind: "inside", client, group, member };
    this.#flows.join(id, description.name, username);
    enter(group, member, turn);
  }

  /** Nothing stays of a refused attempt: the client is nobody, with no rights (J-2). */
  #refuse(
    session: Session,
    group: GroupName,
    { text, error }: JoinRefusal,
    turn: Turn,
  ): void {
    turn.send(session.id, {
      type: "joined",
      kind: "fail",
      group,
      username: "" as Username,
      error,
      value: text,
    });
  }

  #redirect(
    session: Session,
    group: GroupName,
    value: string,
    turn: Turn,
  ): void {
    turn.send(session.id, {
      type: "joined",
      kind: "redirect",
      group,
      username: "" as Username,
      value,
    });
  }

  /** What happens to a group that no operator is in, if its description says so (E-13). */
  #enforceOperator(group: Group, turn: Turn): void {
    if (this.#isStopping || group.hasOperator) return;
    const { autolock, autokick } = group.description;
    if (autolock && group.lockMessage === undefined) {
      group.lockMessage = LOCKED;
      group.announceChange(turn);
    }
    if (!autokick) return;
    for (const member of group.members) {
      this.kick(member, NO_OPERATORS, undefined, turn);
    }
  }

  /** Forgets a session and tells others; returns the group that it was in. */
  #takeOut({ id, state }: Session, turn: Turn): Group | undefined {
    this.#sessions.delete(id);
    this.#flows.disconnect(id, turn);
    if (state.kind !== "inside") return undefined;
    exit(state.group, state.member, turn);
    return state.group;
  }
}

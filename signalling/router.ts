import { assertNever } from "../lib/assert_never.ts";
import type { Now } from "../lib/time.ts";
import type {
  ClientMessage,
  Join,
  Leave,
  Offer,
} from "../protocol/client_message.ts";
import {
  ProtocolError,
  unreadable,
  userFault,
  violation,
} from "../protocol/errors.ts";
import type {
  ClientId,
  GroupName,
  SessionId,
  Username,
} from "../protocol/ids.ts";
import type {
  JoinFailed,
  RtcConfiguration,
} from "../protocol/server_message.ts";
import {
  type JoinRefusal,
  LOCKED,
  NO_OPERATORS,
  refuseEntry,
  toJoinRefusal,
} from "./admission.ts";
import { handleChat } from "./chat.ts";
import type {
  Credentials,
  CredentialsOutcome,
  Effect,
  Input,
} from "./effects.ts";
import { FlowTable } from "./flow_table.ts";
import type { Group, Member } from "./group.ts";
import { handleGroupAction } from "./group_actions.ts";
import { enter, exit, Groups } from "./groups.ts";
import { checkLiveness } from "./liveness.ts";
import { may } from "./permissions.ts";
import {
  CUT_OFF,
  type Ending,
  MAX_BACKLOG,
  NO_HANDSHAKE,
  type Session,
  toEnding,
  toKick,
} from "./session.ts";
import { serverUserMessage, Turn } from "./turn.ts";
import { handleUserAction } from "./user_actions.ts";

/** What a router needs from outside. */
export interface RouterOptions {
  /** Told to every client that joins. */
  readonly rtcConfiguration: RtcConfiguration;
  /** Makes the id of a chat message: 8 random bytes in base64url, no padding. */
  readonly randomId: () => string;
}

/** The version of the protocol that this server speaks. */
const PROTOCOL_VERSION = "2";

const UNKNOWN_VERSION = "This client is using an unknown protocol version.\n" +
  "Perhaps it needs upgrading?\n" +
  "Trying to continue, things may break.";

/**
 * All of signalling: one for a server.
 *
 * It never waits, and knows neither sockets nor clocks: what happens is given
 * to {@linkcode handle}, which returns what is to be done, in order.
 */
export class Router {
  readonly #options: RouterOptions;
  readonly #sessions = new Map<SessionId, Session>();
  readonly #groups: Groups;
  readonly #flows = new FlowTable();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#groups = new Groups(options.rtcConfiguration);
  }

  /** How much there is of everything: for metrics, and to find leaks. */
  get counts(): { sessions: number; flows: number; subscriptions: number } {
    return {
      sessions: this.#sessions.size,
      flows: this.#flows.flowCount,
      subscriptions: this.#flows.subscriptionCount,
    };
  }

  /** What strangers may learn of a group: nobody is in one that is not in memory. */
  occupancy(name: string): { clientCount: number; locked: boolean } {
    const group = this.#groups.find(name as GroupName);
    return {
      clientCount: group?.members.length ?? 0,
      locked: group?.lockMessage !== undefined,
    };
  }

  /**
   * Takes what has happened and returns what is to be done, in this order.
   * Inputs for sessions that are over are ignored.
   */
  handle(input: Input, now: Now): Effect[] {
    const turn = new Turn(now);
    switch (input.kind) {
      case "media":
        this.#flows.handleMedia(input.event, turn);
        break;
      case "group-changed":
        this.#groups.describe(input.description, turn);
        break;
      case "tick":
        this.#tick(turn);
        break;
      case "shut-down":
        this.#shutDown(input.message, turn);
        break;
      case "connected":
        this.#connect(input.session, input.address, turn);
        break;
      default: {
        const session = this.#sessions.get(input.session);
        if (session !== undefined) this.#handleSession(session, input, turn);
      }
    }
    return turn.effects;
  }

  #handleSession(
    session: Session,
    input: Extract<Input, { session: SessionId }>,
    turn: Turn,
  ): void {
    switch (input.kind) {
      case "message":
        session.lastHeardAt = turn.now.instant;
        return this.#receive(session, input.message, turn);
      case "faulted":
        return this.#handleFault(session, input.error, turn);
      case "disconnected":
        return this.#remove(session, turn);
      case "credentials-checked":
        return this.#handleChecked(session, input.attempt, input.outcome, turn);
      case "connected":
        return;
      default:
        assertNever(input);
    }
  }

  #connect(id: SessionId, address: string, turn: Turn): void {
    const { instant } = turn.now;
    this.#sessions.set(id, {
      id,
      address,
      connectedAt: instant,
      lastHeardAt: instant,
      lastPingAt: instant,
      attempts: 0,
      state: { kind: "silent" },
    });
  }

  #tick(turn: Turn): void {
    for (const session of [...this.#sessions.values()]) {
      switch (checkLiveness(session, turn.now.instant)) {
        case "fine":
          break;
        case "ping":
          session.lastPingAt = turn.now.instant;
          this.#flows.ping(session.id, turn);
          break;
        case "never-began":
          this.#end(session, CUT_OFF, turn);
          break;
        case "dead":
          this.#end(session, toEnding(unreadable("client is dead")), turn);
          break;
      }
    }
    this.#flows.tick(turn);
    this.#groups.tick(turn);
  }

  /** Locks all groups and sends everybody away. */
  #shutDown(message: string, turn: Turn): void {
    for (const group of this.#groups.all) {
      group.lockMessage = message;
      group.announceChange(turn);
    }
    for (const session of [...this.#sessions.values()]) {
      this.#end(session, toKick(message, undefined), turn);
    }
  }

  /** A message could not be read. Before the handshake there is no more to say. */
  #handleFault(session: Session, error: ProtocolError, turn: Turn): void {
    if (session.state.kind !== "silent") {
      return this.#end(session, toEnding(error), turn);
    }
    const isOtherMessage = error.closeCode === 1002;
    this.#end(session, isOtherMessage ? NO_HANDSHAKE : CUT_OFF, turn);
  }

  /** Takes a message now, or when the client's credentials have been checked. */
  #receive(session: Session, message: ClientMessage, turn: Turn): void {
    const { state } = session;
    if (state.kind === "silent") return this.#begin(session, message, turn);
    if (state.kind === "joining" && state.backlog.length < MAX_BACKLOG) {
      state.backlog.push(message);
      return;
    }
    try {
      if (state.kind === "joining") throw violation("too many messages");
      this.#checkClaims(session, state.client, message);
      this.#dispatch(session, state.client, message, turn);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end(session, toEnding(error), turn);
    }
  }

  #begin(session: Session, message: ClientMessage, turn: Turn): void {
    if (message.type !== "handshake") {
      return this.#end(session, NO_HANDSHAKE, turn);
    }
    const client = { session: session.id, client: message.id };
    session.state = { kind: "outside", client: message.id };
    this.#flows.connect(client);
    turn.send(session.id, { type: "handshake", version: [PROTOCOL_VERSION] });
    if (!message.version.includes(PROTOCOL_VERSION)) {
      turn.sendWarning(client, UNKNOWN_VERSION);
    }
  }

  /** Refuses to let anybody speak for somebody else. */
  #checkClaims(
    { state }: Session,
    client: ClientId,
    { type, claims }: ClientMessage,
  ): void {
    if (claims.source !== "" && claims.source !== client) {
      throw violation("spoofed client id");
    }
    const username = state.kind === "inside" ? state.member.username : "";
    if (type === "join" || claims.username === undefined) return;
    if (claims.username !== username) throw violation("spoofed username");
  }

  #dispatch(
    session: Session,
    client: ClientId,
    message: ClientMessage,
    turn: Turn,
  ): void {
    switch (message.type) {
      case "handshake":
        throw violation("unexpected message");
      case "ping":
        return turn.send(session.id, { type: "pong" });
      case "pong":
        return this.#flows.handlePong(session.id, turn);
      case "join":
        return message.kind === "join"
          ? this.#join(session, client, message, turn)
          : this.#leave(session, message, turn);
      case "request":
        if (session.state.kind !== "inside") {
          throw unreadable("Cannot request flows: not in a group");
        }
        return this.#flows.request(session.id, message.request, turn);
      case "requestStream":
        return this.#flows.requestStream(
          session.id,
          message.id,
          message.request,
          turn,
        );
      case "offer":
        return this.#offer(session, client, message, turn);
      case "answer":
        return this.#flows.answer(session.id, message.id, message.sdp, turn);
      case "ice":
        // The server is ICE-lite (RFC 8445 §2.5): it never sends checks, and
        // learns where a client is from the client's own, authenticated ones.
        return;
      case "renegotiate":
        return this.#flows.renegotiate(session.id, message.id, turn);
      case "close":
        return this.#flows.close(session.id, message.id, turn);
      case "abort":
        return this.#flows.abort(session.id, message.id, turn);
      case "chat":
      case "usermessage":
      case "useraction":
      case "groupaction":
        return this.#act(session, client, message, turn);
      default:
        assertNever(message);
    }
  }

  /** Publishes, if the client may. */
  #offer(session: Session, client: ClientId, offer: Offer, turn: Turn): void {
    const { id, state } = session;
    if (state.kind === "inside" && may(state.member, "publish")) {
      return this.#flows.offer(id, offer, turn);
    }
    if (offer.replace !== undefined) {
      this.#flows.close(id, offer.replace, turn);
    }
    turn.send(id, { type: "abort", id: offer.id });
    turn.sendError({ session: id, client }, "not authorised");
  }

  /** Does what only members can. */
  #act(
    session: Session,
    client: ClientId,
    message: Extract<
      ClientMessage,
      { type: "chat" | "usermessage" | "useraction" | "groupaction" }
    >,
    turn: Turn,
  ): void {
    const { id, state } = session;
    if (state.kind !== "inside") {
      return turn.sendError({ session: id, client }, "join a group first");
    }
    const { group, member } = state;
    const flows = this.#flows;
    switch (message.type) {
      case "chat":
      case "usermessage":
        return handleChat(
          { group, sender: member, message },
          this.#options.randomId,
          turn,
        );
      case "useraction": {
        const acting = { group, actor: member, flows };
        const kick = handleUserAction(acting, message, turn);
        if (kick) this.#kick(kick.victim, kick.text, member, turn);
        return;
      }
      case "groupaction": {
        const acting = { group, actor: member, groups: this.#groups };
        return handleGroupAction(acting, message, turn);
      }
      default:
        assertNever(message);
    }
  }

  #join(session: Session, client: ClientId, join: Join, turn: Turn): void {
    if (session.state.kind !== "outside") {
      throw violation("cannot join multiple groups");
    }
    const attempt = ++session.attempts;
    session.state = { kind: "joining", client, attempt, join, backlog: [] };
    const { username, password, token } = join;
    const credentials: Credentials = {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(token !== undefined && { token }),
    };
    turn.checkCredentials(session.id, attempt, join.group, credentials);
  }

  /** Credentials have been checked; whatever the client said meanwhile is next. */
  #handleChecked(
    session: Session,
    attempt: number,
    outcome: CredentialsOutcome,
    turn: Turn,
  ): void {
    const { state } = session;
    if (state.kind !== "joining" || state.attempt !== attempt) return;
    const { client, join, backlog } = state;
    session.state = { kind: "outside", client };
    if (outcome.kind === "refused") {
      this.#refuse(session, join.group, toJoinRefusal(outcome.reason), turn);
    } else {
      this.#admit(session, client, join, outcome, turn);
    }
    for (const message of backlog) {
      if (!this.#sessions.has(session.id)) return;
      this.#receive(session, message, turn);
    }
  }

  #admit(
    session: Session,
    client: ClientId,
    join: Join,
    outcome: Extract<CredentialsOutcome, { kind: "accepted" }>,
    turn: Turn,
  ): void {
    const { description, username, permissions } = outcome;
    const group = this.#groups.open(description, turn);
    this.#enforceOperator(group, turn);
    const { wall } = turn.now;
    const refusal = refuseEntry(group, { client, permissions }, wall);
    if (refusal !== undefined) {
      return this.#refuse(session, join.group, refusal, turn);
    }
    if (description.redirect !== undefined) {
      return this.#redirect(session, join.group, description.redirect, turn);
    }
    const member: Member = {
      session: session.id,
      client,
      username,
      address: session.address,
      permissions,
      data: join.data,
    };
    session.state = { kind: "inside", client, group, member };
    this.#flows.join(session.id, description.name, username);
    enter(group, member, turn);
  }

  /** Nothing stays of a refused attempt: the client is nobody, with no rights (J-2). */
  #refuse(
    session: Session,
    group: GroupName,
    { text, error }: JoinRefusal,
    turn: Turn,
  ): void {
    const message: JoinFailed = {
      type: "joined",
      kind: "fail",
      group,
      username: "" as Username,
      error,
      value: text,
    };
    turn.send(session.id, message);
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

  /** Lets a client leave its group and stay connected. */
  #leave(session: Session, message: Leave, turn: Turn): void {
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
    const joined = group.joined("leave", member);
    turn.send(session.id, { ...joined, data: group.data });
    this.#enforceOperator(group, turn);
  }

  #kick(
    victim: Member,
    text: string,
    by: Member | undefined,
    turn: Turn,
  ): void {
    const session = this.#sessions.get(victim.session);
    if (session !== undefined) this.#end(session, toKick(text, by), turn);
  }

  /** What happens to a group that no operator is in, if its description says so (E-13). */
  #enforceOperator(group: Group, turn: Turn): void {
    if (group.hasOperator) return;
    const { autolock, autokick } = group.description;
    if (autolock && group.lockMessage === undefined) {
      group.lockMessage = LOCKED;
      group.announceChange(turn);
    }
    if (!autokick) return;
    for (const member of group.members) {
      this.#kick(member, NO_OPERATORS, undefined, turn);
    }
  }

  /** Ends a connection: others hear of it first, then the client. */
  #end(session: Session, { code, reason, notice }: Ending, turn: Turn): void {
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

  /** A connection is gone. */
  #remove(session: Session, turn: Turn): void {
    const group = this.#takeOut(session, turn);
    if (group !== undefined) this.#enforceOperator(group, turn);
  }

  /** Forgets a session and tells others; returns the group that it was in. */
  #takeOut(session: Session, turn: Turn): Group | undefined {
    const { id, state } = session;
    this.#sessions.delete(id);
    this.#flows.disconnect(id, turn);
    if (state.kind !== "inside") return undefined;
    exit(state.group, state.member, turn);
    return state.group;
  }
}

import { assertNever } from "../lib/assert_never.ts";
import type { Now } from "../lib/time.ts";
import type { ClientMessage, Offer } from "../protocol/client_message.ts";
import { ProtocolError, unreadable, violation } from "../protocol/errors.ts";
import type { ClientId, GroupName, SessionId } from "../protocol/ids.ts";
import type { RtcConfiguration } from "../protocol/server_message.ts";
import { Attendance } from "./attendance.ts";
import { type CensusGroup, takeCensus } from "./census.ts";
import { handleChat } from "./chat.ts";
import type { CredentialsOutcome, Effect, Input } from "./effects.ts";
import type { PlayableFlow } from "./flow.ts";
import { FlowTable } from "./flow_table.ts";
import { handleGroupAction } from "./group_actions.ts";
import { Groups } from "./groups.ts";
import { LimitCounts } from "./limits.ts";
import { may } from "./permissions.ts";
import {
  CUT_OFF,
  MAX_BACKLOG,
  MAX_BACKLOG_LENGTH,
  NO_HANDSHAKE,
  requireExtension,
  type Session,
  type SessionState,
  toEnding,
} from "./session.ts";
import type { RouterCounts } from "./router_counts.ts";
import { Recorders } from "./recorders.ts";
import { Speakers } from "./speakers.ts";
import { TokenDesk } from "./token_desk.ts";
import { Turn } from "./turn.ts";
import { handleUserAction } from "./user_actions.ts";

/** What a router needs from outside. */
export interface RouterOptions {
  /** Told to every client that joins, until an input says otherwise. */
  readonly rtcConfiguration: RtcConfiguration;
  /** Makes the id of a chat message: 8 random bytes in base64url, no padding. */
  readonly randomId: () => string;
  /**
   * Makes the id of a recorder, as hexadecimal digits. If it is absent, nothing
   * can be recorded, and who wants to is told so.
   */
  readonly randomRecorder?: () => string;
}

/**
 * All of signalling: one for a server.
 *
 * It never waits, and knows neither sockets nor clocks: what happens is given
 * to {@linkcode handle}, which returns what is to be done, in order.
 */
export class Router {
  readonly #options: RouterOptions;
  readonly #groups: Groups;
  readonly #flows = new FlowTable();
  readonly #recorders: Recorders;
  readonly #attendance: Attendance;
  readonly #tokens = new TokenDesk();
  readonly #limits = new LimitCounts();
  readonly #speakers = new Speakers();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#groups = new Groups(options.rtcConfiguration);
    this.#recorders = new Recorders(options.randomRecorder);
    this.#attendance = new Attendance(
      this.#groups,
      this.#flows,
      this.#recorders,
    );
  }

  /** How much there is of everything: for metrics, and to find leaks. */
  get counts(): RouterCounts {
    return {
      sessions: this.#attendance.size,
      flows: this.#flows.flowCount,
      subscriptions: this.#flows.subscriptionCount,
      groups: this.#groups.size,
      tokenActions: this.#tokens.size,
      refused: this.#limits.snapshot,
    };
  }

  /** Who is in which group and has which flows, see {@linkcode CensusGroup}. */
  census(): CensusGroup[] {
    return takeCensus(this.#groups.all, this.#flows);
  }

  /** The flows that a group's members can have now, the oldest first. */
  flowsIn(group: string): PlayableFlow[] {
    return this.#flows.all
      .filter((flow) => flow.group === group && flow.state.kind === "pushed")
      .map(({ id, label, username }) => ({ id, label, username }));
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
      case "recording":
        this.#recorders.handle(input.event, turn);
        break;
      case "group-changed":
        this.#groups.describe(input.description, turn);
        break;
      case "rtc-configuration-changed":
        this.#groups.configureIce(input.rtcConfiguration, turn);
        break;
      case "tick":
        this.#attendance.tick(turn);
        this.#flows.tick(turn);
        this.#groups.tick(turn);
        this.#recorders.poll(this.#flows.all, turn);
        this.#tellSpeakers(turn);
        break;
      case "shut-down":
        this.#attendance.shutDown(input.message, turn);
        break;
      case "tokens-answered": {
        const session = this.#attendance.get(input.session);
        this.#tokens.handleAnswered(input, session?.state, turn);
        break;
      }
      case "connected":
        this.#attendance.connect(input, turn);
        break;
      default: {
        const session = this.#attendance.get(input.session);
        if (session !== undefined) this.#handleSession(session, input, turn);
      }
    }
    this.#limits.add(turn.refusals);
    return turn.effects;
  }

  /** Tells those who have asked for it who speaks, where that has changed. */
  #tellSpeakers(turn: Turn): void {
    const changed = this.#speakers.poll(this.#flows.all, turn.now.instant);
    for (const [group, message] of changed) {
      for (const { session: id } of this.#groups.find(group)?.members ?? []) {
        const { extensions = [] } = this.#attendance.get(id) ?? {};
        if (extensions.includes("speaking")) turn.send(id, message);
      }
    }
  }

  #handleSession(
    session: Session,
    input: Exclude<
      Extract<Input, { session: SessionId }>,
      { kind: "connected" | "tokens-answered" }
    >,
    turn: Turn,
  ): void {
    switch (input.kind) {
      case "message":
        session.lastHeardAt = turn.now.instant;
        return this.#receive(session, input.message, turn);
      case "faulted":
        return this.#handleFault(session, input.error, turn);
      case "disconnected":
        return this.#attendance.remove(session, turn);
      case "credentials-checked":
        return this.#handleChecked(session, input.attempt, input.outcome, turn);
      default:
        assertNever(input);
    }
  }

  /** A message could not be read. Before the handshake there is no more to say. */
  #handleFault(session: Session, error: ProtocolError, turn: Turn): void {
    if (session.state.kind !== "silent") {
      return this.#attendance.end(session, toEnding(error), turn);
    }
    const isOtherMessage = error.closeCode === 1002;
    this.#attendance.end(
      session,
      isOtherMessage ? NO_HANDSHAKE : CUT_OFF,
      turn,
    );
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
    this.#attendance.decide(session, state, outcome, turn);
    for (const message of state.backlog) {
      if (this.#attendance.get(session.id) === undefined) return;
      this.#receive(session, message, turn);
    }
  }

  /** Takes a message now, or when the client's credentials have been checked. */
  #receive(session: Session, message: ClientMessage, turn: Turn): void {
    const { state } = session;
    if (state.kind === "silent") {
      return message.type === "handshake"
        ? this.#attendance.begin(session, message, turn)
        : this.#attendance.end(session, NO_HANDSHAKE, turn);
    }
    try {
      if (state.kind === "joining") return postpone(state, message, turn);
      checkClaims(session, state.client, message);
      this.#dispatch(session, state.client, message, turn);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#attendance.end(session, toEnding(error), turn);
    }
  }

  #dispatch(
    session: Session,
    client: ClientId,
    message: ClientMessage,
    turn: Turn,
  ): void {
    const { id } = session;
    const flows = this.#flows;
    switch (message.type) {
      case "handshake":
        throw violation("unexpected message");
      case "ping":
        return turn.send(id, { type: "pong" });
      case "pong":
        return flows.handlePong(id, turn);
      case "join":
        return message.kind === "join"
          ? this.#attendance.join(session, client, message, turn)
          : this.#attendance.leave(session, message, turn);
      case "request":
        if (session.state.kind !== "inside") {
          throw unreadable("Cannot request flows: not in a group");
        }
        flows.request(id, message, turn);
        if (!session.extensions.includes("speaking")) return;
        return turn.send(
          id,
          this.#speakers.messageFor(session.state.group.description.name),
        );
      case "requestStream":
        return flows.requestStream(id, message, turn);
      case "tile":
        requireExtension(session, "tiles");
        return flows.weigh(id, message.id, message.pixels, turn);
      case "offer":
        return this.#offer(session, client, message, turn);
      case "answer":
        return flows.answer(id, message.id, message.sdp, turn);
      case "ice":
        // The server is ICE-lite (RFC 8445 §2.5): it never sends checks, and
        // learns where a client is from the client's own, authenticated ones.
        return;
      case "renegotiate":
        return flows.renegotiate(id, message.id, turn);
      case "close":
        return flows.close(id, message.id, turn);
      case "abort":
        return flows.abort(id, message.id, turn);
      case "statistics":
        requireExtension(session, "statistics");
        return this.#tellStatistics(id, client, turn);
      case "chat":
      case "usermessage":
      case "useraction":
      case "groupaction":
        return this.#act(session, client, message, turn);
      default:
        assertNever(message);
    }
  }

  #tellStatistics(id: SessionId, client: ClientId, turn: Turn): void {
    const { up, down } = this.#flows.flowsOf(id);
    turn.tellStatistics(id, { id: client, up, down });
  }

  /** Publishes, if the client may. */
  #offer(session: Session, client: ClientId, offer: Offer, turn: Turn): void {
    const { id, state } = session;
    if (state.kind === "inside" && may(state.member, "publish")) {
      const { codecs } = state.group.description;
      return this.#flows.offer(id, offer, turn, codecs);
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
    const { group, member: actor } = state;
    switch (message.type) {
      case "chat":
      case "usermessage": {
        const saying = { group, sender: actor, message };
        return handleChat(saying, this.#options.randomId, turn);
      }
      case "useraction": {
        const acting = { group, actor, flows: this.#flows };
        const kick = handleUserAction(acting, message, turn);
        if (kick) this.#attendance.kick(kick.victim, kick.text, actor, turn);
        return;
      }
      case "groupaction": {
        const groups = this.#groups;
        const tokens = this.#tokens;
        const recorders = this.#recorders;
        const acting = { group, actor, groups, tokens, recorders };
        return handleGroupAction(acting, message, turn);
      }
      default:
        assertNever(message);
    }
  }
}

/**
 * Keeps a message until the client's credentials have been checked.
 *
 * @throws {ProtocolError} 1002 if it keeps too much already
 */
function postpone(
  state: Extract<SessionState, { kind: "joining" }>,
  message: ClientMessage,
  turn: Turn,
): void {
  state.backlogLength += JSON.stringify(message).length;
  if (
    state.backlog.length >= MAX_BACKLOG ||
    state.backlogLength > MAX_BACKLOG_LENGTH
  ) {
    turn.countLimit("backlog");
    throw violation("too many messages");
  }
  state.backlog.push(message);
}

/** Refuses to let anybody speak for somebody else. */
function checkClaims(
  { state }: Session,
  client: ClientId,
  { type, claims }: ClientMessage,
): void {
  if (claims.source !== "" && claims.source !== client) {
    throw violation("spoofed client id");
  }
  if (type === "join" || claims.username === undefined) return;
  const username = state.kind === "inside" ? state.member.username : "";
  if (claims.username !== username) throw violation("spoofed username");
}

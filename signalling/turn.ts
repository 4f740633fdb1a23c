import type { Now } from "../lib/time.ts";
import { toCloseReason } from "../protocol/close_reason.ts";
import type { CloseCode, ErrorId } from "../protocol/errors.ts";
import type { ClientId, GroupName, SessionId } from "../protocol/ids.ts";
import type { MediaCommand } from "../protocol/media_plane.ts";
import type { RecordingCommand } from "../protocol/recording.ts";
import type {
  ServerMessage,
  ServerUserMessage,
} from "../protocol/server_message.ts";
import type { CensusClient } from "./census.ts";
import type { Credentials, Effect } from "./effects.ts";
import type { Limit } from "./limits.ts";
import type { TokenAct } from "./token_acts.ts";

/** Somebody who can be written to. */
export interface Addressee {
  readonly session: SessionId;
  readonly client: ClientId;
}

/**
 * One call of the router: what time it is, and what is to be done so far, in
 * order. Lives for that call only.
 */
export class Turn {
  readonly now: Now;
  readonly effects: Effect[] = [];
  /** Limits that have refused something, once for each time. */
  readonly refusals: Limit[] = [];

  constructor(now: Now) {
    this.now = now;
  }

  /** Sends a message to one client. */
  send(to: SessionId, message: ServerMessage): void {
    this.effects.push({ kind: "send", to, message });
  }

  /** Tells a client, as text for people, that something went wrong. */
  sendError(to: Addressee, text: string, error?: ErrorId): void {
    this.#notify(to, "error", text, error);
  }

  /** Tells a client, as text for people, what it should know. */
  sendWarning(to: Addressee, text: string): void {
    this.#notify(to, "warning", text);
  }

  /** Tells the media plane what to do. */
  command(command: MediaCommand): void {
    this.effects.push({ kind: "media", command });
  }

  /** Tells the recorder what to do. */
  record(command: RecordingCommand): void {
    this.effects.push({ kind: "record", command });
  }

  /** Has credentials checked by those who can. */
  checkCredentials(
    session: SessionId,
    attempt: number,
    group: GroupName,
    credentials: Credentials,
  ): void {
    this.effects.push({
      kind: "check-credentials",
      session,
      attempt,
      group,
      credentials,
    });
  }

  /** Has tokens made, changed or listed by those who keep them. */
  actOnTokens(
    session: SessionId,
    request: number,
    group: GroupName,
    act: TokenAct,
  ): void {
    this.effects.push({ kind: "act-on-tokens", session, request, group, act });
  }

  /** Has a client told what is measured of its flows. */
  tellStatistics(to: SessionId, client: CensusClient): void {
    this.effects.push({ kind: "tell-statistics", to, client });
  }

  /** Notes that a limit has refused something. */
  countLimit(limit: Limit): void {
    this.refusals.push(limit);
  }

  /** Ends a connection. The text is cut to what a close frame can carry. */
  disconnect(session: SessionId, code: CloseCode, text: string): void {
    const reason = toCloseReason(text);
    this.effects.push({ kind: "disconnect", session, code, reason });
  }

  #notify(
    to: Addressee,
    kind: string,
    value: string,
    error?: ErrorId,
  ): void {
    const message = { ...serverUserMessage(kind, value), dest: to.client };
    this.send(to.session, error ? { ...message, error } : message);
  }
}

/** A user message from the server itself, to nobody in particular yet. */
export function serverUserMessage(
  kind: string,
  value: unknown,
): ServerUserMessage {
  return {
    type: "usermessage",
    kind,
    id: "",
    source: "",
    dest: "",
    privileged: true,
    time: "",
    noecho: false,
    value,
  };
}

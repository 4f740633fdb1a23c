import type { ClientLimits } from "../protocol/client_limits.ts";
import type { Instant } from "../lib/time.ts";
import type {
  ClientMessage,
  Extension,
  Join,
} from "../protocol/client_message.ts";
import {
  CLOSE_ABRUPTLY,
  type CloseCode,
  type ProtocolError,
  violation,
} from "../protocol/errors.ts";
import type { ClientId, SessionId } from "../protocol/ids.ts";
import type { Group, Member } from "./group.ts";

/**
 * How many messages wait while a client's credentials are checked. Clients may
 * send on without waiting for the answer to `join`; they send a handful. Lower
 * would end the connection of clients with many candidates; higher lets
 * strangers have more kept for them.
 */
export const MAX_BACKLOG = 64;

/**
 * How many UTF-16 units of JSON those messages may have together: a single
 * message may have a megabyte, so their number alone is no limit. Lower would
 * end the connection of clients that offer several flows at once.
 */
export const MAX_BACKLOG_LENGTH = 1 << 19;

/** Where a connection is in its life. */
export type SessionState =
  /** It has not said anything yet. */
  | { readonly kind: "silent" }
  /** It has a name, and no group. */
  | { readonly kind: "outside"; readonly client: ClientId }
  /** Its credentials are being checked; what it says meanwhile waits. */
  | {
    readonly kind: "joining";
    readonly client: ClientId;
    readonly attempt: number;
    readonly join: Join;
    readonly backlog: ClientMessage[];
    /** See {@linkcode MAX_BACKLOG_LENGTH}. */
    backlogLength: number;
  }
  /** It is in a group. */
  | {
    readonly kind: "inside";
    readonly client: ClientId;
    readonly group: Group;
    readonly member: Member;
  };

/** One WebSocket connection. */
export interface Session {
  readonly id: SessionId;
  /** `ip:port`. */
  readonly address: string;
  /** Whether it is a program, by WHIP or WHEP. */
  readonly isProgram: boolean;
  readonly limits: ClientLimits;
  readonly connectedAt: Instant;
  lastHeardAt: Instant;
  lastPingAt: Instant;
  /** What it understands besides Galène's protocol. */
  extensions: readonly Extension[];
  /** How many times it has tried to join. */
  attempts: number;
  state: SessionState;
}

/** How a connection ends. */
export interface Ending {
  readonly code: CloseCode;
  /** For the close frame; cut if it is too long. */
  readonly reason: string;
  /** What the client is told before: its kind, and the text. */
  readonly notice?: {
    readonly kind: "error" | "kicked";
    readonly text: string;
    readonly by?: Member | undefined;
  };
}

/** The client is cut off without a word. */
export const CUT_OFF: Ending = { code: CLOSE_ABRUPTLY, reason: "" };

/** The client did not begin with a handshake. */
export const NO_HANDSHAKE: Ending = {
  code: 1002,
  reason: "you must handshake first",
};

/** How a connection ends by what its client did wrong. */
export function toEnding(
  { closeCode, announced, message }: ProtocolError,
): Ending {
  return announced
    ? {
      code: closeCode,
      reason: message,
      notice: { kind: "error", text: message },
    }
    : { code: closeCode, reason: "" };
}

/** How a connection ends when its client is sent away, by somebody or by rule. */
export function toKick(text: string, by: Member | undefined): Ending {
  const why = text === "" ? "" : ` (${text})`;
  const who = by === undefined || by.username === ""
    ? ""
    : ` by ${by.username}`;
  const notice = text === "" ? "you have been kicked out" : text;
  return {
    code: 1000,
    reason: `kicked out${why}${who}`,
    notice: { kind: "kicked", text: notice, by },
  };
}

/**
 * Takes messages of an extension only from who has named it in the handshake;
 * from others it is as unknown as it is to Galène.
 *
 * @throws {ProtocolError} 1002
 */
export function requireExtension(
  { extensions }: Session,
  one: Extension,
): void {
  if (!extensions.includes(one)) throw violation("unexpected message");
}

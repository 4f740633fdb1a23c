/**
 * Names of refusals that programs act upon, in `error` of `joined fail` and of
 * `usermessage error`. Other refusals have text for people only.
 */
export type ErrorId =
  /** The token names nobody: send a user name with it. */
  | "need-username"
  /** That user name belongs to somebody who has a password. */
  | "duplicate-username"
  /** Somebody, on this server, has a flow with this id: take another one. */
  | "flow-id-taken"
  /** This client publishes as many flows as one may. */
  | "too-many-flows"
  | "too-many-tracks"
  /** A token action that the client may not do. */
  | "not-authorised"
  /** A token action that failed for another reason. */
  | "error";

/**
 * How the server ends a WebSocket: 1000 for what a person did or is told, 1002
 * for a broken rule of the protocol, 1009 for too long a message, 1011 for the
 * rest. 1006 never is on the wire (RFC 6455 §7.4.1): it stands for cutting the
 * connection without a close frame.
 */
export type CloseCode = 1000 | 1002 | 1006 | 1009 | 1011;

/** {@linkcode CloseCode} for cutting the connection without a word. */
export const CLOSE_ABRUPTLY = 1006;

/**
 * A client did what ends its connection.
 *
 * Thrown where it is found, by a parser or by signalling, and caught once: the
 * client leaves its group first, is told with a `usermessage` if `announced`,
 * and is disconnected with `closeCode` and the message as the reason.
 */
export class ProtocolError extends Error {
  /** See {@linkcode CloseCode}. */
  readonly closeCode: CloseCode;
  /**
   * Whether the client is sent a `usermessage` of kind `error` before. If not,
   * the reason in the close frame is empty too: the message is for logs.
   */
  readonly announced: boolean;

  constructor(closeCode: CloseCode, message: string, announced: boolean) {
    super(message);
    this.name = "ProtocolError";
    this.closeCode = closeCode;
    this.announced = announced;
  }
}

/** A message that the protocol does not allow: 1002, announced. */
export function violation(message: string): ProtocolError {
  return new ProtocolError(1002, message, true);
}

/** What a person's program may do wrong without breaking the protocol: 1000, announced. */
export function userFault(message: string): ProtocolError {
  return new ProtocolError(1000, message, true);
}

/** A message that cannot be read at all: 1011, not announced. */
export function unreadable(message: string): ProtocolError {
  return new ProtocolError(1011, message, false);
}

/** A message longer than the server takes: 1009, not announced. */
export function tooLong(message: string): ProtocolError {
  return new ProtocolError(1009, message, false);
}

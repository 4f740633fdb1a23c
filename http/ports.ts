/**
 * What the HTTP side wants of the rest of the server, declared here so that
 * this folder knows nothing of signalling or media. `app.ts` provides it.
 *
 * @module
 */
import type { ClientLimits } from "../protocol/client_limits.ts";
import type { ClientMessage } from "../protocol/client_message.ts";
import type { ProtocolError } from "../protocol/errors.ts";
import type { ServerMessage } from "../protocol/server_message.ts";

/** One client's WebSocket or WHIP session, as the application sees it. */
export interface Connection {
  /** Where the client is, for people: `203.0.113.7:4711`, `[2001:db8::7]:4711`. */
  readonly address: string;

  /**
   * The address or network for bounds on failed logins; empty or absent: this
   * machine, which may be a reverse proxy with everybody behind it.
   */
  readonly network?: string;

  /** What it may have of flows; the defaults if absent. */
  readonly limits?: ClientLimits;

  /**
   * Whether it only publishes or plays one flow, as programs do by WHIP and
   * WHEP, and nobody reads what it is sent.
   */
  readonly isProgram?: boolean;

  /**
   * Queues a message. Never blocks and never throws: a client that does not
   * read is dropped, and one that is gone is not written to.
   */
  send(message: ServerMessage): void;

  /**
   * Ends the connection after what has been sent; idempotent.
   *
   * @param code a `CloseCode`; without it, or with `CLOSE_ABRUPTLY`, the close frame says nothing
   * @param reason for people; cut to the 123 bytes that fit (RFC 6455 §5.5)
   */
  disconnect(code?: number, reason?: string): void;
}

/** Takes in clients. */
export interface SignallingPort {
  /** A client has connected. Nothing has been read from it yet. */
  open(connection: Connection): ConnectionHandle;
}

/** Takes what one client does, in order. */
export interface ConnectionHandle {
  /** A well-formed message has come. */
  receive(message: ClientMessage): void;

  /** The client has broken the protocol; it is up to the handle to disconnect it. */
  faulted(error: ProtocolError): void;

  /**
   * The connection has ended, and not by `disconnect()`. Comes at most once,
   * and nothing comes after it.
   */
  closed(): void;
}

/** Knows the groups, those in memory and those on disk. */
export interface GroupsPort {
  /** A group's state, or `undefined` if there is none of that name. */
  status(name: string): Promise<GroupStatus | undefined>;

  /** The groups that anybody may know of, sorted by name. */
  publicGroups(): Promise<readonly GroupStatus[]>;
}

/** What strangers may see of a group; what they do see depends on `public`. */
export interface GroupStatus {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly authServer?: string;
  readonly authPortal?: string;
  /** The group is elsewhere: browsers are sent to this URL. */
  readonly redirect?: string;
  /** Whether the group is listed, and `locked` and `clientCount` are told. */
  readonly public: boolean;
  readonly locked: boolean;
  readonly clientCount: number;
}

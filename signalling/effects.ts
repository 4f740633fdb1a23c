/**
 * What goes into the router and what comes out of it: plain values, so that the
 * rim can carry them, and a test can compare them.
 *
 * @module
 */
import type { ClientLimits } from "../protocol/client_limits.ts";
import type { ClientMessage } from "../protocol/client_message.ts";
import type { CloseCode, ProtocolError } from "../protocol/errors.ts";
import type { GroupName, SessionId, Username } from "../protocol/ids.ts";
import type { MediaCommand, MediaEvent } from "../protocol/media_plane.ts";
import type {
  RecordingCommand,
  RecordingEvent,
} from "../protocol/recording.ts";
import type {
  RtcConfiguration,
  ServerMessage,
} from "../protocol/server_message.ts";
import type { CensusClient } from "./census.ts";
import type { GroupDescription } from "./group_description.ts";
import type { TokenAct, TokenOutcome } from "./token_acts.ts";

export type {
  TokenAct,
  TokenOutcome,
  TokenRefusal,
  TokenTemplate,
} from "./token_acts.ts";

/** What a client presents in order to be let in. */
export interface Credentials {
  readonly username?: Username;
  readonly password?: string;
  readonly token?: string;
}

/** Why credentials are refused; `admission.ts` has the text for each. */
export type CredentialsRefusal =
  | "need-username"
  | "duplicate-username"
  | "not-authorised"
  | "too-many-attempts"
  | "no-such-group"
  | "illegal-group-name"
  | "internal";

/** What those who know passwords and tokens say of credentials. */
export type CredentialsOutcome =
  | {
    readonly kind: "accepted";
    /** What the client is called, whatever it asked for. May be empty. */
    readonly username: Username;
    readonly permissions: readonly string[];
    /** As it is now, freshly read. */
    readonly description: GroupDescription;
  }
  | { readonly kind: "refused"; readonly reason: CredentialsRefusal };

/** Something has happened. */
export type Input =
  /** A WebSocket is open. `address` is `ip:port`, for operators who identify. */
  | {
    readonly kind: "connected";
    readonly session: SessionId;
    readonly address: string;
    /** Whether it is a program, by WHIP or WHEP: nobody reads what it is sent. */
    readonly isProgram?: boolean;
    /** The defaults if absent. */
    readonly limits?: ClientLimits;
  }
  | {
    readonly kind: "message";
    readonly session: SessionId;
    readonly message: ClientMessage;
  }
  /** A message came that could not be parsed. */
  | {
    readonly kind: "faulted";
    readonly session: SessionId;
    readonly error: ProtocolError;
  }
  /** The WebSocket is gone, whoever closed it. */
  | { readonly kind: "disconnected"; readonly session: SessionId }
  /** Answers the effect `check-credentials` with the same attempt. */
  | {
    readonly kind: "credentials-checked";
    readonly session: SessionId;
    readonly attempt: number;
    readonly outcome: CredentialsOutcome;
  }
  /** Answers the effect `act-on-tokens` with the same request. */
  | {
    readonly kind: "tokens-answered";
    readonly session: SessionId;
    readonly request: number;
    readonly outcome: TokenOutcome;
  }
  | { readonly kind: "media"; readonly event: MediaEvent }
  | { readonly kind: "recording"; readonly event: RecordingEvent }
  /** A description file has been changed. */
  | { readonly kind: "group-changed"; readonly description: GroupDescription }
  /** Clients are to be told of other ICE servers, or of new passwords for them. */
  | {
    readonly kind: "rtc-configuration-changed";
    readonly rtcConfiguration: RtcConfiguration;
  }
  /** Time has passed: to be given every {@linkcode TICK_INTERVAL_MS}. */
  | { readonly kind: "tick" }
  /** The server is about to stop; everybody is told `message`. */
  | { readonly kind: "shut-down"; readonly message: string };

/**
 * How often to give a `tick`, in milliseconds. Deadlines are never early and up
 * to this much late. Lower costs idle work; higher delays the first picture of
 * a flow with a track that is slow to come.
 */
export const TICK_INTERVAL_MS = 50;

/** Something is to be done, in the order of the list. */
export type Effect =
  | {
    readonly kind: "send";
    readonly to: SessionId;
    readonly message: ServerMessage;
  }
  /**
   * Ends the connection. Nothing more comes for the session; a `disconnected`
   * for it is expected and ignored. The reason fits a close frame.
   */
  | {
    readonly kind: "disconnect";
    readonly session: SessionId;
    readonly code: CloseCode;
    readonly reason: string;
  }
  | {
    readonly kind: "check-credentials";
    readonly session: SessionId;
    readonly attempt: number;
    /** As the client wrote it: it may not even be a legal name. */
    readonly group: GroupName;
    readonly credentials: Credentials;
  }
  /**
   * Makes, changes or lists tokens, which the client may. To be done one after
   * the other for each group.
   */
  | {
    readonly kind: "act-on-tokens";
    readonly session: SessionId;
    readonly request: number;
    readonly group: GroupName;
    readonly act: TokenAct;
  }
  /** Tells a client what is measured of its flows. */
  | {
    readonly kind: "tell-statistics";
    readonly to: SessionId;
    readonly client: CensusClient;
  }
  | { readonly kind: "media"; readonly command: MediaCommand }
  | { readonly kind: "record"; readonly command: RecordingCommand };

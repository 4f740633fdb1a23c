import * as v from "valibot";
import {
  type ClientLimits,
  DEFAULT_CLIENT_LIMITS,
} from "../protocol/client_limits.ts";

/**
 * What one client, or one address, may take of the server: the field `limits`
 * of `config.json`, which Galène does not have. README has the reasons.
 */
export interface Limits extends ClientLimits {
  /**
   * Connections in all, of whatever kind. Each takes three file descriptors;
   * higher wants a higher `ulimit -n`.
   */
  readonly connections: number;
  /**
   * Connections from one IPv4 address or IPv6 /64 network. Lower keeps a single
   * machine from using up what there is; higher lets in a whole school behind
   * one address. This machine itself is not bound: a reverse proxy is there.
   */
  readonly connectionsPerAddress: number;
  /** Of them, those in or before a group. */
  readonly clientsPerAddress: number;
  /**
   * Programs that publish by WHIP from one address, and as many that play by
   * WHEP. Lower keeps one machine from filling groups; higher lets a studio send
   * many cameras.
   */
  readonly programsPerAddress: number;
  /** The head of a request, in bytes. */
  readonly headBytes: number;
  /** Milliseconds for the head of a request, TLS included. */
  readonly headMs: number;
  /** Milliseconds between requests on one connection. */
  readonly idleMs: number;
  /**
   * Messages that a client may send in one burst. On joining a large group it
   * answers every offer, with some ten candidates each; lower would cut off
   * honest clients there.
   */
  readonly messageBurst: number;
  /** Messages a second that a client may send in the long run. */
  readonly messagesPerSecond: number;
  /**
   * Bytes that may wait for a client that reads too slowly, before it is
   * dropped. Lower frees memory sooner; higher forgives longer gaps of a bad
   * mobile link. The most that is ever sent in one go, a whole group's offers on
   * joining, is well below the default: 100 offers of 8 KB.
   */
  readonly queuedBytes: number;
  /**
   * Bytes of one message. Lower keeps memory small; higher lets in longer chat
   * and group data. An offer of a browser has some 8 KB, and must fit.
   */
  readonly messageBytes: number;
  /** Wrong passwords for one user of a group, from one address, until a pause. */
  readonly failedLogins: number;
  /** Wrong passwords from one address, whoever for, until a pause. */
  readonly failedLoginsPerAddress: number;
}

/** What holds where the configuration says nothing. */
export const DEFAULT_LIMITS: Limits = {
  connections: 4_096,
  connectionsPerAddress: 1_024,
  clientsPerAddress: 256,
  programsPerAddress: 64,
  headBytes: 32_768,
  headMs: 60_000,
  idleMs: 120_000,
  messageBurst: 3_000,
  messagesPerSecond: 200,
  queuedBytes: 4 << 20,
  messageBytes: 1 << 20,
  ...DEFAULT_CLIENT_LIMITS,
  failedLogins: 50,
  failedLoginsPerAddress: 200,
};

const Amount = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.maxValue(1_000_000_000),
);

/** The field's schema: any of the limits, and nothing else. */
export const LimitsSchema = v.strictObject(
  Object.fromEntries(
    Object.keys(DEFAULT_LIMITS).map((name) => [name, v.optional(Amount)]),
  ) as Record<keyof Limits, v.OptionalSchema<typeof Amount, undefined>>,
);

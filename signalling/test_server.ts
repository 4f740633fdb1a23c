/**
 * A router with everything that it needs, for tests that read like transcripts:
 * clients say JSON, and hear JSON as it is on the wire.
 *
 * @module
 */
import { instantAt, type Now, wallTimeAt } from "../lib/time.ts";
import { parseClientMessage } from "../protocol/client_message.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { DEFAULT_CLIENT_LIMITS } from "../protocol/client_limits.ts";
import type { GroupName, SessionId, Username } from "../protocol/ids.ts";
import type { RecordingCommand } from "../protocol/recording.ts";
import type { MediaCommand, MediaEvent } from "../protocol/media_plane.ts";
import { encodeServerMessage } from "../protocol/server_codec.ts";
import type { CredentialsOutcome, Effect, Input } from "./effects.ts";
import type { GroupDescription } from "./group_description.ts";
import { Router } from "./router.ts";
import type { TokenOutcome } from "./token_acts.ts";

/** A message as it is on the wire. */
export type Wire = Record<string, unknown>;

/** What those who know passwords would say to a `check-credentials`. */
type Decide = (
  check: Extract<Effect, { kind: "check-credentials" }>,
) => CredentialsOutcome | undefined;

/** A description with nothing special. */
export function describeGroup(
  name: string,
  special: Partial<GroupDescription> = {},
): GroupDescription {
  return {
    name: name as GroupName,
    public: false,
    maxHistoryAgeMs: 4 * 3600 * 1000,
    autolock: false,
    autokick: false,
    canChangePassword: false,
    ...special,
  };
}

/** Lets everybody in; the password is the list of permissions. */
export function letIn(special: Partial<GroupDescription> = {}): Decide {
  return ({ group, credentials: { username, password } }) => ({
    kind: "accepted",
    username: username ?? "" as Username,
    permissions: (password ?? "present,message").split(",").filter(Boolean),
    description: describeGroup(group, special),
  });
}

/** See the module's text. */
export class TestServer {
  /** How credentials are decided; `undefined` leaves them pending. */
  decide: Decide = letIn();
  /** What those who connect from now on may have. */
  limits = DEFAULT_CLIENT_LIMITS;
  /** The credentials that are pending. */
  readonly checks: Parameters<Decide>[0][] = [];
  /** What those who keep tokens are asked, and have not been answered by a test. */
  readonly tokenActs: Extract<Effect, { kind: "act-on-tokens" }>[] = [];
  /** Who is to be told what is measured, of which flows. */
  readonly told: Extract<Effect, { kind: "tell-statistics" }>[] = [];
  readonly router: Router;
  /** What the recorder has been told. */
  readonly recordings: RecordingCommand[] = [];
  #lastId = 0;
  #lastSession = 0;
  #nowMs = 0;
  readonly #heard = new Map<SessionId, Wire[]>();
  #commands: MediaCommand[] = [];

  /** @param records whether groups can be recorded */
  constructor({ records = false } = {}) {
    const randomId = () => `random-${++this.#lastId}`;
    this.router = new Router({
      rtcConfiguration: {},
      randomId,
      ...(records && { randomRecorder: randomId }),
    });
  }

  /** Opens a connection. */
  connect(): SessionId {
    const session = ++this.#lastSession as SessionId;
    this.#heard.set(session, []);
    const { limits } = this;
    this.give({
      kind: "connected",
      session,
      address: "192.0.2.1:5000",
      limits,
    });
    return session;
  }

  /** Opens a connection and says the handshake; what is heard so far is dropped. */
  greet(id: string): SessionId {
    const session = this.connect();
    this.say(session, { type: "handshake", version: ["2"], id });
    this.hear(session);
    return session;
  }

  /** Lets a client into the group `g`; what is heard so far is dropped. */
  enter(id: string, permissions = "present,message"): SessionId {
    const session = this.greet(id);
    this.join(session, { username: id, password: permissions });
    this.hear(session);
    return session;
  }

  /** Asks to be let into the group `g`. */
  join(session: SessionId, more: Wire = {}): void {
    this.say(session, { type: "join", kind: "join", group: "g", ...more });
  }

  /** Gives the router a message, as a WebSocket would. */
  say(session: SessionId, message: Wire): void {
    try {
      const parsed = parseClientMessage(message);
      this.give({ kind: "message", session, message: parsed });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.give({ kind: "faulted", session, error });
    }
  }

  /** What a client has heard since this was last asked; a close frame is `{ close, reason }`. */
  hear(session: SessionId): Wire[] {
    const heard = this.#heard.get(session) ?? [];
    this.#heard.set(session, []);
    return heard;
  }

  /** The same, without `joined` and `user`, which are many. */
  hearRest(session: SessionId): Wire[] {
    return this.hear(session).filter(({ type }) =>
      type !== "joined" && type !== "user"
    );
  }

  /** What the media plane was told since this was last asked. */
  commands(): MediaCommand[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  /** Lets the media plane say something. Keys and numbers are plain here. */
  media(event: object): void {
    this.give({ kind: "media", event: event as MediaEvent });
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#nowMs += ms;
    this.give({ kind: "tick" });
  }

  /** Answers the credentials that are pending. */
  decideAll(decide: Decide): void {
    for (const check of this.checks.splice(0)) {
      const { session, attempt } = check;
      const outcome = decide(check);
      if (outcome === undefined) continue;
      this.give({ kind: "credentials-checked", session, attempt, outcome });
    }
  }

  /** Answers the oldest question about tokens. */
  answerTokens(outcome: TokenOutcome): void {
    const asked = this.tokenActs.shift();
    if (asked === undefined) throw new Error("Nobody asked about tokens");
    const { session, request } = asked;
    this.give({ kind: "tokens-answered", session, request, outcome });
  }

  /** Gives the router an input and carries out what it says. */
  give(input: Input): void {
    for (const effect of this.router.handle(input, this.#now)) {
      this.#carryOut(effect);
    }
    const pending = this.checks.splice(0);
    for (const check of pending) {
      const outcome = this.decide(check);
      const { session, attempt } = check;
      if (outcome === undefined) this.checks.push(check);
      else {this.give({
          kind: "credentials-checked",
          session,
          attempt,
          outcome,
        });}
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        this.#heard.get(effect.to)?.push(
          JSON.parse(encodeServerMessage(effect.message)),
        );
        return;
      case "disconnect":
        this.#heard.get(effect.session)?.push({
          close: effect.code,
          reason: effect.reason,
        });
        return;
      case "check-credentials":
        this.checks.push(effect);
        return;
      case "act-on-tokens":
        this.tokenActs.push(effect);
        return;
      case "tell-statistics":
        this.told.push(effect);
        return;
      case "media":
        this.#commands.push(effect.command);
        return;
      case "record":
        this.recordings.push(effect.command);
    }
  }

  get #now(): Now {
    return {
      instant: instantAt(this.#nowMs),
      wall: wallTimeAt(Date.UTC(2026, 6, 29, 8) + this.#nowMs),
    };
  }
}

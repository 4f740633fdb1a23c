/**
 * The only file that knows both signalling and media. It carries out the
 * router's effects and feeds what comes of them back in, one input at a time.
 *
 * @module
 */
import type { Clock, Now } from "./lib/time.ts";
import { assertNever } from "./lib/assert_never.ts";
import { DEFAULT_CLIENT_LIMITS } from "./protocol/client_limits.ts";
import type { SessionId } from "./protocol/ids.ts";
import type {
  MediaCommand,
  MediaPlane,
  PlaneEvent,
} from "./protocol/media_plane.ts";
import type { RecordingCommand, RecordingEvent } from "./protocol/recording.ts";
import type { RtcConfiguration } from "./protocol/server_message.ts";
import {
  type Effect,
  type Input,
  TICK_INTERVAL_MS,
} from "./signalling/effects.ts";
import type { GroupDescription } from "./signalling/group_description.ts";
import type { PlayableFlow } from "./signalling/flow.ts";
import type { Router } from "./signalling/router.ts";
import type {
  Connection,
  ConnectionHandle,
  SignallingPort,
} from "./http/websocket.ts";
import type { Authenticator } from "./auth/authenticator.ts";
import type { TokenKeeper } from "./auth/token_keeper.ts";
import type { Log } from "./lib/log.ts";
import { Measurements } from "./statistics.ts";

/** What an app is made of. The app owns the plane and closes it. */
export interface AppParts {
  readonly router: Router;
  readonly authenticator: Authenticator;
  readonly tokens: TokenKeeper;
  /** Opens the media plane; its events go to the function given. */
  readonly openMedia: (onEvent: (event: PlaneEvent) => void) => MediaPlane;
  /** Opens the recorder, which the app closes; absent: nothing is recorded. */
  readonly openRecorder?: (
    command: (command: MediaCommand) => void,
    onEvent: (event: RecordingEvent) => void,
  ) => Recorder;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the app needs of a recorder. */
export interface Recorder {
  handle(command: RecordingCommand): void;
  /** Takes what the media plane says. */
  take(event: PlaneEvent): void;
  /** Completes all files. */
  close(): Promise<void>;
}

/** A running app. */
export interface App extends SignallingPort {
  /** How many are in a group, and whether it is locked; see row D-15. */
  occupancyOf(group: string): { clientCount: number; locked: boolean };
  /** The flows of a group that can be played now, the oldest first. */
  flowsIn(group: string): readonly PlayableFlow[];
  /** How often each limit of signalling has refused something. */
  readonly refused: Readonly<Record<string, number>>;
  /** Who is in which group and what flows there, in Galène's form (B.6). */
  statistics(): Promise<readonly unknown[]>;
  /** A group's file has changed: tells those who are in it. */
  groupChanged(description: GroupDescription): void;
  /** Clients are to be told of other ICE servers. */
  iceChanged(rtcConfiguration: RtcConfiguration): void;
  /**
   * Tells everybody that the server goes away (row A-15), and closes the media
   * plane. Idempotent.
   */
  close(message: string): Promise<void>;
}

/** Wires the parts and starts the clock. */
export function createApp(parts: AppParts): App {
  return new RunningApp(parts);
}

class RunningApp implements App {
  readonly #parts: AppParts;
  readonly #media: MediaPlane;
  readonly #recorder: Recorder | undefined;
  readonly #measurements = new Measurements();
  readonly #connections = new Map<SessionId, Connection>();
  /** Inputs that came while another was handled: media answers at once. */
  readonly #inputs: Input[] = [];
  #busy = false;
  #nextSession = 1;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor(parts: AppParts) {
    this.#parts = parts;
    this.#media = parts.openMedia((event) => {
      if (this.#measurements.take(event)) return;
      this.#recorder?.take(event);
      if (event.kind === "publisher-tapped") return;
      this.#feed({ kind: "media", event });
    });
    this.#recorder = parts.openRecorder?.(
      (command) => this.#media.handle(command),
      (event) => this.#feed({ kind: "recording", event }),
    );
    this.#ticker = setInterval(
      () => this.#feed({ kind: "tick" }),
      TICK_INTERVAL_MS,
    );
  }

  open(connection: Connection): ConnectionHandle {
    const session = this.#nextSession++ as SessionId;
    this.#connections.set(session, connection);
    const { address, isProgram = false, limits = DEFAULT_CLIENT_LIMITS } =
      connection;
    this.#feed({ kind: "connected", session, address, isProgram, limits });
    return {
      receive: (message) => this.#feed({ kind: "message", session, message }),
      faulted: (error) => this.#feed({ kind: "faulted", session, error }),
      closed: () => {
        if (!this.#connections.delete(session)) return;
        this.#feed({ kind: "disconnected", session });
      },
    };
  }

  occupancyOf(group: string): { clientCount: number; locked: boolean } {
    return this.#parts.router.occupancy(group);
  }

  flowsIn(group: string): readonly PlayableFlow[] {
    return this.#parts.router.flowsIn(group);
  }

  get refused(): Readonly<Record<string, number>> {
    const { refused } = this.#parts.router.counts;
    return Object.fromEntries(
      Object.entries(refused).filter(([, count]) => count > 0),
    );
  }

  statistics(): Promise<readonly unknown[]> {
    return this.#measurements.measure(
      this.#parts.router.census(),
      () => this.#media.handle({ kind: "measure" }),
    );
  }

  groupChanged(description: GroupDescription): void {
    this.#feed({ kind: "group-changed", description });
  }

  iceChanged(rtcConfiguration: RtcConfiguration): void {
    this.#feed({ kind: "rtc-configuration-changed", rtcConfiguration });
  }

  async close(message: string): Promise<void> {
    if (this.#ticker === undefined) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#feed({ kind: "shut-down", message });
    await this.#recorder?.close();
    await this.#media.close();
  }

  /** Handles an input, or queues it behind the one that is being handled. */
  #feed(input: Input): void {
    this.#inputs.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      let next;
      while ((next = this.#inputs.shift()) !== undefined) {
        this.#step(next, this.#parts.clock.now());
      }
    } finally {
      this.#busy = false;
    }
  }

  /**
   * One step of the router. What throws here is a bug of ours, for whatever
   * input: it ends the session that it came from, and nobody else's.
   */
  #step(input: Input, now: Now): void {
    try {
      for (const effect of this.#parts.router.handle(input, now)) {
        this.#carryOut(effect);
      }
    } catch (error) {
      this.#parts.log.error("bug in signalling", {
        input: input.kind,
        error: error instanceof Error ? error.stack ?? error.message : error,
      });
      if (!("session" in input) || input.kind === "disconnected") return;
      this.#disconnect(input.session, 1011, "");
      this.#inputs.push({ kind: "disconnected", session: input.session });
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        this.#connections.get(effect.to)?.send(effect.message);
        return;
      case "disconnect":
        this.#disconnect(effect.session, effect.code, effect.reason);
        return;
      case "check-credentials":
        this.#check(effect);
        return;
      case "act-on-tokens":
        this.#actOnTokens(effect);
        return;
      case "tell-statistics":
        void this.#tellStatistics(effect);
        return;
      case "media":
        this.#media.handle(effect.command);
        return;
      case "record":
        this.#recorder?.handle(effect.command);
        return;
      default:
        assertNever(effect);
    }
  }

  #disconnect(session: SessionId, code?: number, reason?: string): void {
    const connection = this.#connections.get(session);
    this.#connections.delete(session);
    connection?.disconnect(code, reason);
  }

  /** Of what is measured for one, others who ask soon are told, too. */
  async #tellStatistics(
    { to, client }: Effect & { kind: "tell-statistics" },
  ): Promise<void> {
    const statistics = await this.#measurements.measureClient(client, {
      groups: () => this.#parts.router.census(),
      ask: () => this.#media.handle({ kind: "measure" }),
      nowMs: this.#parts.clock.now().instant,
    });
    this.#connections.get(to)?.send({ type: "statistics", ...statistics });
  }

  /** Asks `auth/`, which may take its time, and feeds back what it says. */
  #check(effect: Effect & { kind: "check-credentials" }): void {
    const { session, attempt, group, credentials } = effect;
    const network = this.#connections.get(session)?.network ?? "";
    this.#parts.authenticator.check(group, credentials, network).then(
      (outcome) =>
        this.#feed({ kind: "credentials-checked", session, attempt, outcome }),
      (error) => {
        this.#parts.log.error("cannot check credentials", {
          group,
          error: String(error),
        });
        this.#feed({
          kind: "credentials-checked",
          session,
          attempt,
          outcome: { kind: "refused", reason: "internal" },
        });
      },
    );
  }

  /** The same for tokens, which are on disk. */
  #actOnTokens(effect: Effect & { kind: "act-on-tokens" }): void {
    const { session, request, group, act } = effect;
    this.#parts.tokens.act(group, act).then(
      (outcome) =>
        this.#feed({ kind: "tokens-answered", session, request, outcome }),
      (error) => {
        this.#parts.log.error("cannot act on tokens", {
          group,
          act: act.kind,
          error: String(error),
        });
        this.#feed({
          kind: "tokens-answered",
          session,
          request,
          outcome: { kind: "refused", reason: "internal" },
        });
      },
    );
  }
}

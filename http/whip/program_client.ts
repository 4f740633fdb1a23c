import type { ClientLimits } from "../../protocol/client_limits.ts";
import { parseClientMessage } from "../../protocol/client_message.ts";
import { CLOSE_ABRUPTLY, ProtocolError } from "../../protocol/errors.ts";
import type { FlowId } from "../../protocol/ids.ts";
import type {
  RtcConfiguration,
  ServerMessage,
} from "../../protocol/server_message.ts";
import type { Connection, ConnectionHandle, SignallingPort } from "../ports.ts";

/** How the group received the client. */
export type JoinOutcome =
  | {
    readonly kind: "joined";
    readonly permissions: readonly string[];
    readonly rtcConfiguration: RtcConfiguration;
  }
  /** `text` is one of `protocol/join_refusals.ts`, or an operator's. */
  | { readonly kind: "refused"; readonly text: string }
  | { readonly kind: "redirected"; readonly url: string }
  | Ended;

/** The client was sent away, the server stops, or no answer came in time. */
export interface Ended {
  readonly kind: "ended";
}

/** With what a client wants to be let in. */
export interface ProgramCredentials {
  readonly group: string;
  readonly username: string;
  readonly password?: string;
  readonly token?: string;
}

/** What a {@linkcode ProgramClient} needs. */
export interface ProgramClientParts {
  readonly signalling: SignallingPort;
  /** `ip:port`. */
  readonly address: string;
  /** See {@linkcode Connection.network}. */
  readonly network: string;
  /** See {@linkcode Connection.limits}. */
  readonly limits: ClientLimits;
  /** Of the client, and of its flow if it publishes: unique over the server. */
  readonly id: string;
  /** Called once, when it is over, whoever ended it. */
  readonly ended: () => void;
}

/**
 * A client of a group that does one thing, on behalf of a program that speaks
 * WHIP or WHEP. For signalling it is a client like any other: it says the same
 * messages, and hears the same.
 */
export abstract class ProgramClient implements Connection {
  readonly address: string;
  readonly network: string;
  readonly limits: ClientLimits;
  readonly isProgram = true;
  protected readonly id: string;
  readonly #signalling: SignallingPort;
  #handle: ConnectionHandle | undefined;
  readonly #ended: () => void;
  #isOver = false;
  #joining: ((outcome: JoinOutcome) => void) | undefined;

  constructor(
    { signalling, address, network, limits, id, ended }: ProgramClientParts,
  ) {
    this.address = address;
    this.network = network;
    this.limits = limits;
    this.id = id;
    this.#ended = ended;
    this.#signalling = signalling;
  }

  /** Connects: once, before all else. A server that stops sends it away at once. */
  connect(): void {
    this.#handle = this.#signalling.open(this);
    this.say({ type: "handshake", version: ["2"], id: this.id });
  }

  /** Whether it has been sent away, or has left. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Asks to be let in; once. */
  join(credentials: ProgramCredentials): Promise<JoinOutcome> {
    if (this.#isOver) return Promise.resolve({ kind: "ended" });
    const { promise, resolve } = Promise.withResolvers<JoinOutcome>();
    this.#joining = resolve;
    const refusal = this.say({ type: "join", kind: "join", ...credentials });
    if (refusal !== undefined) this.#joined({ kind: "refused", text: refusal });
    return promise;
  }

  /** Leaves, and takes its flow along. Idempotent. */
  close(): void {
    if (this.#isOver) return;
    this.#end();
    this.#handle?.closed();
  }

  /** See {@linkcode Connection.send}: hears what matters, and nothing else. */
  send(message: ServerMessage): void {
    if (this.#isOver) return;
    switch (message.type) {
      case "ping":
        this.say({ type: "pong" });
        return;
      case "joined":
        return this.#hearJoined(message);
      default:
        this.hear(message);
    }
  }

  /** See {@linkcode Connection.disconnect}: it was sent away. */
  disconnect(_code: number = CLOSE_ABRUPTLY, _reason = ""): void {
    this.#end();
  }

  /** Takes what is not about being in the group. */
  protected abstract hear(message: ServerMessage): void;

  /** It is over: whoever waits for something waits no longer. */
  protected abstract giveUp(): void;

  /**
   * Says something, within the same limits as a client over a WebSocket.
   *
   * @returns why not, if it cannot be said
   */
  protected say(
    message: Readonly<Record<string, unknown>>,
    only?: FlowId,
  ): string | undefined {
    try {
      const parsed = parseClientMessage(message);
      this.#handle?.receive(
        parsed.type === "request" && only !== undefined
          ? { ...parsed, only }
          : parsed,
      );
      return undefined;
    } catch (error) {
      if (error instanceof ProtocolError) return error.message;
      throw error;
    }
  }

  #hearJoined(message: Extract<ServerMessage, { type: "joined" }>): void {
    switch (message.kind) {
      case "join": {
        const { permissions, rtcConfiguration } = message;
        const kind = "joined";
        return this.#joined({ kind, permissions, rtcConfiguration });
      }
      case "fail":
        return this.#joined({ kind: "refused", text: message.value });
      case "redirect":
        return this.#joined({ kind: "redirected", url: message.value });
    }
  }

  #joined(outcome: JoinOutcome): void {
    this.#joining?.(outcome);
    this.#joining = undefined;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#joined({ kind: "ended" });
    this.giveUp();
    this.#ended();
  }
}

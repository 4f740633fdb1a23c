import { parseClientMessage } from "../../protocol/client_message.ts";
import { CLOSE_ABRUPTLY, ProtocolError } from "../../protocol/errors.ts";
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

/** What became of an offer. */
export type OfferOutcome =
  | { readonly kind: "answered"; readonly sdp: string }
  | { readonly kind: "refused"; readonly text: string }
  | Ended;

/** The client was sent away, the server stops, or no answer came in time. */
export interface Ended {
  readonly kind: "ended";
}

/** With what a client wants to be let in. */
export interface IngestCredentials {
  readonly group: string;
  readonly username: string;
  readonly password?: string;
  readonly token?: string;
}

/** What an {@linkcode IngestClient} needs. */
export interface IngestClientParts {
  readonly signalling: SignallingPort;
  /** `ip:port`. */
  readonly address: string;
  /** See {@linkcode Connection.network}. */
  readonly network: string;
  /** Of the client and of its one flow: unique over the server. */
  readonly id: string;
  /** Called once, when it is over, whoever ended it. */
  readonly ended: () => void;
}

/**
 * A client of a group that publishes one flow and does nothing else, on behalf
 * of a program that speaks WHIP. For signalling it is a client like any other:
 * it says the same messages, and hears the same.
 */
export class IngestClient implements Connection {
  readonly address: string;
  readonly network: string;
  readonly isIngest = true;
  readonly #id: string;
  readonly #handle: ConnectionHandle;
  readonly #ended: () => void;
  #isOver = false;
  #joining: ((outcome: JoinOutcome) => void) | undefined;
  #offering: ((outcome: OfferOutcome) => void) | undefined;
  /** The flow was aborted; why is said in the next message. */
  #isAborted = false;

  constructor(
    { signalling, address, network, id, ended }: IngestClientParts,
  ) {
    this.address = address;
    this.network = network;
    this.#id = id;
    this.#ended = ended;
    this.#handle = signalling.open(this);
    this.#say({ type: "handshake", version: ["2"], id });
  }

  /** Whether it has been sent away, or has left. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Asks to be let in; once. */
  join(credentials: IngestCredentials): Promise<JoinOutcome> {
    if (this.#isOver) return Promise.resolve({ kind: "ended" });
    const { promise, resolve } = Promise.withResolvers<JoinOutcome>();
    this.#joining = resolve;
    const refusal = this.#say({ type: "join", kind: "join", ...credentials });
    if (refusal !== undefined) this.#joined({ kind: "refused", text: refusal });
    return promise;
  }

  /** Offers the flow, or offers it anew. One offer at a time. */
  offer(sdp: string): Promise<OfferOutcome> {
    if (this.#isOver) return Promise.resolve({ kind: "ended" });
    if (this.#offering !== undefined) {
      return Promise.resolve({
        kind: "refused",
        text: "Another offer is being answered",
      });
    }
    const { promise, resolve } = Promise.withResolvers<OfferOutcome>();
    this.#offering = resolve;
    const refusal = this.#say({ type: "offer", id: this.#id, label: "", sdp });
    if (refusal !== undefined) {
      this.#offered({ kind: "refused", text: refusal });
    }
    return promise;
  }

  /** Leaves, and takes its flow along. Idempotent. */
  close(): void {
    if (this.#isOver) return;
    this.#end();
    this.#handle.closed();
  }

  /** See {@linkcode Connection.send}: hears what matters, and nothing else. */
  send(message: ServerMessage): void {
    if (this.#isOver) return;
    switch (message.type) {
      case "ping":
        this.#say({ type: "pong" });
        return;
      case "joined":
        if (message.kind === "join") {
          const { permissions, rtcConfiguration } = message;
          return this.#joined({
            kind: "joined",
            permissions,
            rtcConfiguration,
          });
        }
        if (message.kind === "fail") {
          return this.#joined({ kind: "refused", text: message.value });
        }
        if (message.kind === "redirect") {
          return this.#joined({ kind: "redirected", url: message.value });
        }
        return;
      case "answer":
        return this.#offered({ kind: "answered", sdp: message.sdp });
      case "abort":
        this.#isAborted = true;
        return;
      case "renegotiate":
        // The path is lost for good: the server has waited long enough (D-35).
        return this.close();
      case "usermessage":
        if (this.#isAborted && message.kind === "error") {
          return this.#aborted(String(message.value));
        }
        return;
    }
  }

  /** See {@linkcode Connection.disconnect}: it was sent away. */
  disconnect(_code: number = CLOSE_ABRUPTLY, _reason = ""): void {
    this.#end();
  }

  #joined(outcome: JoinOutcome): void {
    this.#joining?.(outcome);
    this.#joining = undefined;
  }

  #offered(outcome: OfferOutcome): void {
    this.#offering?.(outcome);
    this.#offering = undefined;
  }

  /** An offer was refused, or the client may not publish any more. */
  #aborted(text: string): void {
    this.#isAborted = false;
    if (this.#offering === undefined) return this.close();
    this.#offered({ kind: "refused", text });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#joined({ kind: "ended" });
    this.#offered({ kind: "ended" });
    this.#ended();
  }

  /**
   * Says something, within the same limits as a client over a WebSocket.
   *
   * @returns why not, if it cannot be said
   */
  #say(message: Readonly<Record<string, unknown>>): string | undefined {
    try {
      this.#handle.receive(parseClientMessage(message));
      return undefined;
    } catch (error) {
      if (error instanceof ProtocolError) return error.message;
      throw error;
    }
  }
}

import { DEFAULT_LIMITS, type Limits } from "../auth/limits.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import { decodeClientMessage } from "../protocol/client_message.ts";
import {
  CLOSE_ABRUPTLY,
  ProtocolError,
  tooLong,
  violation,
} from "../protocol/errors.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import type { MessageEncoder } from "./message_encoder.ts";
import type { ClientLink } from "./client_link.ts";
import type { Connection, ConnectionHandle, SignallingPort } from "./ports.ts";
import { TokenBucket } from "./token_bucket.ts";

/** What a {@linkcode ClientSocket} needs besides its socket. */
export interface ClientSocketParts {
  readonly signalling: SignallingPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly address: string;
  /** See {@linkcode Connection.network}. */
  readonly network?: string;
  /** Bounds, and who counts what they refuse; the defaults if not given. */
  readonly limits?: Limits;
  readonly count?: (limit: keyof Limits) => void;
  /** One for all clients. */
  readonly encoder: MessageEncoder;
  /** The client's connection; `undefined` where nobody guards it. */
  readonly link: ClientLink | undefined;
  /** Called once, when the socket is gone for good. */
  readonly ended: () => void;
}

/**
 * How long a client has to answer a close frame, in milliseconds, before its
 * connection is cut. Lower frees memory sooner; higher lets clients with bad
 * links read why they were sent away.
 */
const CLOSE_GRACE_MS = 5_000;

/** A close reason's most bytes: a control frame has 125 (RFC 6455 §5.5). */
const MAX_REASON_BYTES = 123;

/**
 * One client's WebSocket: parses what comes, writes what goes, and is the one
 * place that catches what goes wrong on the way. A client's fault goes to its
 * handle; a fault of ours ends this client's connection, and no other.
 */
export class ClientSocket implements Connection {
  readonly address: string;
  readonly network: string;
  /** See {@linkcode Connection.limits}. */
  readonly limits: Limits;
  readonly #socket: WebSocket;
  readonly #parts: ClientSocketParts;
  readonly #rate: TokenBucket;
  #handle: ConnectionHandle | undefined;
  #isOver = false;
  #isGone = false;
  #cutTimer: ReturnType<typeof setTimeout> | undefined;

  /** Listens on a socket that is not open yet. */
  constructor(socket: WebSocket, parts: ClientSocketParts) {
    this.address = parts.address;
    this.network = parts.network ?? "";
    this.limits = parts.limits ?? DEFAULT_LIMITS;
    this.#socket = socket;
    this.#parts = parts;
    this.#rate = new TokenBucket(
      this.limits.messageBurst,
      this.limits.messagesPerSecond,
      parts.clock.now().instant,
    );
    socket.binaryType = "arraybuffer";
    socket.onopen = () =>
      this.#guard(() => {
        this.#handle = parts.signalling.open(this);
      });
    socket.onmessage = (event) => this.#guard(() => this.#take(event.data));
    if (parts.link !== undefined) {
      parts.link.onTooLong = () =>
        this.#guard(() => {
          if (!this.#isOver) this.#faultTooLong();
        });
    }
    socket.onerror = () => this.#gone();
    socket.onclose = () => this.#gone();
  }

  /** See {@linkcode Connection.send}. */
  send(message: ServerMessage): void {
    if (this.#isOver || this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > this.limits.queuedBytes) {
      this.#parts.count?.("queuedBytes");
      this.#drop("Client dropped: it reads too slowly");
      // It will not read a close frame either, and its queue is to be freed.
      this.#parts.link?.cut();
      return;
    }
    this.#socket.send(this.#parts.encoder.encode(message));
  }

  /** See {@linkcode Connection.disconnect}. */
  disconnect(code: number = CLOSE_ABRUPTLY, reason = ""): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#close(code, reason);
  }

  #take(data: unknown): void {
    if (this.#isOver) return;
    if (!this.#rate.take(this.#parts.clock.now().instant)) {
      this.#parts.count?.("messagesPerSecond");
      this.#handle?.faulted(violation("too many messages"));
      return;
    }
    if (isTooLong(data, this.limits.messageBytes)) {
      this.#parts.count?.("messageBytes");
      return this.#faultTooLong();
    }
    try {
      this.#handle?.receive(decodeClientMessage(toText(data)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#handle?.faulted(error);
    }
  }

  #faultTooLong(): void {
    this.#handle?.faulted(tooLong("message too long"));
  }

  /** Runs something of ours; if it throws, this client is done for. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#parts.log.error("Client's session failed", {
        address: this.address,
        error: error instanceof Error ? error.stack : String(error),
      });
      this.#drop("Client dropped");
    }
  }

  /** Ends the connection of our own accord, and tells the application. */
  #drop(note: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.log.info(note, { address: this.address });
    this.#close(1011, "");
    this.#tellClosed();
  }

  #close(code: number, reason: string): void {
    const { link } = this.#parts;
    if (code === CLOSE_ABRUPTLY) {
      link?.cut();
      // Where nobody guards the connection, an empty close frame it is.
      return this.#socket.close();
    }
    if (link !== undefined && !this.#isGone) {
      this.#cutTimer = setTimeout(() => link.cut(), CLOSE_GRACE_MS);
    }
    this.#socket.close(code, cutToBytes(reason, MAX_REASON_BYTES));
  }

  /** The socket has ended; Deno may say so more than once. */
  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#cutTimer);
    this.#parts.ended();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tellClosed();
  }

  /** Later, as we may be in the middle of the application's own work. */
  #tellClosed(): void {
    const handle = this.#handle;
    queueMicrotask(() => this.#guard(() => handle?.closed()));
  }
}

function isTooLong(data: unknown, maxBytes: number): boolean {
  if (data instanceof ArrayBuffer) return data.byteLength > maxBytes;
  if (typeof data !== "string" || data.length * 3 <= maxBytes) {
    return false; // at most three bytes of UTF-8 for each UTF-16 unit
  }
  return data.length > maxBytes ||
    new TextEncoder().encode(data).byteLength > maxBytes;
}

/** Text and binary messages are alike, as long as they are UTF-8. */
function toText(data: unknown): string {
  if (typeof data === "string") return data;
  if (!(data instanceof ArrayBuffer)) {
    throw new Error(`Cannot happen: message is a ${typeof data}`);
  }
  return new TextDecoder().decode(data);
}

/** Cuts a text so that its UTF-8 fits, without cutting a character in two. */
export function cutToBytes(text: string, maxBytes: number): string {
  const bytes = new Uint8Array(maxBytes);
  const { read } = new TextEncoder().encodeInto(text, bytes);
  return text.slice(0, read);
}

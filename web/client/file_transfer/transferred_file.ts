import { assertNever } from "../../../lib/assert_never.ts";
import {
  FILE_TRANSFER_VERSION,
  type FileTransferCandidate,
  type FileTransferMessage,
} from "../../../protocol/file_transfer_message.ts";
import type { Environment, Timer } from "../environment.ts";
import { ChunkCollector, sendChunks } from "./chunks.ts";
import { TransferPeer } from "./transfer_peer.ts";
import {
  ACKNOWLEDGEMENT,
  type TransferEffect,
  type TransferInput,
  TransferMachine,
  type TransferState,
} from "./transfer_machine.ts";

/** How long the sender has to end a connection by which all has come. */
const FAREWELL_MS = 2_000;

/**
 * How long to wait, when the channel has ended, for the word why: that comes by
 * the server, and may be slower.
 */
const REASON_MS = 1_000;

/** How many candidates may come before there is a peer for them. */
const MAX_EARLY_CANDIDATES = 100;

/** What a transfer needs of its connection; internal to the library. */
export interface TransferHost {
  readonly environment: Environment;
  /** The configuration for a new peer. */
  getRTCConfiguration(): RTCConfiguration;
  /** Says something about the transfer to its other side. */
  send(message: FileTransferMessage): void;
  /** It has ended. */
  handleClosed(): void;
  /** A callback of the frontend's has failed. */
  handleError(error: unknown): void;
}

/** What a transfer is about; internal to the library. */
export interface TransferInit {
  readonly id: string;
  readonly userid: string;
  readonly username: string;
  readonly name: string;
  readonly mimetype: string;
  readonly size: number;
  /** What is sent; `null` if we receive. */
  readonly file: Blob | null;
}

/**
 * A file on its way from one client to another, past the server.
 *
 * Made by {@linkcode ServerConnection}, which calls `onfiletransfer` with it:
 * set `onevent` there. A file that somebody sends us comes if
 * {@linkcode receive} is called, now or later.
 */
export class TransferredFile {
  /** Names the transfer, together with `userid`. */
  readonly id: string;
  /** The client id of the other side. */
  readonly userid: string;
  /** The name of the other side. */
  readonly username: string;
  /** Whether we send it. */
  readonly up: boolean;
  /** As the sender says: to be shown, not to be trusted as a path. */
  readonly name: string;
  /** As the sender says; may be empty. */
  readonly mimetype: string;
  /** In bytes. */
  readonly size: number;
  /** Whatever the frontend wants to keep with it. */
  userdata: Record<string, unknown> = {};

  /**
   * The state has changed, or more bytes were sent or received. With `done`,
   * `data` is the `Blob` that was received; with `cancelled`, the reason, as
   * text for people.
   */
  onevent:
    | ((
      this: TransferredFile,
      state: TransferState,
      data?: Blob | string,
    ) => void)
    | null = null;

  readonly #host: TransferHost;
  readonly #machine: TransferMachine;
  readonly #file: Blob | null;
  readonly #received = new ChunkCollector();
  readonly #ended = new AbortController();
  #peer: TransferPeer | undefined;
  #earlyCandidates: FileTransferCandidate[] = [];
  /** Runs when the channel should end, or has ended. */
  #farewell: Timer | undefined;
  #told: TransferState = "";

  /** For {@linkcode ServerConnection} only. */
  constructor(host: TransferHost, init: TransferInit) {
    this.#host = host;
    this.id = init.id;
    this.userid = init.userid;
    this.username = init.username;
    this.name = init.name;
    this.mimetype = init.mimetype;
    this.size = init.size;
    this.#file = init.file;
    this.up = init.file !== null;
    this.#machine = new TransferMachine(this.up, this.size);
  }

  /** How far it is. */
  get state(): TransferState {
    return this.#told;
  }

  /** How much has been sent or received, in bytes. */
  get datalen(): number {
    return this.#machine.bytes;
  }

  /**
   * Wants the file that somebody sends. Their browser, and ours, learn the
   * other's address by it.
   *
   * @throws {TypeError} if it is ours, or under way, or at its end
   */
  receive(): void {
    if (this.up || this.#machine.state !== "inviting") {
      throw new TypeError(
        `Cannot receive "${this.name}": it is ${
          this.up ? "ours" : this.#machine.state
        }`,
      );
    }
    this.handle({ kind: "receive" });
  }

  /** Ends it, and tells the other side why. Idempotent. */
  cancel(reason: string | Error = "cancelled"): void {
    const text = reason instanceof Error ? reason.message : reason;
    this.handle({ kind: "cancel", reason: text });
  }

  /** Takes an input; internal to the library. */
  handle(input: TransferInput): void {
    for (const effect of this.#machine.handle(input)) this.#carryOut(effect);
  }

  /** A candidate of the other side's, `null` at their end; internal. */
  handleCandidate(candidate: FileTransferCandidate | null): void {
    if (candidate === null) return;
    // Galène's client may send some before its offer.
    if (this.#peer !== undefined) this.#peer.handleCandidate(candidate);
    else if (this.#earlyCandidates.length < MAX_EARLY_CANDIDATES) {
      this.#earlyCandidates.push(candidate);
    }
  }

  #carryOut(effect: TransferEffect): void {
    switch (effect.kind) {
      case "send":
        return this.#host.send({ ...effect.message, id: this.id });
      case "open-peer":
        return this.#openPeer().offer();
      case "answer-peer":
        return this.#openPeer().answer(effect.sdp);
      case "complete-peer":
        return this.#peer?.complete(effect.sdp);
      case "pump":
        return this.#pump();
      case "tell":
        return this.#tell(effect.state, effect.reason);
      case "deliver":
        return this.#tell("done", this.#received.take(this.mimetype));
      case "acknowledge":
        return this.#acknowledge();
      case "close":
        return this.#close();
      default:
        return assertNever(effect);
    }
  }

  #openPeer(): TransferPeer {
    const { environment } = this.#host;
    const pc = environment.createPeer(this.#host.getRTCConfiguration());
    const peer = new TransferPeer(pc, {
      sendOffer: (sdp) => {
        this.#host.send({
          type: "offer",
          version: [FILE_TRANSFER_VERSION],
          id: this.id,
          sdp,
        });
      },
      handleAnswer: (sdp) => this.handle({ kind: "answered", sdp }),
      sendCandidate: (candidate) => {
        this.#host.send({ type: "ice", id: this.id, candidate });
      },
      handleOpen: () => this.handle({ kind: "open" }),
      handleMessage: (data) => this.#handleMessage(data),
      handleClosed: () => this.#handleChannelClosed(),
      handleFailed: (error) => this.cancel(toReason(error)),
    });
    this.#peer = peer;
    for (const candidate of this.#earlyCandidates.splice(0)) {
      peer.handleCandidate(candidate);
    }
    return peer;
  }

  #handleChannelClosed(): void {
    if (this.#machine.state === "done") this.handle({ kind: "channel-closed" });
    else this.#awaitEnd(REASON_MS);
  }

  #awaitEnd(withinMs: number): void {
    this.#farewell ??= this.#host.environment.setTimer(
      () => this.handle({ kind: "channel-closed" }),
      withinMs,
    );
  }

  #handleMessage(data: unknown): void {
    if (typeof data === "string") this.handle({ kind: "text", text: data });
    else if (data instanceof ArrayBuffer && !this.up) {
      this.#received.add(data);
      this.handle({ kind: "received", bytes: data.byteLength });
    } else this.cancel("unexpected type for received data");
  }

  #pump(): void {
    const channel = this.#peer?.channel;
    if (channel === undefined || this.#file === null) return;
    sendChunks(
      channel,
      this.#file,
      (bytes) => this.handle({ kind: "sent", bytes }),
      this.#ended.signal,
    ).catch((error) => this.cancel(toReason(error)));
  }

  #acknowledge(): void {
    this.#peer?.channel?.send(ACKNOWLEDGEMENT);
    this.#awaitEnd(FAREWELL_MS);
  }

  #tell(state: TransferState, data?: Blob | string): void {
    this.#told = state;
    try {
      this.onevent?.(state, data);
    } catch (error) {
      this.#host.handleError(error); // what is to be done is done all the same
    }
  }

  #close(): void {
    if (this.#farewell !== undefined) {
      this.#host.environment.clearTimer(this.#farewell);
    }
    this.#ended.abort();
    this.#peer?.close();
    this.#received.take("");
    this.#host.handleClosed();
    this.#tell("closed");
  }
}

function toReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { assertNever } from "../../../lib/assert_never.ts";
import {
  FILE_TRANSFER_KIND,
  FILE_TRANSFER_VERSION,
  type FileTransferMessage,
  parseFileTransferMessage,
} from "../../../protocol/file_transfer_message.ts";
import { type Environment, newRandomId } from "../environment.ts";
import { unknownVersion } from "./transfer_machine.ts";
import { type TransferInit, TransferredFile } from "./transferred_file.ts";

/** How much a client lets others send it; may be changed at any time. */
export interface FileTransferLimits {
  /** The largest file that is received, in bytes: it is kept by the browser. */
  readonly maxFileBytes: number;
  /** How many transfers there may be at a time, in both directions. */
  readonly maxTransfers: number;
  /** How many of them may be one user's, so that nobody floods the others' screens. */
  readonly maxTransfersPerUser: number;
}

/** What holds unless the frontend says otherwise. */
export const DEFAULT_FILE_TRANSFER_LIMITS: FileTransferLimits = {
  maxFileBytes: 2 ** 30,
  maxTransfers: 32,
  maxTransfersPerUser: 4,
};

/** What {@linkcode FileTransfers} need of their connection. */
export interface FileTransfersHost {
  readonly environment: Environment;
  /** Our client id. */
  readonly id: string;
  readonly limits: () => FileTransferLimits;
  getRTCConfiguration(): RTCConfiguration;
  /** The name of a user who is there. */
  usernameOf(userid: string): string | undefined;
  userMessage(kind: string, dest: string, value: unknown): void;
  /** Calls the frontend's callback, if it has one; whether it has. */
  announce(file: TransferredFile): boolean;
  /** A callback of the frontend's has failed. */
  handleError(error: unknown): void;
}

/** All transfers of a connection. */
export class FileTransfers {
  /** By the other's client id and the transfer's id. */
  readonly byFullId: Record<string, TransferredFile> = {};
  readonly #host: FileTransfersHost;

  /** None yet. */
  constructor(host: FileTransfersHost) {
    this.#host = host;
  }

  /** The transfer of that id with that user. */
  find(userid: string, id: string): TransferredFile | undefined {
    return this.byFullId[fullId(userid, id)];
  }

  /** See {@linkcode ServerConnection.sendFile}. */
  send(userid: string, file: File): TransferredFile {
    const username = this.#host.usernameOf(userid);
    const obstacle = userid === this.#host.id
      ? "one cannot send a file to oneself"
      : username === undefined
      ? "the user is not there"
      : this.#obstacle(userid);
    if (obstacle !== undefined) {
      throw new TypeError(`Cannot send "${file.name}": ${obstacle}`);
    }
    const id = newRandomId(this.#host.environment);
    const { name, type: mimetype, size } = file;
    const about = { userid, username: username ?? "", name, mimetype, size };
    const transfer = this.#open({ ...about, id, file });
    this.#announce(transfer, () => {
      transfer.handle({ kind: "invite", name, mimetype });
    });
    return transfer;
  }

  /** A user message of the kind `filetransfer`. */
  handle(userid: string, username: string, value: unknown): void {
    const message = parseFileTransferMessage(value);
    if (message === undefined) return; // an obsolete or a broken client
    if (message.type === "invite") {
      return this.#handleInvite(userid, username, message);
    }
    const transfer = this.find(userid, message.id);
    // What comes late, after the end, is of no use.
    if (transfer === undefined) return;
    switch (message.type) {
      case "offer":
        return transfer.handle({
          kind: "offer",
          version: message.version,
          sdp: message.sdp,
        });
      case "answer":
        return transfer.handle({ kind: "answer", sdp: message.sdp });
      case "ice":
        return transfer.handleCandidate(message.candidate ?? null);
      case "cancel":
        return transfer.handle({
          kind: "cancelled",
          reason: message.message ?? "",
        });
      default:
        return assertNever(message);
    }
  }

  /** Somebody has left the group. */
  handleUserGone(userid: string): void {
    for (const transfer of Object.values(this.byFullId)) {
      if (transfer.userid !== userid) continue;
      transfer.handle({ kind: "gone", reason: "user has gone away" });
    }
  }

  /** We have left the group, or the connection is gone. */
  handleGone(): void {
    for (const transfer of Object.values(this.byFullId)) {
      transfer.handle({ kind: "gone", reason: "connection is closed" });
    }
  }

  #handleInvite(
    userid: string,
    username: string,
    invite: FileTransferMessage & { readonly type: "invite" },
  ): void {
    const { id, version, name, mimetype, size } = invite;
    const { maxFileBytes } = this.#host.limits();
    const refusal = !version.includes(FILE_TRANSFER_VERSION)
      ? unknownVersion(version)
      : this.find(userid, id) !== undefined || userid === this.#host.id
      ? "Duplicate file transfer id"
      : size > maxFileBytes
      ? `The file is too large: at most ${maxFileBytes} bytes are accepted`
      : this.#obstacle(userid);
    if (refusal !== undefined) {
      const message: FileTransferMessage = {
        type: "cancel",
        id,
        message: refusal,
      };
      return this.#host.userMessage(FILE_TRANSFER_KIND, userid, message);
    }
    const about = { id, userid, username, name, mimetype, size };
    const transfer = this.#open({ ...about, file: null });
    transfer.handle({ kind: "invited" });
    this.#announce(transfer, () => {});
  }

  /** Why there can be no more transfers with that user, if there cannot. */
  #obstacle(userid: string): string | undefined {
    const { maxTransfers, maxTransfersPerUser } = this.#host.limits();
    const transfers = Object.values(this.byFullId);
    if (transfers.length >= maxTransfers) return "Too many file transfers";
    const theirs = transfers.filter((transfer) => transfer.userid === userid);
    if (theirs.length < maxTransfersPerUser) return undefined;
    return "Too many file transfers with one user";
  }

  #open(init: TransferInit): TransferredFile {
    const { id, userid } = init;
    const transfer = new TransferredFile({
      environment: this.#host.environment,
      getRTCConfiguration: () => this.#host.getRTCConfiguration(),
      send: (message) =>
        this.#host.userMessage(FILE_TRANSFER_KIND, userid, message),
      handleClosed: () => delete this.byFullId[fullId(userid, id)],
      handleError: (error) => this.#host.handleError(error),
    }, init);
    this.byFullId[fullId(userid, id)] = transfer;
    return transfer;
  }

  /** Shows it to the frontend, and goes on unless that cancels it or fails. */
  #announce(transfer: TransferredFile, goOn: () => void): void {
    try {
      if (!this.#host.announce(transfer)) {
        return transfer.cancel("this client does not implement file transfer");
      }
    } catch (error) {
      transfer.cancel(error instanceof Error ? error : String(error));
      throw error;
    }
    goOn();
  }
}

/** Client ids are free text; so the two parts must not run into each other. */
function fullId(userid: string, id: string): string {
  return JSON.stringify([userid, id]);
}

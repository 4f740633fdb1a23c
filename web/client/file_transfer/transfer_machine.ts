import { assertNever } from "../../../lib/assert_never.ts";
import {
  FILE_TRANSFER_VERSION,
  type FileTransferMessage,
} from "../../../protocol/file_transfer_message.ts";

/**
 * How far a transfer is:
 *
 * `""` → `inviting` → `connecting` → `connected` → `done` → `closed`, and from
 * any but the last two also → `cancelled` → `closed`.
 */
export type TransferState =
  | ""
  | "inviting"
  | "connecting"
  | "connected"
  | "done"
  | "cancelled"
  | "closed";

/** A message without the transfer's id, which is added by who sends it. */
type WithoutId<M> = M extends unknown ? Omit<M, "id"> : never;

/** Something that happens to a transfer. */
export type TransferInput =
  /** We have told the frontend of our own file, and it did not mind. */
  | {
    readonly kind: "invite";
    readonly mimetype: string;
    readonly name: string;
  }
  /** They have invited us. */
  | { readonly kind: "invited" }
  /** The frontend wants the file. */
  | { readonly kind: "receive" }
  /** They want the file. */
  | {
    readonly kind: "offer";
    readonly version: readonly string[];
    readonly sdp: string;
  }
  /** Our answer to their offer is made. */
  | { readonly kind: "answered"; readonly sdp: string }
  /** They have answered our offer. */
  | { readonly kind: "answer"; readonly sdp: string }
  /** The data channel is open. */
  | { readonly kind: "open" }
  /** A part of the file is on its way. */
  | { readonly kind: "sent"; readonly bytes: number }
  /** A part of the file has come. */
  | { readonly kind: "received"; readonly bytes: number }
  /** They say on the channel that they have all of it, or something else. */
  | { readonly kind: "text"; readonly text: string }
  /** The channel has ended, or who was to end it took too long. */
  | { readonly kind: "channel-closed" }
  /** The frontend does not want it, or something failed here. */
  | { readonly kind: "cancel"; readonly reason: string }
  /** They do not want it. */
  | { readonly kind: "cancelled"; readonly reason: string }
  /** They, or our connection, are gone: there is nobody to tell. */
  | { readonly kind: "gone"; readonly reason: string };

/** What is to be done about it, in order. */
export type TransferEffect =
  /** Say it to the other side. */
  | {
    readonly kind: "send";
    readonly message: WithoutId<FileTransferMessage>;
  }
  /** Open a peer and offer it. */
  | { readonly kind: "open-peer" }
  /** Open a peer, and answer their offer by it. */
  | { readonly kind: "answer-peer"; readonly sdp: string }
  /** Give the peer their answer. */
  | { readonly kind: "complete-peer"; readonly sdp: string }
  /** Begin to send. */
  | { readonly kind: "pump" }
  /** Tell the frontend of the state, or of progress in it. */
  | {
    readonly kind: "tell";
    readonly state: TransferState;
    readonly reason?: string;
  }
  /** Tell the frontend that it is done, with the whole file. */
  | { readonly kind: "deliver" }
  /** Say on the channel that it is all there, and wait for its end. */
  | { readonly kind: "acknowledge" }
  /** Free everything, and tell the frontend. */
  | { readonly kind: "close" };

/** What the receiver says on the channel when it has the whole file. */
export const ACKNOWLEDGEMENT = "done";

const NOTHING: readonly TransferEffect[] = [];

/**
 * One file's way from one client to another: decides what each input means,
 * and does nothing itself.
 */
export class TransferMachine {
  readonly #up: boolean;
  readonly #size: number;
  #state: TransferState = "";
  #bytes = 0;

  /**
   * @param up whether we send
   * @param size in bytes, as in the invitation
   */
  constructor(up: boolean, size: number) {
    this.#up = up;
    this.#size = size;
  }

  /** How far it is. */
  get state(): TransferState {
    return this.#state;
  }

  /** How much has been sent or received, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes one input. What does not fit is ignored, or cancels the transfer. */
  handle(input: TransferInput): readonly TransferEffect[] {
    if (this.#state === "closed" || this.#state === "cancelled") return NOTHING;
    switch (input.kind) {
      case "invite":
        return this.#invite(input.name, input.mimetype);
      case "invited":
        if (this.#state === "") this.#state = "inviting";
        return NOTHING;
      case "receive":
        return this.#receive();
      case "offer":
        return this.#handleOffer(input.version, input.sdp);
      case "answered":
        return this.#handleAnswered(input.sdp);
      case "answer":
        return this.#handleAnswer(input.sdp);
      case "open":
        return this.#handleOpen();
      case "sent":
        return this.#handleSent(input.bytes);
      case "received":
        return this.#handleReceived(input.bytes);
      case "text":
        return this.#handleText(input.text);
      case "channel-closed":
        return this.#state === "done"
          ? this.#close()
          : this.#cancel("remote peer closed connection");
      case "cancel":
        return this.#state === "done"
          ? this.#close()
          : this.#cancel(input.reason);
      case "cancelled":
      case "gone":
        return this.#state === "done" ? NOTHING : this.#end(input.reason);
      default:
        return assertNever(input);
    }
  }

  #invite(name: string, mimetype: string): readonly TransferEffect[] {
    if (this.#state !== "") return NOTHING;
    this.#state = "inviting";
    const message = {
      type: "invite",
      version: [FILE_TRANSFER_VERSION],
      name,
      size: this.#size,
      mimetype,
    } as const;
    return [{ kind: "send", message }, { kind: "tell", state: "inviting" }];
  }

  #receive(): readonly TransferEffect[] {
    if (this.#up || this.#state !== "inviting") return NOTHING;
    this.#state = "connecting";
    return [{ kind: "tell", state: "connecting" }, { kind: "open-peer" }];
  }

  #handleOffer(
    version: readonly string[],
    sdp: string,
  ): readonly TransferEffect[] {
    if (!this.#up || this.#state !== "inviting") {
      return this.#unexpected("offer");
    }
    if (!version.includes(FILE_TRANSFER_VERSION)) {
      return this.#cancel(unknownVersion(version));
    }
    this.#state = "connecting";
    return [{ kind: "tell", state: "connecting" }, {
      kind: "answer-peer",
      sdp,
    }];
  }

  #handleAnswered(sdp: string): readonly TransferEffect[] {
    if (!this.#up || this.#state !== "connecting") return NOTHING;
    this.#state = "connected";
    return [
      { kind: "send", message: { type: "answer", sdp } },
      { kind: "tell", state: "connected" },
    ];
  }

  #handleAnswer(sdp: string): readonly TransferEffect[] {
    if (this.#up || this.#state !== "connecting") {
      return this.#unexpected("answer");
    }
    this.#state = "connected";
    return [
      { kind: "complete-peer", sdp },
      { kind: "tell", state: "connected" },
    ];
  }

  #handleOpen(): readonly TransferEffect[] {
    if (this.#state !== "connected") return NOTHING;
    if (this.#up) return [{ kind: "pump" }];
    // No part will come of an empty file.
    return this.#size === 0 ? this.#finish() : NOTHING;
  }

  #handleSent(bytes: number): readonly TransferEffect[] {
    if (!this.#up || this.#state !== "connected") return NOTHING;
    this.#bytes += bytes;
    return [{ kind: "tell", state: "connected" }];
  }

  #handleReceived(bytes: number): readonly TransferEffect[] {
    if (this.#up || this.#state !== "connected") return NOTHING;
    this.#bytes += bytes;
    if (this.#bytes > this.#size) {
      return this.#cancel("extra data at end of file");
    }
    if (this.#bytes === this.#size) return this.#finish();
    return [{ kind: "tell", state: "connected" }];
  }

  #finish(): readonly TransferEffect[] {
    this.#state = "done";
    return [{ kind: "deliver" }, { kind: "acknowledge" }];
  }

  #handleText(text: string): readonly TransferEffect[] {
    if (!this.#up || text !== ACKNOWLEDGEMENT || this.#bytes !== this.#size) {
      return this.#cancel("unexpected data from receiver");
    }
    this.#state = "done";
    return [{ kind: "tell", state: "done" }, ...this.#close()];
  }

  #unexpected(what: string): readonly TransferEffect[] {
    return this.#state === "done"
      ? NOTHING
      : this.#cancel(`unexpected ${what} for file transfer`);
  }

  #cancel(reason: string): readonly TransferEffect[] {
    // Before the invitation, nobody but us knows of it.
    const told = this.#state !== "";
    const message = { type: "cancel", message: reason } as const;
    const effects = this.#end(reason);
    return told ? [{ kind: "send", message }, ...effects] : effects;
  }

  #end(reason: string): readonly TransferEffect[] {
    this.#state = "cancelled";
    return [{ kind: "tell", state: "cancelled", reason }, { kind: "close" }];
  }

  #close(): readonly TransferEffect[] {
    this.#state = "closed";
    return [{ kind: "close" }];
  }
}

/** The text for somebody whose program speaks no version that we do. */
export function unknownVersion(version: readonly string[]): string {
  return `Unknown protocol version ${version.join(", ")}; ` +
    "perhaps you need to upgrade your client?";
}

import type { ServerConnection } from "../client/server_connection.ts";
import type { TransferredFile, TransferState } from "../client/mod.ts";
import type { Transfer, TransferStatus } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";
import { STRINGS } from "../strings.ts";
import type { Notices } from "./notices.ts";

/** Hands a file that has come to the user. */
export type SaveFile = (name: string, content: Blob) => void;

/** What is said to the other side. In English, as programs read it, too. */
const REJECTED = "rejected";

/** Files that go from one person to another, past the server. */
export class Files {
  readonly #store: Store;
  readonly #notices: Notices;
  readonly #save: SaveFile;
  readonly #transfers = new Map<string, TransferredFile>();

  /** Sends and receives nothing before a connection is attached. */
  constructor(store: Store, notices: Notices, save: SaveFile) {
    this.#store = store;
    this.#notices = notices;
    this.#save = save;
  }

  /** Shows what is offered over this connection. */
  attach(connection: ServerConnection): void {
    connection.onfiletransfer = (transfer) => this.#follow(transfer);
  }

  /** Offers a file to the person with that client id. */
  send(connection: ServerConnection, to: string, file: File): void {
    connection.sendFile(to, file);
  }

  /** Takes what was offered: now each side learns the other's address. */
  accept(key: string): void {
    if (this.#statusOf(key) === "asking") this.#transfers.get(key)?.receive();
  }

  /** Refuses what was offered, or calls it off. */
  cancel(key: string): void {
    const asked = this.#statusOf(key) === "asking";
    this.#transfers.get(key)?.cancel(asked ? REJECTED : undefined);
  }

  #statusOf(key: string): TransferStatus | undefined {
    const { transfers } = this.#store.state.peek();
    return transfers.find((transfer) => transfer.key === key)?.status;
  }

  #follow(transfer: TransferredFile): void {
    const key = `${transfer.userid} ${transfer.id}`;
    this.#transfers.set(key, transfer);
    const show = (status: TransferStatus) =>
      this.#store.dispatch({
        kind: "transfer-put",
        transfer: toTransfer(transfer, key, status),
      });
    if (!transfer.up) {
      show("asking");
      const name = transfer.username || STRINGS.anonymous;
      const { name: file, size } = transfer;
      const words = { name, file, size: formatSize(size) };
      this.#notices.show("info", STRINGS.files.offer(words));
    }
    transfer.onevent = (state, data) => {
      if (state === "done" && data instanceof Blob) {
        this.#save(transfer.name, data);
      }
      if (state === "closed") this.#transfers.delete(key);
      const status = toStatus(state, transfer.up, data);
      if (status !== undefined) show(status);
    };
  }
}

/** What the library's state is to the user; `undefined`: nothing new. */
export function toStatus(
  state: TransferState,
  up: boolean,
  data: Blob | string | undefined,
): TransferStatus | undefined {
  switch (state) {
    case "inviting":
      return up ? "waiting" : "asking";
    case "connecting":
    case "connected":
      return "running";
    case "done":
      return "done";
    case "cancelled":
      return data === REJECTED
        ? "rejected"
        : data === "cancelled"
        ? "canceled"
        : "failed";
    case "":
    case "closed":
      return undefined;
  }
}

function toTransfer(
  transfer: TransferredFile,
  key: string,
  status: TransferStatus,
): Transfer {
  const { username, up, name, size, datalen } = transfer;
  return { key, username, up, name, size, bytes: datalen, status };
}

/** A size as people read it. */
export function formatSize(bytes: number, locale?: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const at = Math.min(
    Math.floor(Math.log10(Math.max(bytes, 1)) / 3),
    units.length - 1,
  );
  return (bytes / 1000 ** at).toLocaleString(locale, {
    style: "unit",
    unit: units[at],
    unitDisplay: "short",
    maximumFractionDigits: at === 0 ? 0 : 1,
  });
}

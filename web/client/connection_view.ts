import type { ClientStatistics } from "../../protocol/flow_statistics.ts";
import type {
  ChatHistoryEntry,
  JoinedGroup,
  ServerChat,
  ServerUserMessage,
} from "../../protocol/server_message.ts";
import {
  DEFAULT_FILE_TRANSFER_LIMITS,
  type FileTransferLimits,
} from "./file_transfer/file_transfers.ts";
import type { TransferredFile } from "./file_transfer/transferred_file.ts";
import type { Stream } from "./stream.ts";
import type { GroupStatus, JoinedKind, User, UserKind } from "./types.ts";
import { parseTime, toRtcConfiguration } from "./wire_values.ts";

/**
 * What a frontend sees of a connection without asking: where one is, who else
 * is there, and callbacks for what happens. The frontend sets the callbacks.
 */
export abstract class ConnectionView {
  /** The group, once joined. */
  group: string | null = null;
  /** Our name in the group, as the server has it. */
  username: string | null = null;
  /** What we may do in the group. */
  permissions: readonly string[] = [];
  /** The group's status, as of the latest `onjoined`. */
  status: GroupStatus = {};
  /** The group's data, as of the latest `onjoined` that brought any. */
  data: Readonly<Record<string, unknown>> = {};
  /** Everybody in the group, ourselves included, by client id. */
  users: Record<string, User> = {};
  /** What the server has beyond Galène's protocol, of what we understand. */
  extensions: readonly string[] = [];
  /** ICE servers, from the server. */
  rtcConfiguration: RTCConfiguration | null = null;
  /** How much others may send us; invitations beyond it are refused. */
  fileTransferLimits: FileTransferLimits = DEFAULT_FILE_TRANSFER_LIMITS;
  /** Whatever the frontend wants to keep with it. */
  userdata: Record<string, unknown> = {};

  /** The server has answered our handshake: it is time to join. */
  onconnected: ((this: this) => void) | null = null;
  /** The connection is gone, and everything on it is closed. */
  onclose:
    | ((this: this, code: number, reason: string) => void)
    | null = null;
  /** Something failed; the connection goes on unless `onclose` follows. */
  onerror: ((this: this, error: unknown) => void) | null = null;
  /** We joined or left, were refused, or our permissions or the group changed. */
  onjoined:
    | ((
      this: this,
      kind: JoinedKind,
      group: string,
      permissions: readonly string[],
      status: GroupStatus,
      data: Readonly<Record<string, unknown>>,
      error: string,
      message: string,
    ) => void)
    | null = null;
  /** Somebody came, changed or left; see `users`. */
  onuser:
    | ((this: this, id: string, kind: UserKind) => void)
    | null = null;
  /** A chat message, or with `history` one from before we came. */
  onchat:
    | ((
      this: this,
      id: string,
      source: string,
      dest: string,
      username: string,
      time: Date | null,
      privileged: boolean,
      history: boolean,
      kind: string,
      message: unknown,
    ) => void)
    | null = null;
  /** A message of a frontend's own, or one from the server: look at `kind`. */
  onusermessage:
    | ((
      this: this,
      id: string,
      dest: string,
      username: string,
      time: Date | null,
      privileged: boolean,
      kind: string,
      error: string,
      message: unknown,
    ) => void)
    | null = null;
  /**
   * The server sends a stream: set its callbacks now. If it replaces another,
   * it has that one's `localId`, and the old one plays on until its `onclose`.
   */
  ondownstream: ((this: this, stream: Stream) => void) | null = null;
  /**
   * In which streams somebody speaks now: all of them, by id, those first who
   * spoke first. Only servers that know tell: Galène does not.
   */
  onspeaking: ((this: this, ids: readonly string[]) => void) | null = null;
  /** What the server measures of our streams, after `askStatistics()`. */
  onstatistics:
    | ((this: this, statistics: ClientStatistics) => void)
    | null = null;
  /**
   * A file is to be transferred, ours if its `up` is true: set its `onevent`
   * now. Whoever throws, or cancels it, refuses it. Without this callback, all
   * files are refused.
   */
  onfiletransfer: ((this: this, file: TransferredFile) => void) | null = null;
  /** The configuration for a new peer, instead of the server's; `null` for that. */
  onpeerconnection:
    | ((this: this) => RTCConfiguration | null)
    | null = null;

  /** Tells of a chat message, a new one or one from before. */
  protected tellChat(
    message: ServerChat | ChatHistoryEntry,
  ): void {
    const history = message.type === "chathistory";
    this.onchat?.(
      message.id,
      message.source,
      history ? "" : message.dest,
      message.username ?? "",
      parseTime(message.time),
      !history && message.privileged,
      history,
      message.kind,
      message.value,
    );
  }

  /** Tells of a message from another client's program, or from the server. */
  protected tellUserMessage(
    message: ServerUserMessage,
  ): void {
    this.onusermessage?.(
      message.source,
      message.dest,
      message.username ?? "",
      parseTime(message.time),
      message.privileged,
      message.kind,
      message.error ?? "",
      message.value,
    );
  }

  /** Notes that we are in a group, or what is new of that, and tells it. */
  protected tellInside(message: JoinedGroup): void {
    const { kind, group, permissions, status, data } = message;
    // A change of a group that we have just left.
    if (kind === "change" && group !== this.group) return;
    this.group = group;
    this.username = message.username;
    this.permissions = permissions;
    this.status = status;
    if (kind === "join" || data !== undefined) this.data = data ?? {};
    this.rtcConfiguration = toRtcConfiguration(message.rtcConfiguration);
    this.onjoined?.(kind, group, permissions, status, this.data, "", "");
  }

  /** Tells that we are in no group. */
  protected tellOutside(
    kind: "leave" | "fail" | "redirect",
    group: string,
    why: { readonly error?: string | undefined; readonly value?: string } = {},
  ): void {
    const { error = "", value = "" } = why;
    this.onjoined?.(kind, group, [], {}, {}, error, value);
  }
}

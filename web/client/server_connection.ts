// Long because: all that a frontend can say to a server is here in one place.
import { assertNever } from "../../lib/assert_never.ts";
import { parseServerMessage } from "../../protocol/server_codec.ts";
import { FILE_TRANSFER_KIND } from "../../protocol/file_transfer_message.ts";
import type {
  JoinedGroup,
  JoinFailed,
  JoinRedirected,
  ServerHandshake,
  ServerMessage,
  ServerUserMessage,
  UserGone,
  UserPresent,
} from "../../protocol/server_message.ts";
import type {
  GroupActionKind,
  GroupActionValues,
  UserActionKind,
  UserActionValues,
} from "./actions.ts";
import { ConnectionView } from "./connection_view.ts";
import { prove } from "./credentials.ts";
import {
  browserEnvironment,
  type Environment,
  newRandomId,
  type Socket,
} from "./environment.ts";
import { FileTransfers } from "./file_transfer/file_transfers.ts";
import type { TransferredFile } from "./file_transfer/transferred_file.ts";
import { Keepalive } from "./keepalive.ts";
import type { ClientMessage } from "./outgoing_message.ts";
import type { Stream } from "./stream.ts";
import { StreamPool } from "./stream_pool.ts";
import type { Credentials, RequestMap, StreamsById } from "./types.ts";

type Joined = JoinedGroup | JoinFailed | JoinRedirected;

/** The protocol version spoken here. */
const VERSION = "2";

/**
 * A connection to the server, with all streams that go over it.
 *
 * Set the callbacks, call {@linkcode connect}, and {@linkcode join} a group when
 * `onconnected` is called. May connect again after `onclose`.
 */
export class ServerConnection extends ConnectionView {
  /** Our client id: random, another one for each object. */
  readonly id: string;

  #socket: Socket | undefined;
  #shaken = false;
  readonly #environment: Environment;
  readonly #keepalive: Keepalive;
  readonly #streams: StreamPool;
  readonly #files: FileTransfers;

  /** Connects to nothing yet. */
  constructor(environment: Environment = browserEnvironment()) {
    super();
    this.#environment = environment;
    this.id = newRandomId(environment);
    this.#streams = new StreamPool(this, environment, {
      send: (message) => this.#send(message),
      sendAs: (message) => this.#sendAs(message),
    });
    this.#files = new FileTransfers({
      environment,
      id: this.id,
      limits: () => this.fileTransferLimits,
      getRTCConfiguration: () => this.getRTCConfiguration(),
      usernameOf: (userid) => this.users[userid]?.username,
      userMessage: (kind, dest, value) => this.userMessage(kind, dest, value),
      announce: (file) => {
        this.onfiletransfer?.(file);
        return this.onfiletransfer !== null;
      },
      handleError: (error) => this.onerror?.(error),
    });
    this.#keepalive = new Keepalive(environment, {
      ping: () => this.#send({ type: "ping" }),
      handleTimeout: () => {
        this.onerror?.(new Error("Timeout"));
        this.#drop(1006, "Timeout");
      },
    });
  }

  /** Our streams, by id. While one is being replaced, both are there. */
  get up(): StreamsById {
    return this.#streams.up;
  }

  /** The streams that we receive, by id. While one is being replaced, both are there. */
  get down(): StreamsById {
    return this.#streams.down;
  }

  /** The files on their way, in both directions. */
  get transferredFiles(): readonly TransferredFile[] {
    return Object.values(this.#files.byFullId);
  }

  /**
   * Connects to the WebSocket `url`, which the group's status names.
   *
   * @throws {TypeError} if it is connected or connecting already
   */
  connect(url: string): void {
    if (this.#socket !== undefined) {
      throw new TypeError("Cannot connect: there is a connection already");
    }
    const socket = this.#environment.openSocket(url);
    this.#socket = socket;
    this.#shaken = false;
    socket.onopen = () => {
      const extensions = ["speaking", "statistics", "tiles"];
      const version = [VERSION];
      this.#send({ type: "handshake", version, id: this.id, extensions });
      this.#keepalive.start();
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#handleGone(code, reason);
  }

  /** Closes the connection; `onclose` follows. Idempotent. */
  close(): void {
    this.#drop(1000, "");
  }

  /**
   * Asks the server whether it lives; `onclose` follows if it does not answer
   * within seconds. For when the machine has slept or has another network: then
   * nobody tells that a connection is dead.
   */
  probe(): void {
    this.#keepalive.probe();
  }

  /** Reports an error to the frontend. */
  error(error: unknown): void {
    this.onerror?.(error);
  }

  /** Joins a group; `onjoined` tells how it went. */
  async join(
    group: string,
    username: string | null,
    credentials: Credentials,
    data?: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const proof = await prove(this.#environment, username, credentials);
    this.#send({
      type: "join",
      kind: "join",
      group,
      username: username ?? undefined,
      ...proof,
      data,
    });
  }

  /** Leaves the group; `onjoined` follows. */
  leave(group: string): void {
    this.#send({ type: "join", kind: "leave", group });
  }

  /**
   * Asks for tracks, by the label of the stream: nothing is sent to one who has
   * not asked, and asking anew replaces what was asked before.
   */
  request(what: RequestMap): void {
    this.#send({ type: "request", request: what });
  }

  /**
   * Asks the server what it measures of our streams; `onstatistics` follows.
   *
   * @returns whether it was asked: servers that do not know the question are not
   */
  askStatistics(): boolean {
    const isKnown = this.extensions.includes("statistics");
    if (isKnown) this.#send({ type: "statistics" });
    return isKnown;
  }

  /**
   * Tells the server how large a stream that we receive is shown, as an area; of
   * the pictures that a narrow path cannot carry, small ones suffer first.
   *
   * @param pixels 0 if it cannot be seen
   * @returns whether it was told: servers that do not know of it are not
   */
  tellTile(id: string, pixels: number): boolean {
    const isKnown = this.extensions.includes("tiles");
    if (isKnown) this.#send({ type: "tile", id, pixels });
    return isKnown;
  }

  /** The stream with that `localId`; the newest, while it is being replaced. */
  findByLocalId(localId: string): Stream | undefined {
    return this.#streams.findByLocalId(localId);
  }

  /** The configuration for a new peer. */
  getRTCConfiguration(): RTCConfiguration {
    return this.onpeerconnection?.() ?? this.rtcConfiguration ?? {};
  }

  /**
   * Makes a stream towards the server; it is offered when it has tracks.
   *
   * @param localId of a stream to replace: that one goes on until the new one
   *   works, and for good if the server refuses the new one
   */
  newUpStream(localId?: string): Stream {
    return this.#streams.publish(localId);
  }

  /**
   * Offers a file to a user; `onfiletransfer` is called with it at once.
   *
   * @throws {TypeError} if the user is not there, or there are too many transfers
   */
  sendFile(userid: string, file: File): TransferredFile {
    return this.#files.send(userid, file);
  }

  /** The transfer of that id with that user, while it is under way. */
  getTransferredFile(userid: string, id: string): TransferredFile | undefined {
    return this.#files.find(userid, id);
  }

  /** Sends a chat message, to everybody if `dest` is empty. */
  chat(kind: string, dest: string, value: unknown): void {
    this.#sendAs({ type: "chat", kind, dest, value });
  }

  /** Acts on a user: `kick`, `op`, `unpresent` and so on. */
  userAction<Kind extends UserActionKind>(
    kind: Kind,
    dest: string,
    value?: UserActionValues[Kind],
  ): void {
    this.#sendAs({ type: "useraction", kind, dest, value });
  }

  /** Sends a message of the frontend's own, to everybody if `dest` is empty. */
  userMessage(
    kind: string,
    dest: string,
    value?: unknown,
    noecho?: boolean,
  ): void {
    this.#sendAs({ type: "usermessage", kind, dest, value, noecho });
  }

  /** Acts on the group: `lock`, `clearchat` and so on. */
  groupAction<Kind extends GroupActionKind>(
    kind: Kind,
    value?: GroupActionValues[Kind],
  ): void {
    this.#sendAs({ type: "groupaction", kind, value });
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #sendAs(message: ClientMessage): void {
    this.#send({
      ...message,
      source: this.id,
      username: this.username ?? undefined,
    });
  }

  /** Closes a connection that is of no use any more, and tells so in a moment. */
  #drop(code: number, reason: string): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#keepalive.stop();
    socket.onopen = null;
    socket.onmessage = null;
    // A dead server would let us wait for the event for a minute.
    socket.onclose = null;
    socket.close();
    queueMicrotask(() => this.#handleGone(code, reason));
  }

  #handleGone(code: number, reason: string): void {
    if (this.#socket === undefined) return;
    this.#socket = undefined;
    this.#keepalive.stop();
    const group = this.group;
    this.#forgetGroup();
    if (group !== null) this.tellOutside("leave", group);
    this.onclose?.(code, reason);
  }

  /** Ends all that there is only within a group. */
  #forgetGroup(): void {
    this.#streams.handleGone();
    this.#files.handleGone();
    this.group = null;
    this.username = null;
    this.permissions = [];
    for (const id of Object.keys(this.users)) {
      delete this.users[id];
      this.onuser?.(id, "delete");
    }
  }

  #receive(text: unknown): void {
    this.#keepalive.handleMessage();
    try {
      this.#handle(parseServerMessage(JSON.parse(String(text))));
    } catch (error) {
      // Of ours, or of a callback's: the connection is as good as before.
      this.onerror?.(error);
    }
  }

  #handle(message: ServerMessage | undefined): void {
    if (message === undefined) return;
    if (message.type === "handshake") return this.#handleHandshake(message);
    if (!this.#shaken) {
      this.onerror?.(new Error("Cannot go on: server sent no handshake"));
      return this.#drop(1002, "no handshake");
    }
    switch (message.type) {
      case "ping":
        return this.#send({ type: "pong" });
      case "pong":
        return;
      case "joined":
        return this.#handleJoined(message);
      case "user":
        return this.#handleUser(message);
      case "chat":
      case "chathistory":
        return this.tellChat(message);
      case "usermessage":
        return this.#handleUserMessage(message);
      case "speaking":
        return this.onspeaking?.(message.flows);
      case "statistics":
        return this.onstatistics?.(message);
      case "offer":
      case "answer":
      case "renegotiate":
      case "layers":
      case "abort":
      case "close":
      case "ice":
        return this.#streams.handle(message);
      default:
        return assertNever(message);
    }
  }

  #handleHandshake(message: ServerHandshake): void {
    if (!message.version.includes(VERSION)) {
      this.onerror?.(
        new Error(
          `Cannot go on: server speaks version ${message.version.join(", ")}`,
        ),
      );
      return this.#drop(1002, "unknown protocol version");
    }
    if (this.#shaken) return;
    this.#shaken = true;
    this.extensions = message.extensions ?? [];
    this.onconnected?.();
  }

  #handleJoined(message: Joined): void {
    switch (message.kind) {
      case "fail":
      case "redirect":
        return this.tellOutside(message.kind, message.group, message);
      case "leave":
        if (this.group === message.group) this.#forgetGroup();
        return this.tellOutside("leave", message.group);
      case "join":
      case "change":
        return this.tellInside(message);
      default:
        return assertNever(message);
    }
  }

  #handleUser(message: UserPresent | UserGone): void {
    const { kind, id } = message;
    if (kind === "delete") {
      delete this.users[id];
      this.#files.handleUserGone(id);
    } else {
      const { username, permissions, data } = message;
      this.users[id] = { username, permissions, data, streams: {} };
      this.#streams.recordTracks(id);
    }
    this.onuser?.(id, kind);
  }

  #handleUserMessage(message: ServerUserMessage): void {
    if (message.kind === FILE_TRANSFER_KIND && message.dest === this.id) {
      const { source, username = "", value } = message;
      return this.#files.handle(source, username, value);
    }
    this.tellUserMessage(message);
  }
}

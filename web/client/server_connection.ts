import { assertNever } from "../../lib/assert_never.ts";
import { parseServerMessage } from "../../protocol/server_codec.ts";
import type {
  ChatHistoryEntry,
  JoinedGroup,
  JoinFailed,
  JoinRedirected,
  RtcConfiguration,
  ServerChat,
  ServerHandshake,
  ServerMessage,
  ServerOffer,
  ServerUserMessage,
  UserGone,
  UserPresent,
} from "../../protocol/server_message.ts";
import { prove } from "./credentials.ts";
import {
  browserEnvironment,
  type Environment,
  newRandomId,
  type Socket,
} from "./environment.ts";
import { Keepalive } from "./keepalive.ts";
import { Stream, type StreamHost, type StreamInit } from "./stream.ts";
import { type OverlapTimes, Succession } from "./succession.ts";
import type {
  Credentials,
  GroupStatus,
  JoinedKind,
  RequestMap,
  StreamsById,
  User,
  UserKind,
} from "./types.ts";
import type { ClientMessage } from "./outgoing_message.ts";

type Joined = JoinedGroup | JoinFailed | JoinRedirected;

/**
 * How long a flow of ours goes on beside the one that replaces it. The grace
 * runs from our new connection's start, and is for the viewers, who connect to
 * the new flow only then: less, and far viewers see a gap; more, and both flows
 * share the uplink for longer. The limit bounds the second case.
 */
const UP_OVERLAP: OverlapTimes = { graceMs: 1_500, limitMs: 10_000 };

/**
 * How long a received flow stays beside the one that replaces it. The grace
 * runs from the first packet of the new one: less, and there may be no picture
 * yet, for want of a keyframe; more, and an old picture lingers unseen.
 */
const DOWN_OVERLAP: OverlapTimes = { graceMs: 1_000, limitMs: 10_000 };

/** The protocol version spoken here. */
const VERSION = "2";

/**
 * A connection to the server, with all streams that go over it.
 *
 * Set the callbacks, call {@linkcode connect}, and {@linkcode join} a group when
 * `onconnected` is called. May connect again after `onclose`.
 */
export class ServerConnection {
  /** Our client id: random, another one for each object. */
  readonly id: string;
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
  /** ICE servers, from the server. */
  rtcConfiguration: RTCConfiguration | null = null;
  /** Whatever the frontend wants to keep with it. */
  userdata: Record<string, unknown> = {};

  /** The server has answered our handshake: it is time to join. */
  onconnected: ((this: ServerConnection) => void) | null = null;
  /** The connection is gone, and everything on it is closed. */
  onclose:
    | ((this: ServerConnection, code: number, reason: string) => void)
    | null = null;
  /** Something failed; the connection goes on unless `onclose` follows. */
  onerror: ((this: ServerConnection, error: unknown) => void) | null = null;
  /** We joined or left, were refused, or our permissions or the group changed. */
  onjoined:
    | ((
      this: ServerConnection,
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
    | ((this: ServerConnection, id: string, kind: UserKind) => void)
    | null = null;
  /** A chat message, or with `history` one from before we came. */
  onchat:
    | ((
      this: ServerConnection,
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
      this: ServerConnection,
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
  ondownstream: ((this: ServerConnection, stream: Stream) => void) | null =
    null;
  /** The configuration for a new peer, instead of the server's; `null` for that. */
  onpeerconnection:
    | ((this: ServerConnection) => RTCConfiguration | null)
    | null = null;

  #socket: Socket | undefined;
  #shaken = false;
  readonly #environment: Environment;
  readonly #keepalive: Keepalive;
  readonly #up: Succession<Stream>;
  readonly #down: Succession<Stream>;

  /** Connects to nothing yet. */
  constructor(environment: Environment = browserEnvironment()) {
    this.#environment = environment;
    this.id = newRandomId(environment);
    this.#up = new Succession(environment, UP_OVERLAP);
    this.#down = new Succession(environment, DOWN_OVERLAP);
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
    return this.#up.streams;
  }

  /** The streams that we receive, by id. While one is being replaced, both are there. */
  get down(): StreamsById {
    return this.#down.streams;
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
      this.#send({ type: "handshake", version: [VERSION], id: this.id });
      this.#keepalive.start();
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#handleGone(code, reason);
  }

  /** Closes the connection; `onclose` follows. Idempotent. */
  close(): void {
    this.#drop(1000, "");
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

  /** The stream with that `localId`; the newest, while it is being replaced. */
  findByLocalId(localId: string): Stream | undefined {
    return this.#up.newest(localId) ?? this.#down.newest(localId);
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
    const old = localId === undefined ? undefined : this.#up.newest(localId);
    const stream = this.#newStream(this.#up, {
      id: newRandomId(this.#environment),
      localId: localId ?? this.#newLocalId(),
      up: true,
      label: old?.label ?? "",
      source: this.id,
      username: this.username ?? "",
    });
    this.#up.add(stream, old);
    return stream;
  }

  /** Sends a chat message, to everybody if `dest` is empty. */
  chat(kind: string, dest: string, value: unknown): void {
    this.#sendAs({ type: "chat", kind, dest, value });
  }

  /** Acts on a user: `kick`, `op`, `unpresent` and so on. */
  userAction(kind: string, dest: string, value?: unknown): void {
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
  groupAction(kind: string, value?: unknown): void {
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

  /** Safe as an HTML element's id and in a CSS selector: starts with a letter. */
  #newLocalId(): string {
    return `s${newRandomId(this.#environment)}`;
  }

  #newStream(
    succession: Succession<Stream>,
    init: Omit<StreamInit, "pc">,
  ): Stream {
    const host: StreamHost = {
      environment: this.#environment,
      succession,
      send: (message) => this.#sendAs(message),
      handleTracksChanged: (stream) => this.#handleTracksChanged(stream.source),
    };
    const pc = this.#environment.createPeer(this.getRTCConfiguration());
    return new Stream(this, host, { ...init, pc });
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
    if (group !== null) this.#tellLeft(group);
    this.onclose?.(code, reason);
  }

  /** Ends all that there is only within a group. */
  #forgetGroup(): void {
    for (const { streams } of [this.#up, this.#down]) {
      for (const stream of Object.values(streams)) stream.handleGone();
    }
    this.group = null;
    this.username = null;
    this.permissions = [];
    for (const id of Object.keys(this.users)) {
      delete this.users[id];
      this.onuser?.(id, "delete");
    }
  }

  #tellLeft(group: string): void {
    this.onjoined?.("leave", group, [], {}, {}, "", "");
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
        return this.#handleChat(message);
      case "usermessage":
        return this.#handleUserMessage(message);
      case "offer":
        return this.#handleOffer(message);
      case "answer":
        return this.#up.streams[message.id]?.handleAnswer(message.sdp);
      case "renegotiate":
        return void this.#up.streams[message.id]?.negotiate(true);
      case "abort":
        return this.#up.streams[message.id]?.handleAbort();
      case "close":
        return this.#down.streams[message.id]?.handleClose();
      case "ice":
        return (this.#up.streams[message.id] ?? this.#down.streams[message.id])
          ?.handleCandidate(message.candidate);
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
    this.onconnected?.();
  }

  #handleJoined(message: Joined): void {
    switch (message.kind) {
      case "fail":
        return this.onjoined?.(
          "fail",
          message.group,
          [],
          {},
          {},
          message.error ?? "",
          message.value,
        );
      case "redirect":
        return this.onjoined?.(
          "redirect",
          message.group,
          [],
          {},
          {},
          "",
          message.value,
        );
      case "leave":
        if (this.group === message.group) this.#forgetGroup();
        return this.#tellLeft(message.group);
      case "join":
      case "change":
        return this.#handleMembership(message);
      default:
        return assertNever(message);
    }
  }

  #handleMembership(message: JoinedGroup): void {
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

  #handleUser(message: UserPresent | UserGone): void {
    const { kind, id } = message;
    if (kind === "delete") delete this.users[id];
    else {
      const { username, permissions, data } = message;
      this.users[id] = { username, permissions, data, streams: {} };
      this.#handleTracksChanged(id);
    }
    this.onuser?.(id, kind);
  }

  #handleChat(message: ServerChat | ChatHistoryEntry): void {
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

  #handleUserMessage(message: ServerUserMessage): void {
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

  #handleOffer(message: ServerOffer): void {
    const { id, label, source, username, sdp, replace } = message;
    if (this.#up.streams[id] !== undefined) {
      return this.#send({ type: "abort", id });
    }
    const known = this.#down.streams[id];
    if (known !== undefined) return known.handleOffer(sdp);

    // What it names may itself be on its way out already.
    const named = replace === undefined
      ? undefined
      : this.#down.streams[replace];
    const old = named && this.#down.newest(named.localId);
    const stream = this.#newStream(this.#down, {
      id,
      localId: old?.localId ?? this.#newLocalId(),
      up: false,
      label,
      source,
      username,
    });
    this.#down.add(stream, old);
    this.#down.startOverlap(stream);
    this.ondownstream?.(stream);
    stream.handleOffer(sdp);
  }

  /** Keeps the record of what one receives from a user. */
  #handleTracksChanged(source: string): void {
    const user = this.users[source];
    if (user === undefined) return;
    user.streams = {};
    for (const { source: from, label, stream } of Object.values(this.down)) {
      if (from !== source) continue;
      const kinds = user.streams[label] ??= {};
      for (const { kind } of stream?.getTracks() ?? []) kinds[kind] = true;
    }
  }
}

/** The time of a message; `null` if it has none or one that is nonsense. */
function parseTime(text: string): Date | null {
  const time = new Date(text);
  return Number.isNaN(time.valueOf()) ? null : time;
}

function toRtcConfiguration(wire: RtcConfiguration): RTCConfiguration {
  const { iceServers, iceTransportPolicy } = wire;
  return {
    iceServers: iceServers?.map(({ urls, username, credential }) => ({
      urls: [...urls],
      ...username !== undefined && { username },
      ...credential !== undefined && { credential },
    })) ?? [],
    ...iceTransportPolicy !== undefined && { iceTransportPolicy },
  };
}

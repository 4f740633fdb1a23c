import type { Environment, Timer } from "../client/environment.ts";
import type { ServerConnection } from "../client/server_connection.ts";
import type { GroupStatus } from "../client/types.ts";
import type { LevelWatch } from "../media/audio_levels.ts";
import type { MediaDevicesPort } from "../media/devices.ts";
import type { DeviceKind, LocalMedia } from "../media/local_media.ts";
import type { DeviceProblem } from "../media/media_problem.ts";
import type { Preferences } from "../media/preferences.ts";
import type {
  Departure,
  GroupInfo,
  LossReason,
} from "../state/session_state.ts";
import type { Store } from "../state/store.ts";
import { STRINGS } from "../strings.ts";
import { reconnectDelayMs } from "./backoff.ts";
import { CallActions } from "./call_actions.ts";
import { receiveMessages } from "./conversation.ts";
import { describeChanges } from "./changes.ts";
import { Files, type SaveFile } from "./files.ts";
import { FlowUses } from "./flow_uses.ts";
import { TileSizes } from "./tile_sizes.ts";
import { type JoinRequest, Link, type LinkEvents } from "./link.ts";
import { probeRelay, type RelayOutcome } from "./relay_probe.ts";
import type { Notices } from "./notices.ts";
import { Passing } from "./passing.ts";
import { receivePeople } from "./people.ts";
import { Publishing } from "./publishing.ts";
import { PushToTalk } from "./push_to_talk.ts";
import { ServerFigures } from "./server_figures.ts";
import { receiveFlows } from "./receiving.ts";
import { type JoinFailure, toRefusal } from "./refusals.ts";
import { toRequest } from "./requests.ts";
import { ScreenShare } from "./screen_share.ts";

/** How long other people's tiles wait for them after a reconnection. */
const STALE_MS = 6_000;
/** What servers say when they stop. */
const SHUTTING_DOWN = "server is shutting down";
/** Closed in an orderly way: trying again would only be closed again. */
const FINAL_CODES: readonly number[] = [1000, 1002];

/** Of what a {@linkcode CallSession} is made. */
export interface CallParts {
  readonly store: Store;
  /** What the client library runs in; timers come from there too. */
  readonly environment: Environment;
  /** From 0 to 1, anew each time. */
  readonly chance: () => number;
  readonly media: LocalMedia;
  readonly devices: MediaDevicesPort | undefined;
  readonly levels: LevelWatch;
  readonly notices: Notices;
  readonly preferences: () => Preferences;
  /** Where the server's WebSocket is, asked before each connection. */
  readonly endpoint: () => string;
  /** Hands a file that has come to the user. */
  readonly saveFile: SaveFile;
  /** Takes the browser elsewhere. */
  readonly navigate: (url: string) => void;
}

/**
 * Takes part in a group: joins, sends and receives, and comes back by itself
 * when the connection is lost. All that happens ends up in the store.
 */
export class CallSession {
  /** What is sent of microphone and camera. */
  readonly publishing: Publishing;
  /** What is sent of the screen. */
  readonly screen: ScreenShare;
  /** Files from person to person. */
  readonly files: Files;
  /** What the tiles show of each flow. */
  readonly uses: FlowUses;
  /** How large they show it. */
  readonly tileSizes: TileSizes;
  /** What the server measures of one's flows. */
  readonly figures: ServerFigures;
  /** Lets one speak while a key is held. */
  readonly talk: PushToTalk;
  /** What else one can do. */
  readonly actions: CallActions;
  readonly #passing: Passing;
  readonly #parts: CallParts;
  readonly #environment: Environment;
  #link: Link | undefined;
  #request: JoinRequest = {
    username: "",
    password: "",
    token: "",
    authServer: "",
  };
  /** Has been in the call, so that a lost connection is to be restored. */
  #joined = false;
  /** Why we are being put out: by an operator, or because the server stops. */
  #kicked: Departure | "server-stops" | "sent-away" | undefined;
  /** Why the connection is lost, until it is found again. */
  #loss: LossReason = "unknown";
  #attempt = 0;
  #retry: Timer | undefined;

  /** Does nothing before {@linkcode join}. */
  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#environment = parts.environment;
    this.publishing = new Publishing({
      ...parts,
      handleProblem: (device, problem) => this.#showProblem(device, problem),
      handleLost: (device, how, substitute) => {
        const words = STRINGS.problems[device];
        if (how !== "fallback") return parts.notices.show("error", words[how]);
        const text = words.fallback({ device: substitute });
        parts.notices.show("warning", text);
      },
    });
    this.screen = new ScreenShare(
      parts.store,
      parts.devices,
      () => this.#muteForFile(),
    );
    this.figures = new ServerFigures(parts.environment);
    this.talk = new PushToTalk(this.publishing, parts.store);
    this.uses = new FlowUses(
      parts.environment,
      () => this.connection,
      () => parts.preferences().receive,
    );
    this.tileSizes = new TileSizes(parts.environment, () => this.connection);
    this.files = new Files(parts.store, parts.notices, parts.saveFile);
    this.#passing = new Passing(parts.store, parts.environment.setTimer);
    this.actions = new CallActions(
      parts.store,
      () => this.connection,
      () => Date.now(),
    );
  }

  /** The client that a view may act through; `undefined` while there is none. */
  get connection(): ServerConnection | undefined {
    return this.#link?.connection;
  }

  /** Enters the group. How it goes is in the store's `phase`. */
  join(request: JoinRequest): void {
    this.#request = request;
    this.#kicked = undefined;
    this.#parts.store.dispatch({ kind: "join-started" });
    this.#connect();
  }

  /** Leaves the call, and lets go of all devices. */
  leave(): void {
    this.#depart({ kind: "own-wish" });
  }

  /** Tries to reconnect now, as when the network is back. */
  retryNow(): void {
    if (this.#retry !== undefined) this.#connect();
  }

  /** The page has slept: reconnects, or finds out whether it has to. */
  checkConnection(): void {
    this.retryNow();
    this.connection?.probe();
  }

  /** There is another network, and maybe no way of the old one works. */
  handleNetworkChanged(): void {
    this.checkConnection();
    const { up = {}, down = {} } = this.connection ?? {};
    for (const stream of [...Object.values(up), ...Object.values(down)]) {
      stream.restartIce();
    }
  }

  /** Asks for what the user wants to receive. */
  request(): void {
    const { receive } = this.#parts.preferences();
    this.connection?.request(toRequest(receive));
    this.uses.refresh();
  }

  /** Stops one of the flows that one sends. */
  stopFlow(localId: string): void {
    const flow = this.#parts.store.state.peek().flows
      .find((each) => each.own && each.localId === localId);
    if (flow?.kind === "camera") void this.publishing.stop();
    else this.screen.stop(localId);
  }

  /** Makes the server new offers for all that is sent, by other ways if need be. */
  async renegotiate(): Promise<void> {
    const streams = Object.values(this.connection?.up ?? {});
    await Promise.all(streams.map((stream) => stream.negotiate(true)));
  }

  /** Tries the TURN servers that the server names. */
  async testRelay(): Promise<RelayOutcome> {
    const configuration = this.connection?.rtcConfiguration ?? {};
    return await probeRelay(configuration, this.#environment);
  }

  #connect(): void {
    this.#stopRetrying();
    const { environment, media, store, endpoint } = this.#parts;
    const muted = media.microphone.peek()?.enabled !== true;
    this.#link = new Link(
      environment,
      endpoint(),
      store.state.peek().group.name,
      this.#request,
      muted ? { muted } : {},
      this.#linkEvents(),
    );
  }

  #linkEvents(): LinkEvents {
    const { store, notices, levels, navigate } = this.#parts;
    return {
      handleOpening: (connection) => {
        connection.onpeerconnection = () => this.#peerConfiguration(connection);
        this.files.attach(connection);
        receivePeople(connection, store);
        receiveFlows(connection, store, levels, (username) => {
          const name = username || STRINGS.anonymous;
          notices.show("warning", STRINGS.call.cutOff({ name }));
        });
        const passing = this.#passing;
        receiveMessages(connection, { store, notices, passing }, {
          handleMuted: (by) => this.#handleMuted(by),
          handleKicked: (by, message) => this.#handleKicked(by, message),
        });
      },
      handleJoined: (connection, status) =>
        this.#handleJoined(connection, status),
      handleChanged: (connection, status) => {
        const before = store.state.peek();
        store.dispatch({ kind: "me-changed", me: toMe(connection) });
        store.dispatch({ kind: "group-described", group: toGroup(status) });
        for (const text of describeChanges(before, store.state.peek())) {
          notices.show("info", text);
        }
      },
      handleRefused: (failure) => this.#handleRefused(failure),
      handleRedirected: navigate,
      handleClosed: (code, reason) => this.#handleClosed(code, reason),
    };
  }

  /** `/set forceRelay` keeps media off all other ways. */
  #peerConfiguration(connection: ServerConnection): RTCConfiguration | null {
    if (!this.#parts.preferences().forceRelay) return null;
    const given = connection.rtcConfiguration ?? {};
    return { ...given, iceTransportPolicy: "relay" };
  }

  #handleJoined(connection: ServerConnection, status: GroupStatus): void {
    const { store } = this.#parts;
    const again = this.#joined;
    this.#joined = true;
    this.#attempt = 0;
    this.#loss = "unknown";
    store.dispatch({ kind: "joined", me: toMe(connection) });
    store.dispatch({ kind: "group-described", group: toGroup(status) });
    this.uses.handleJoined();
    this.tileSizes.handleJoined();
    this.figures.attach(connection);
    this.request();
    this.talk.handleJoined(this.#parts.preferences());
    // Nobody would get what the devices give: their lights go out.
    if (!connection.permissions.includes("present")) {
      void this.publishing.stop();
    }
    void this.publishing.attach(connection);
    void this.screen.attach(connection);
    if (again) {
      this.#environment.setTimer(
        () => store.dispatch({ kind: "stale-dropped" }),
        STALE_MS,
      );
    }
  }

  #handleRefused(failure: JoinFailure): void {
    const means = this.#request.token === "" ? "password" : "token";
    this.#joined = false;
    this.publishing.detach();
    this.screen.stop();
    this.#parts.store.dispatch({ kind: "join-again" });
    this.#parts.store.dispatch({
      kind: "join-refused",
      refusal: toRefusal(failure, means),
    });
  }

  #handleClosed(code: number, reason: string): void {
    this.figures.detach();
    this.publishing.detach();
    this.screen.detach();
    if (!this.#joined) {
      return this.#parts.store.dispatch({
        kind: "join-refused",
        refusal: { ...STRINGS.refusals.unreachable, field: "none" },
      });
    }
    const kicked = this.#kicked;
    this.#kicked = undefined;
    if (kicked === undefined && FINAL_CODES.includes(code)) {
      return this.#depart({ kind: "ended", message: reason });
    }
    if (typeof kicked === "object") return this.#depart(kicked);
    this.#attempt += 1;
    const attempt = this.#attempt;
    if (kicked === "server-stops") this.#loss = kicked;
    const why = this.#loss;
    this.#parts.store.dispatch({ kind: "connection-lost", attempt, why });
    this.#retry = this.#environment.setTimer(
      () => this.#connect(),
      reconnectDelayMs(attempt, this.#parts.chance()),
    );
  }

  #handleMuted(by: string): void {
    if (!this.#parts.store.state.peek().own.microphone) return;
    void this.publishing.setMicrophone(false);
    this.#parts.notices.show(
      "warning",
      by === "" ? STRINGS.call.muted : STRINGS.call.mutedBy({ name: by }),
    );
  }

  /** Or the microphone would send the film's sound a second time. */
  #muteForFile(): void {
    if (!this.#parts.store.state.peek().own.microphone) return;
    void this.publishing.setMicrophone(false);
    this.#parts.notices.show("info", STRINGS.call.mutedForFile);
  }

  #handleKicked(by: string, message: string): void {
    if (by !== "") {
      this.#kicked = { kind: "removed", by, message };
      return;
    }
    // Without a name it is the server that ends, and may be back in a moment.
    this.#kicked = message === SHUTTING_DOWN ? "server-stops" : "sent-away";
    // It has locked the group just now, which is not what it seems.
    if (this.#kicked === "server-stops") {
      this.#parts.notices.withdraw(STRINGS.group.nowLocked);
    }
  }

  #depart(departure: Departure): void {
    this.#stopRetrying();
    this.#joined = false;
    this.#attempt = 0;
    this.#link?.close();
    this.#link = undefined;
    this.uses.stop();
    this.tileSizes.stop();
    this.figures.detach();
    this.publishing.detach();
    this.screen.stop();
    this.screen.detach();
    void this.publishing.stop();
    this.#parts.store.dispatch({ kind: "departed", departure });
  }

  #stopRetrying(): void {
    if (this.#retry === undefined) return;
    this.#environment.clearTimer(this.#retry);
    this.#retry = undefined;
  }

  #showProblem(device: DeviceKind, problem: DeviceProblem): void {
    this.#parts.notices.show("error", STRINGS.problems[device][problem]);
  }
}

function toMe(connection: ServerConnection): {
  id: string;
  username: string;
  permissions: readonly string[];
} {
  const { id, username, permissions } = connection;
  return { id, username: username ?? "", permissions };
}

function toGroup(status: GroupStatus): Partial<GroupInfo> {
  const { displayName, description, locked, canChangePassword } = status;
  return {
    ...(displayName !== undefined && { title: displayName }),
    ...(description !== undefined && { description }),
    locked: locked ?? false,
    canChangePassword: canChangePassword ?? false,
  };
}

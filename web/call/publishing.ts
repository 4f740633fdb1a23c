import { computed, effect, untracked } from "@preact/signals";
import type { Environment, Timer } from "../client/environment.ts";
import type { ServerConnection } from "../client/server_connection.ts";
import type { Stream } from "../client/stream.ts";
import type { LevelWatch } from "../media/audio_levels.ts";
import type {
  DeviceKind,
  LocalMedia,
  OpenOutcome,
} from "../media/local_media.ts";
import type { DeviceProblem } from "../media/media_problem.ts";
import type { Preferences } from "../media/preferences.ts";
import { sendRateBps, wantsSimulcast } from "../media/quality.ts";
import type { Store } from "../state/store.ts";
import { changeTracks, offerFlow, type OutgoingFlow } from "./outgoing_flow.ts";
import { showOwnCamera, watchLink } from "./own_flow.ts";
import { CAMERA_LABEL } from "./receiving.ts";

/** How long two sizes are sent on when few are left to watch, at least. */
const FEWER_SIZES_MS = 10_000;

/** What music takes; speech takes a third of it. */
const HIGH_AUDIO_RATE_BPS = 128_000;

/** Of what {@linkcode Publishing} is made. */
export interface PublishingParts {
  readonly store: Store;
  readonly media: LocalMedia;
  readonly levels: LevelWatch;
  readonly preferences: () => Preferences;
  readonly environment: Pick<Environment, "setTimer" | "clearTimer">;
  /** Tells the user that a device cannot be had. */
  readonly handleProblem: (device: DeviceKind, problem: DeviceProblem) => void;
  /**
   * Tells the user that a device is gone.
   *
   * @param substitute the name of the one that took its place
   */
  readonly handleLost: (
    device: DeviceKind,
    how: "unplugged" | "withdrawn" | "fallback",
    substitute: string,
  ) => void;
}

/** Whether the user has taken the permission back, as far as browsers tell. */
async function isForbidden(kind: DeviceKind): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: kind });
    return state === "denied";
  } catch {
    return false; // Then opening it will tell.
  }
}

/**
 * Sends one's microphone and camera, both in one flow so that they stay in step.
 *
 * Outlives connections: after a reconnection, `attach` offers the flow again.
 * What the user wants is carried out in the order in which it was wanted.
 */
export class Publishing {
  readonly #parts: PublishingParts;
  #connection: ServerConnection | undefined;
  #stream: Stream | undefined;
  /** The tile's key, kept from the first offer on. */
  #localId: string | undefined;
  /** Whether we have told the group that the microphone is muted. */
  #announced: boolean | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #review: Timer | undefined;

  /** Sends nothing before a connection is attached. */
  constructor(parts: PublishingParts) {
    this.#parts = parts;
    // Devices also come late, after a quick join, and go by being unplugged.
    parts.media.onlost = (kind, enabled) => {
      if (parts.store.state.peek().phase.kind !== "call") return;
      void this.#inTurn(() => this.#substitute(kind, enabled));
    };
    effect(() => {
      this.#tracks();
      void this.#inTurn(() => this.#sync());
    });
    const people = computed(() => parts.store.state.value.people.length);
    effect(() => {
      people.value;
      untracked(() => this.#reviewSizes());
    });
  }

  /** Sends over this connection, which has joined, whatever is open. */
  attach(connection: ServerConnection): Promise<void> {
    return this.#inTurn(async () => {
      this.#connection = connection;
      this.#stream = undefined;
      this.#announced = undefined;
      await this.#sync();
    });
  }

  /** The connection is gone; devices and tiles stay as they are. */
  detach(): void {
    this.#connection = undefined;
    this.#stream = undefined;
  }

  /** Switches the microphone. Off, it stays open but is silent. */
  setMicrophone(on: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const { media, handleProblem } = this.#parts;
      const before = media.microphone.peek();
      if (before !== null) before.enabled = on;
      if (before === null && on) {
        const outcome = await media.open("microphone");
        if (outcome.kind === "failed") {
          return handleProblem("microphone", outcome.problem);
        }
      }
      await this.#sync();
    });
  }

  /** Switches the camera. Off, the device is stopped and its light goes out. */
  setCamera(on: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const { media, handleProblem } = this.#parts;
      if (on) {
        const outcome = await media.open("camera");
        if (outcome.kind === "failed") {
          return handleProblem("camera", outcome.problem);
        }
      } else await media.closeDevice("camera");
      await this.#sync();
    });
  }

  /**
   * Takes the camera or microphone that the preferences name now. A camera
   * comes as a new flow in the place of the old one, which ends only when the
   * new one works; a microphone just speaks on.
   */
  changeDevice(kind: DeviceKind): Promise<void> {
    return this.#inTurn(async () => {
      const { media, handleProblem } = this.#parts;
      const old = media[kind].peek();
      if (old === null) return;
      const outcome = await media.reopen(kind);
      if (outcome.kind === "failed") {
        return handleProblem(kind, outcome.problem);
      }
      outcome.track.enabled = old.enabled;
      if (kind === "camera") await this.#replace(() => media.release(old));
      else {
        await this.#sync();
        media.release(old);
      }
    });
  }

  /** See {@linkcode LocalMedia.renewEffects}. */
  renewEffects(kind: DeviceKind): Promise<OpenOutcome | undefined> {
    return this.#parts.media.renewEffects(kind);
  }

  /** Takes both devices anew, as after what is asked of them was changed. */
  async refresh(): Promise<void> {
    await this.changeDevice("microphone");
    await this.changeDevice("camera");
  }

  /** Stops sending and stops the devices. */
  async stop(): Promise<void> {
    const { media } = this.#parts;
    // Asked for at once, so that what is opened from now on stays open.
    await Promise.all([
      media.closeDevice("camera"),
      media.closeDevice("microphone"),
    ]);
    await this.#inTurn(() => this.#sync());
  }

  /** A device is gone by itself: another one takes its place, if there is one. */
  async #substitute(kind: DeviceKind, enabled: boolean): Promise<void> {
    const { media, handleLost } = this.#parts;
    if (await isForbidden(kind)) return handleLost(kind, "withdrawn", "");
    const outcome = await media.open(kind);
    if (outcome.kind === "failed") {
      const how = outcome.problem === "denied" ? "withdrawn" : "unplugged";
      return handleLost(kind, how, "");
    }
    outcome.track.enabled = enabled;
    handleLost(kind, "fallback", outcome.track.label);
    await this.#sync();
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Makes the flow carry what is open: none, one or both devices. */
  async #sync(): Promise<void> {
    const tracks = this.#tracks();
    const nothing = tracks.audio === null && tracks.video === null;
    if (nothing) this.#close();
    else if (this.#stream === undefined || this.#stream.closed) {
      await this.#offer();
    } else await changeTracks(this.#stream, this.#flow(), tracks);
    this.#showState();
  }

  async #offer(): Promise<Stream | undefined> {
    const connection = this.#connection;
    if (connection === undefined) return undefined;
    const stream = await offerFlow(
      connection,
      this.#flow(),
      this.#tracks(),
      this.#localId,
    );
    this.#stream = stream;
    this.#localId = stream.localId;
    stream.onabort = () => this.#handleAbort(stream);
    watchLink(stream, this.#parts.store);
    return stream;
  }

  async #replace(handleReplaced: () => void): Promise<void> {
    const old = this.#stream;
    const stream = await this.#offer();
    if (old === undefined || old.closed || stream === undefined) {
      handleReplaced();
    } else old.onclose = handleReplaced;
    this.#showState();
  }

  /** The server will not have the flow: there is nothing to send it for. */
  #handleAbort(stream: Stream): void {
    if (stream !== this.#stream) return;
    void this.stop();
  }

  /**
   * Sends two sizes when there are enough people to make use of them, at once;
   * and one again some time after they have gone, as others may come (G.4).
   */
  #reviewSizes(): void {
    const { environment } = this.#parts;
    if (this.#review !== undefined) environment.clearTimer(this.#review);
    this.#review = undefined;
    if (!this.#hasOtherSizes()) return;
    // Not everybody at the same moment.
    const later = FEWER_SIZES_MS * (1 + Math.random());
    this.#review = environment.setTimer(
      () => void this.#inTurn(() => this.#changeSizes()),
      this.#flow().simulcast ? 0 : later,
    );
  }

  async #changeSizes(): Promise<void> {
    if (this.#hasOtherSizes()) await this.#replace(() => {});
  }

  /** Whether the camera is sent in more or fewer sizes than it would be now. */
  #hasOtherSizes(): boolean {
    const sender = this.#stream?.pc.getSenders()
      .find(({ track }) => track?.kind === "video");
    if (this.#stream?.closed !== false || sender === undefined) return false;
    const { encodings = [] } = sender.getParameters();
    return encodings.length > 1 !== (this.#flow().simulcast === true);
  }

  #close(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.close();
  }

  #tracks(): {
    audio: MediaStreamTrack | null;
    video: MediaStreamTrack | null;
  } {
    const { media } = this.#parts;
    return { audio: media.microphone.value, video: media.camera.value };
  }

  #flow(): OutgoingFlow {
    const { quality, send, simulcast, highQualityAudio } = this.#parts
      .preferences();
    const maxRateBps = sendRateBps(quality, send);
    const { people } = this.#parts.store.state.peek();
    return {
      label: CAMERA_LABEL,
      maxRateBps,
      maxAudioRateBps: highQualityAudio ? HIGH_AUDIO_RATE_BPS : undefined,
      simulcast: wantsSimulcast(simulcast, maxRateBps, people.length),
      layered: simulcast === "layers",
    };
  }

  #showState(): void {
    const { store, levels, media } = this.#parts;
    const { audio, video } = this.#tracks();
    store.dispatch({
      kind: "own-media",
      own: {
        microphone: media.microphone.peek()?.enabled === true,
        camera: video !== null,
      },
    });
    this.#announceMute();
    // While the connection is lost, the tile waits for the next one.
    const lost = this.#connection === undefined;
    if (lost && (audio !== null || video !== null)) return;
    showOwnCamera(this.#stream, store);
    const stream = this.#stream;
    if (stream?.stream && audio !== null) {
      levels.watch(stream.localId, stream.stream);
    }
  }

  /** The protocol has no word for a muted microphone: it is in the user's data. */
  #announceMute(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const muted = this.#parts.media.microphone.peek()?.enabled !== true;
    if (muted === this.#announced) return;
    this.#announced = muted;
    connection.userAction("setdata", connection.id, {
      muted: muted ? true : null,
    });
  }
}

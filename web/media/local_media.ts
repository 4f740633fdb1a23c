import { type ReadonlySignal, signal } from "@preact/signals";
import {
  cameraConstraints,
  type DeviceLists,
  listDevices,
  type MediaDevicesPort,
  microphoneConstraints,
  NO_DEVICES,
} from "./devices.ts";
import {
  type DeviceProblem,
  toDeviceProblem,
  toMediaProblem,
} from "./media_problem.ts";
import type { Preferences } from "./preferences.ts";
import {
  type AffectedTrack,
  NO_EFFECTS,
  type TrackEffects,
} from "./track_effects.ts";

/** One of the two devices that a person speaks and is seen through. */
export type DeviceKind = "microphone" | "camera";

/** What came of opening a device. */
export type OpenOutcome =
  | { readonly kind: "open"; readonly track: MediaStreamTrack }
  | { readonly kind: "failed"; readonly problem: DeviceProblem };

/** A device as it is shown. */
interface Shown {
  /** What the device itself gives. */
  readonly source: MediaStreamTrack;
  readonly affected: AffectedTrack;
}

/**
 * The microphone and the camera of this machine.
 *
 * Owns the tracks: who needs one reads it here, and nobody else stops it.
 * Operations on one device are carried out one after the other.
 */
export class LocalMedia {
  /**
   * Called when a device goes away by itself, with whether it was heard or
   * seen: unplugged, or taken back by the user.
   */
  onlost: ((kind: DeviceKind, enabled: boolean) => void) | undefined;
  /**
   * Called when an effect has failed while it was shown, before others get what
   * the device itself gives: then the preferences are to want it no longer.
   */
  oneffectlost: ((kind: DeviceKind) => void) | undefined;
  readonly #port: MediaDevicesPort | undefined;
  readonly #preferences: () => Preferences;
  readonly #effects: TrackEffects;
  /** By the track that others get, until it is released. */
  readonly #shown = new Map<MediaStreamTrack, Shown>();
  readonly #tracks = {
    microphone: signal<MediaStreamTrack | null>(null),
    camera: signal<MediaStreamTrack | null>(null),
  };
  readonly #devices = signal<DeviceLists>(NO_DEVICES);
  readonly #problems = {
    microphone: signal<DeviceProblem | null>(null),
    camera: signal<DeviceProblem | null>(null),
  };
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param port `navigator.mediaDevices`, which insecure pages do not have
   * @param preferences what to open, read at each opening
   * @param effects what is done to a track before anybody gets it
   */
  constructor(
    port: MediaDevicesPort | undefined,
    preferences: () => Preferences,
    effects: TrackEffects = NO_EFFECTS,
  ) {
    this.#port = port;
    this.#effects = effects;
    this.#preferences = preferences;
    port?.addEventListener("devicechange", this.#refresh);
  }

  /** The open microphone, or null. */
  get microphone(): ReadonlySignal<MediaStreamTrack | null> {
    return this.#tracks.microphone;
  }

  /** The open camera, or null. */
  get camera(): ReadonlySignal<MediaStreamTrack | null> {
    return this.#tracks.camera;
  }

  /** What can be chosen. */
  get devices(): ReadonlySignal<DeviceLists> {
    return this.#devices;
  }

  /** Why a device could not be opened the last time; null if it could. */
  problem(kind: DeviceKind): ReadonlySignal<DeviceProblem | null> {
    return this.#problems[kind];
  }

  /** Opens a device, or gives the track that is open already. */
  open(kind: DeviceKind): Promise<OpenOutcome> {
    return this.#inTurn(async () => {
      const track = this.#tracks[kind].peek();
      return track === null ? await this.#open(kind) : { kind: "open", track };
    });
  }

  /**
   * Opens both devices, with one question to the user if possible; one of them
   * if the other cannot be had.
   */
  openBoth(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#openTogether();
      for (const kind of ["microphone", "camera"] as const) {
        if (this.#tracks[kind].peek() === null) await this.#open(kind);
      }
    });
  }

  /**
   * Opens a device anew, as after another one was chosen. The track that it had
   * goes on, so that viewers see no gap: whoever calls this releases that one.
   */
  reopen(kind: DeviceKind): Promise<OpenOutcome> {
    return this.#inTurn(async () => {
      const outcome = await this.#open(kind);
      const isBusy = outcome.kind === "failed" && outcome.problem === "busy";
      if (!isBusy || this.#tracks[kind].peek() === null) return outcome;
      // Some cameras cannot be opened twice.
      this.#stop(kind);
      return await this.#open(kind);
    });
  }

  /**
   * Does to an open device what the preferences want now. The device goes on; if
   * that cannot be done, so does the track, as it was.
   */
  renewEffects(kind: DeviceKind): Promise<OpenOutcome | undefined> {
    return this.#inTurn(async () => {
      const old = this.#tracks[kind].peek();
      const shown = old === null ? undefined : this.#shown.get(old);
      if (old === null || shown === undefined) return undefined;
      try {
        if (await shown.affected.update()) return { kind: "open", track: old };
        const track = await this.#affect(kind, shown.source);
        track.enabled = old.enabled;
        // Muting silences the track that others get, not the device's own.
        if (track !== shown.source) shown.source.enabled = true;
        this.#keep(kind, track);
        shown.affected.close();
        if (track !== old) this.#shown.delete(old);
        return { kind: "open", track };
      } catch (error) {
        console.warn(error);
        return { kind: "failed", problem: toDeviceProblem(error) };
      }
    });
  }

  /** Stops a track that `reopen()` has left running. */
  release(track: MediaStreamTrack): void {
    const shown = this.#shown.get(track);
    this.#shown.delete(track);
    shown?.affected.close();
    shown?.source.stop();
    track.stop();
  }

  /** Stops a device, so that its light goes out. */
  closeDevice(kind: DeviceKind): Promise<void> {
    return this.#inTurn(() => Promise.resolve(this.#stop(kind)));
  }

  /** Stops everything, for good. */
  close(): void {
    this.#port?.removeEventListener("devicechange", this.#refresh);
    this.#stop("microphone");
    this.#stop("camera");
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #openTogether(): Promise<void> {
    const isClosed = this.#tracks.microphone.peek() === null &&
      this.#tracks.camera.peek() === null;
    if (this.#port === undefined || !isClosed) return;
    const chosen = this.#preferences();
    try {
      const stream = await this.#port.getUserMedia({
        audio: microphoneConstraints(chosen),
        video: cameraConstraints(chosen),
      });
      for (const track of stream.getTracks()) {
        await this.#adopt(
          track.kind === "video" ? "camera" : "microphone",
          track,
        );
      }
      await this.#refresh();
    } catch {
      // One by one it will be seen which of them is the trouble.
    }
  }

  #keep(kind: DeviceKind, track: MediaStreamTrack): void {
    if (kind === "camera") {
      track.contentHint = this.#preferences().blackboard ? "detail" : "";
    }
    this.#tracks[kind].value = track;
    this.#problems[kind].value = null;
  }

  /** Makes a device's own track the one that others get. */
  async #adopt(
    kind: DeviceKind,
    source: MediaStreamTrack,
  ): Promise<MediaStreamTrack> {
    source.addEventListener("ended", () => this.#forget(kind, source));
    try {
      const track = await this.#affect(kind, source);
      this.#keep(kind, track);
      return track;
    } catch (error) {
      source.stop();
      throw error;
    }
  }

  async #affect(
    kind: DeviceKind,
    source: MediaStreamTrack,
  ): Promise<MediaStreamTrack> {
    const affected: AffectedTrack = await this.#effects.apply(
      kind,
      source,
      () => void this.#inTurn(() => this.#loseEffect(kind, affected)),
    );
    this.#shown.set(affected.track, { source, affected });
    return affected.track;
  }

  /** Gives others the device's own track in the place of one that has failed. */
  async #loseEffect(kind: DeviceKind, affected: AffectedTrack): Promise<void> {
    const failed = this.#tracks[kind].peek();
    const shown = failed === null ? undefined : this.#shown.get(failed);
    if (failed === null || shown?.affected !== affected) return;
    this.oneffectlost?.(kind);
    const track = await this.#affect(kind, shown.source);
    track.enabled = failed.enabled;
    this.#keep(kind, track);
    shown.affected.close();
    if (track !== failed) this.#shown.delete(failed);
  }

  async #open(kind: DeviceKind): Promise<OpenOutcome> {
    if (this.#port === undefined) return this.#failed(kind, "insecure");
    try {
      const source = await this.#capture(this.#port, kind);
      const track = await this.#adopt(kind, source);
      await this.#refresh();
      return { kind: "open", track };
    } catch (error) {
      return this.#failed(kind, toDeviceProblem(error));
    }
  }

  /** The chosen device; any one if that has been unplugged since. */
  async #capture(
    port: MediaDevicesPort,
    kind: DeviceKind,
  ): Promise<MediaStreamTrack> {
    const chosen = this.#preferences();
    const id = kind === "camera" ? chosen.cameraId : chosen.microphoneId;
    try {
      return await this.#captureDevice(port, kind, id);
    } catch (error) {
      if (id === "" || toMediaProblem(error) !== "missing") throw error;
      return await this.#captureDevice(port, kind, "");
    }
  }

  async #captureDevice(
    port: MediaDevicesPort,
    kind: DeviceKind,
    id: string,
  ): Promise<MediaStreamTrack> {
    const chosen = this.#preferences();
    const stream = await port.getUserMedia(
      kind === "camera"
        ? { video: cameraConstraints({ ...chosen, cameraId: id }) }
        : { audio: microphoneConstraints({ ...chosen, microphoneId: id }) },
    );
    const [track] = stream.getTracks();
    if (track === undefined) throw new Error("Cannot happen: no track");
    return track;
  }

  #failed(kind: DeviceKind, problem: DeviceProblem): OpenOutcome {
    this.#problems[kind].value = problem;
    return { kind: "failed", problem };
  }

  /** The device went away by itself: unplugged, or taken back by the user. */
  #forget(kind: DeviceKind, source: MediaStreamTrack): void {
    const track = this.#tracks[kind].peek();
    if (track === null || this.#shown.get(track)?.source !== source) return;
    this.release(track);
    this.#tracks[kind].value = null;
    this.onlost?.(kind, track.enabled);
  }

  #stop(kind: DeviceKind): void {
    const track = this.#tracks[kind].peek();
    if (track !== null) this.release(track);
    this.#tracks[kind].value = null;
  }

  readonly #refresh = async (): Promise<void> => {
    if (this.#port === undefined) return;
    try {
      this.#devices.value = await listDevices(this.#port);
    } catch {
      // Without a list, the devices that are open go on working.
    }
  };
}

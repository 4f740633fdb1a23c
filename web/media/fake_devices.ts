import type { MediaDevicesPort } from "./devices.ts";

/** A track that remembers whether it was stopped. */
export class FakeDeviceTrack extends EventTarget {
  enabled = true;
  stopped = false;
  contentHint = "";
  label = "";
  readonly kind: "audio" | "video";

  constructor(kind: "audio" | "video") {
    super();
    this.kind = kind;
  }

  stop(): void {
    this.stopped = true;
  }

  /** The device is pulled out. */
  unplug(): void {
    this.dispatchEvent(new Event("ended"));
  }
}

/** Devices that open, or fail, as the test says. */
export class FakeDevices implements MediaDevicesPort {
  /** What has been asked for, in words: `audio`, `video`, `audio+video`. */
  readonly asked: string[] = [];
  readonly opened: FakeDeviceTrack[] = [];
  /** Names of the errors that the next openings throw; empty for none. */
  readonly failures: string[] = [];

  getUserMedia(wanted: MediaStreamConstraints = {}): Promise<MediaStream> {
    const kinds = (["audio", "video"] as const)
      .filter((kind) => wanted[kind] !== undefined);
    this.asked.push(kinds.join("+"));
    const failure = this.failures.shift() ?? "";
    if (failure !== "") return Promise.reject(new DOMException("", failure));
    const tracks = kinds.map((kind) => new FakeDeviceTrack(kind));
    this.opened.push(...tracks);
    return Promise.resolve(
      { getTracks: () => tracks } as unknown as MediaStream,
    );
  }

  getDisplayMedia(): Promise<MediaStream> {
    return this.getUserMedia({ video: true });
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve([]);
  }

  addEventListener(): void {}

  removeEventListener(): void {}
}

import type { DeviceKind } from "./local_media.ts";

/** A device's track as others get it. */
export interface AffectedTrack {
  readonly track: MediaStreamTrack;
  /**
   * Does what is wanted now.
   *
   * @returns false if that takes a new track
   * @throws {Error} if it cannot be done; then it goes on as before
   */
  update(): Promise<boolean>;
  /** Ends the work. The device's own track goes on. */
  close(): void;
}

/** Changes devices' tracks before anybody sees or hears them. */
export interface TrackEffects {
  /**
   * @param source the device's own track, which stays the caller's
   * @param handleLost told, once, if the work fails later: then nothing more
   *   comes of it, and it is to be closed
   * @throws {Error} if what is wanted cannot be done
   */
  apply(
    kind: DeviceKind,
    source: MediaStreamTrack,
    handleLost: () => void,
  ): Promise<AffectedTrack>;
}

/** Leaves tracks as they are. */
export const NO_EFFECTS: TrackEffects = {
  apply: (_kind, track) =>
    Promise.resolve({
      track,
      update: () => Promise.resolve(true),
      close: () => undefined,
    }),
};

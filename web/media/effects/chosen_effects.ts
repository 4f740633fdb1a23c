import type { DeviceKind } from "../local_media.ts";
import type { Preferences } from "../preferences.ts";
import type { AffectedTrack, TrackEffects } from "../track_effects.ts";
import { toBackdrop } from "./backdrops.ts";
import { isPlain, type PictureEffect } from "./picture_effect.ts";

/** Of what {@linkcode ChosenEffects} are made. */
export interface ChosenEffectsParts {
  readonly preferences: () => Preferences;
  /** Where one's own background is kept. */
  readonly storage: Pick<Storage, "getItem">;
  /** The address of a part that is loaded only when it is needed. */
  readonly address: (part: EffectPart) => string;
  /**
   * Noise cannot be suppressed here: the microphone goes on without, and the
   * preferences are to want it no longer.
   */
  readonly handleNoiseFailed: () => void;
}

/** What effects load, and pages without effects do not. */
export type EffectPart =
  | "picture-worker"
  | "segmenter-loader"
  | "segmenter-wasm"
  | "segmenter-model"
  | "rnnoise-worklet"
  | "rnnoise-wasm";

/** The effects that the preferences name. Their code is loaded with the first. */
export class ChosenEffects implements TrackEffects {
  readonly #parts: ChosenEffectsParts;

  /** Loads nothing yet. */
  constructor(parts: ChosenEffectsParts) {
    this.#parts = parts;
  }

  apply(
    kind: DeviceKind,
    source: MediaStreamTrack,
    handleLost: () => void,
  ): Promise<AffectedTrack> {
    return kind === "camera"
      ? this.#picture(source, handleLost)
      : this.#sound(source, handleLost);
  }

  async #picture(
    source: MediaStreamTrack,
    handleLost: () => void,
  ): Promise<AffectedTrack> {
    const wanted = (): PictureEffect => this.#parts.preferences();
    if (isPlain(wanted())) return untouched(source, () => isPlain(wanted()));
    const { address, storage } = this.#parts;
    const { PicturePipeline } = await import("./picture_pipeline.ts");
    const work = async () => {
      const { filter, background } = wanted();
      return { filter, backdrop: await toBackdrop(background, storage) };
    };
    const pipeline = await PicturePipeline.start(source, await work(), {
      worker: address("picture-worker"),
      loader: address("segmenter-loader"),
      wasm: address("segmenter-wasm"),
      model: address("segmenter-model"),
    }, handleLost);
    return {
      track: pipeline.track,
      update: async () => {
        if (isPlain(wanted())) return false;
        await pipeline.configure(await work());
        return true;
      },
      close: () => pipeline.close(),
    };
  }

  async #sound(
    source: MediaStreamTrack,
    handleLost: () => void,
  ): Promise<AffectedTrack> {
    const { preferences, address, handleNoiseFailed } = this.#parts;
    const isWanted = () => suppressesNoise(preferences());
    if (!isWanted()) return untouched(source, () => !isWanted());
    try {
      const { NoisePipeline } = await import("./noise_pipeline.ts");
      const pipeline = await NoisePipeline.start(source, {
        worklet: address("rnnoise-worklet"),
        wasm: address("rnnoise-wasm"),
      }, handleLost);
      return {
        track: pipeline.track,
        update: () => Promise.resolve(isWanted()),
        close: () => pipeline.close(),
      };
    } catch (error) {
      console.warn(error);
      handleNoiseFailed();
      return untouched(source, () => !isWanted());
    }
  }
}

/** Music would be taken for noise. */
export function suppressesNoise(
  { strongNoiseSuppression, noiseSuppression, highQualityAudio }: Pick<
    Preferences,
    "strongNoiseSuppression" | "noiseSuppression" | "highQualityAudio"
  >,
): boolean {
  return strongNoiseSuppression && noiseSuppression && !highQualityAudio;
}

function untouched(
  track: MediaStreamTrack,
  suffices: () => boolean,
): AffectedTrack {
  return {
    track,
    update: () => Promise.resolve(suffices()),
    close: () => undefined,
  };
}

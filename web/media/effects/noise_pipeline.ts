import {
  loadRnnoise,
  RnnoiseWorkletNode,
} from "@sapphi-red/web-noise-suppressor";
import { EffectError } from "./picture_effect.ts";

/** What RNNoise was made for. */
const SAMPLE_RATE = 48_000;

/** Where RNNoise is. */
export interface NoiseParts {
  readonly worklet: string;
  readonly wasm: string;
}

/** A microphone's track without its noise. */
export class NoisePipeline {
  /** The changed track. */
  readonly track: MediaStreamTrack;
  readonly #context: AudioContext;
  readonly #node: RnnoiseWorkletNode;
  readonly #wake = () => void this.#context.resume();

  private constructor(
    context: AudioContext,
    node: RnnoiseWorkletNode,
    track: MediaStreamTrack,
  ) {
    this.#context = context;
    this.#node = node;
    this.track = track;
    // Some browsers let sound flow only after the first touch of the page.
    addEventListener("pointerdown", this.#wake);
    addEventListener("keydown", this.#wake);
  }

  /**
   * @param source stays the caller's
   * @param handleLost told, once, if it fails after it has started
   * @throws {EffectError} if this browser cannot do it or a part did not load
   */
  static async start(
    source: MediaStreamTrack,
    { worklet, wasm }: NoiseParts,
    handleLost: () => void,
  ): Promise<NoisePipeline> {
    const context = new AudioContext({ sampleRate: SAMPLE_RATE });
    try {
      const [wasmBinary] = await Promise.all([
        loadRnnoise({ url: wasm, simdUrl: wasm }),
        context.audioWorklet.addModule(worklet),
      ]);
      const node = new RnnoiseWorkletNode(context, {
        maxChannels: 1,
        wasmBinary,
      });
      // From then on it is silent.
      node.addEventListener("processorerror", handleLost, { once: true });
      const output = context.createMediaStreamDestination();
      output.channelCount = 1;
      const mixed = context.createMediaStreamSource(new MediaStream([source]));
      mixed.connect(node).connect(output);
      const [track] = output.stream.getAudioTracks();
      if (track === undefined) throw new Error("no track came of it");
      return new NoisePipeline(context, node, track);
    } catch (error) {
      void context.close();
      throw new EffectError(`Cannot suppress noise: ${String(error)}`);
    }
  }

  /** Ends the changed track. */
  close(): void {
    removeEventListener("pointerdown", this.#wake);
    removeEventListener("keydown", this.#wake);
    this.#node.destroy();
    this.track.stop();
    void this.#context.close();
  }
}

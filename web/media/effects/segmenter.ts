import { ImageSegmenter } from "@mediapipe/tasks-vision";
import type { Frame, Mask } from "./compositor.ts";
import type { SegmenterParts } from "./worker_message.ts";

/** What the model was made for; the mask comes in this size. */
const WIDTH = 256;
const HEIGHT = 144;

/** Finds the person in pictures. */
export class Segmenter {
  readonly #segmenter: ImageSegmenter;
  readonly #canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  #timeMs = 0;

  private constructor(segmenter: ImageSegmenter) {
    this.#segmenter = segmenter;
  }

  /**
   * Loads it: some megabytes the first time.
   *
   * @throws {Error} if it cannot be loaded or does not run here
   */
  static async load(parts: SegmenterParts): Promise<Segmenter> {
    const segmenter = await ImageSegmenter.createFromOptions(
      { wasmLoaderPath: parts.loader, wasmBinaryPath: parts.wasm },
      {
        baseOptions: { modelAssetPath: parts.model, delegate: "CPU" },
        canvas: new OffscreenCanvas(WIDTH, HEIGHT),
        runningMode: "VIDEO",
        outputCategoryMask: false,
        outputConfidenceMasks: true,
      },
    );
    const made = new Segmenter(segmenter);
    // Without WebGL it loads well, and fails with the first picture.
    const image = new OffscreenCanvas(WIDTH, HEIGHT);
    image.getContext("2d");
    made.find({ image, width: WIDTH, height: HEIGHT });
    return made;
  }

  /** Where the person is in this frame. */
  find(frame: Frame): Mask {
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("Cannot draw: no canvas here");
    context.drawImage(frame.image, 0, 0, WIDTH, HEIGHT);
    const pixels = context.getImageData(0, 0, WIDTH, HEIGHT);
    // Times must grow, whatever clock the frames have.
    const now = this.#timeMs = Math.max(this.#timeMs + 1, performance.now());
    const result = this.#segmenter.segmentForVideo(pixels, now);
    try {
      const mask = result.confidenceMasks?.at(-1);
      if (mask === undefined) throw new Error("Cannot segment: no mask");
      const values = mask.getAsFloat32Array().slice();
      return { width: mask.width, height: mask.height, values };
    } finally {
      result.close();
    }
  }
}

/// <reference lib="webworker" />
/**
 * The worker that changes the camera's pictures.
 *
 * @module
 */
import { assertNever } from "../../../lib/assert_never.ts";
import { type Backdrop, Compositor, type Frame } from "./compositor.ts";
import type { Filter } from "./picture_effect.ts";
import { Segmenter } from "./segmenter.ts";
import type { FromPictureWorker, ToPictureWorker } from "./worker_message.ts";

/** Lower takes less of the processor; higher is smoother. */
const MAX_FRAMES_PER_SECOND = 30;
const FRAME_MS = 1000 / MAX_FRAMES_PER_SECOND;
/** Cameras are not punctual: a frame may come by this much too early. */
const EARLY_MS = 5;

/** Draws what comes, as it was last told. */
class PictureWorker {
  readonly #compositor = new Compositor();
  #filter: Filter = "none";
  #backdrop: Backdrop = { kind: "none" };
  #segmenter: Segmenter | undefined;
  #lastMs = -FRAME_MS;

  /** Answers the page. */
  handle(message: ToPictureWorker): void {
    switch (message.kind) {
      case "configure":
        return void this.#configure(message);
      case "streams":
        return void this.#pass(message.readable, message.writable);
      case "frame":
        return this.#answerFrame(message.image);
      case "ask":
        return tell({ kind: "want-frame" });
      default:
        assertNever(message);
    }
  }

  async #configure(
    wanted: Extract<ToPictureWorker, { kind: "configure" }>,
  ): Promise<void> {
    try {
      if (wanted.backdrop.kind !== "none") {
        this.#segmenter ??= await Segmenter.load(wanted.parts);
      }
      this.#filter = wanted.filter;
      this.#backdrop = wanted.backdrop;
      tell({ kind: "ready" });
    } catch (error) {
      tell({ kind: "failed", reason: String(error) });
    }
  }

  #draw(frame: Frame): void {
    const mask = this.#backdrop.kind === "none"
      ? undefined
      : this.#segmenter?.find(frame);
    this.#compositor.draw(frame, this.#filter, this.#backdrop, mask);
  }

  /** Frames go through here until the page ends one of the streams. */
  async #pass(
    readable: ReadableStream<VideoFrame>,
    writable: WritableStream<VideoFrame>,
  ): Promise<void> {
    const changing = new TransformStream<VideoFrame, VideoFrame>({
      transform: (frame, controller) => {
        const changed = this.#change(frame);
        if (changed !== undefined) controller.enqueue(changed);
      },
    });
    try {
      await readable.pipeThrough(changing).pipeTo(writable);
    } catch (error) {
      tell({ kind: "failed", reason: String(error) });
    }
  }

  /** Takes the frame; nothing comes of one that comes too early. */
  #change(frame: VideoFrame): VideoFrame | undefined {
    try {
      const now = performance.now();
      if (now - this.#lastMs < FRAME_MS - EARLY_MS) return undefined;
      this.#lastMs = now;
      const { displayWidth: width, displayHeight: height, timestamp } = frame;
      this.#draw({ image: frame, width, height });
      return new VideoFrame(this.#compositor.canvas, { timestamp });
    } finally {
      frame.close();
    }
  }

  #answerFrame(image: ImageBitmap | null): void {
    const beganMs = performance.now();
    try {
      if (image !== null) {
        this.#draw({ image, width: image.width, height: image.height });
        image.close();
        const picture = this.#compositor.canvas.transferToImageBitmap();
        tell({ kind: "picture", image: picture }, [picture]);
      }
    } catch (error) {
      return tell({ kind: "failed", reason: String(error) });
    }
    // Timers of workers go on while the page is hidden.
    const restMs = Math.max(0, FRAME_MS - (performance.now() - beganMs));
    setTimeout(() => tell({ kind: "want-frame" }), restMs);
  }
}

function tell(message: FromPictureWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

const worker = new PictureWorker();
addEventListener(
  "message",
  ({ data }: MessageEvent<ToPictureWorker>) => worker.handle(data),
);

import { assertNever } from "../../../lib/assert_never.ts";
import type { Backdrop } from "./compositor.ts";
import { EffectError, type Filter } from "./picture_effect.ts";
import type {
  FromPictureWorker,
  SegmenterParts,
  ToPictureWorker,
} from "./worker_message.ts";

/** What is to be done to pictures, ready to be handed to the worker. */
export interface PictureWork {
  readonly filter: Filter;
  readonly backdrop: Backdrop;
}

/** How frames come in and pictures go out. */
interface Passage {
  readonly track: MediaStreamTrack;
  /** Hands the worker what it needs once it is ready. */
  start(worker: Worker): void;
  /** Answers what the worker says of frames. */
  handle(message: FromPictureWorker, worker: Worker): void;
  close(): void;
}

/**
 * A camera's track as a worker changes it. No picture leaves before the worker
 * is ready, so that nobody sees the room by accident.
 */
export class PicturePipeline {
  readonly #worker: Worker;
  readonly #passage: Passage;
  readonly #parts: SegmenterParts;
  readonly #handleLost: () => void;
  #isOver = false;
  #settle: { ready(): void; failed(error: EffectError): void } | undefined;

  private constructor(
    worker: Worker,
    passage: Passage,
    parts: SegmenterParts,
    handleLost: () => void,
  ) {
    this.#handleLost = handleLost;
    this.#worker = worker;
    this.#passage = passage;
    this.#parts = parts;
    worker.addEventListener(
      "message",
      (event: MessageEvent<FromPictureWorker>) => this.#handle(event.data),
    );
    worker.addEventListener("error", (event) => {
      this.#fail(event.message || "the worker could not be loaded");
    });
  }

  /**
   * @param source stays the caller's; its pictures are read until `close()`
   * @param handleLost told, once, if it fails after it has started
   * @throws {EffectError} if this browser cannot do it or a part did not load
   */
  static async start(
    source: MediaStreamTrack,
    work: PictureWork,
    { worker, ...parts }: SegmenterParts & { readonly worker: string },
    handleLost: () => void,
  ): Promise<PicturePipeline> {
    const pipeline = new PicturePipeline(
      new Worker(worker, { type: "module" }),
      openPassage(source),
      parts,
      handleLost,
    );
    try {
      await pipeline.configure(work);
    } catch (error) {
      pipeline.close();
      throw error;
    }
    pipeline.#passage.start(pipeline.#worker);
    return pipeline;
  }

  /** The changed track. */
  get track(): MediaStreamTrack {
    return this.#passage.track;
  }

  /**
   * Does something else from now on; one at a time.
   *
   * @throws {EffectError} then it goes on as before
   */
  configure(work: PictureWork): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { ready: resolve, failed: reject };
      tell(this.#worker, { kind: "configure", ...work, parts: this.#parts });
    });
  }

  /** Ends the changed track. */
  close(): void {
    this.#isOver = true;
    this.#worker.terminate();
    this.#passage.close();
    this.#passage.track.stop();
  }

  #handle(message: FromPictureWorker): void {
    switch (message.kind) {
      case "ready":
        this.#settle?.ready();
        this.#settle = undefined;
        return;
      case "failed":
        return this.#fail(message.reason);
      case "want-frame":
      case "picture":
        return this.#passage.handle(message, this.#worker);
      default:
        assertNever(message);
    }
  }

  #fail(reason: string): void {
    const error = new EffectError(`Cannot change the picture: ${reason}`);
    const settle = this.#settle;
    this.#settle = undefined;
    if (settle !== undefined) return settle.failed(error);
    if (this.#isOver) return;
    this.#isOver = true;
    console.warn(error);
    this.#handleLost();
  }
}

/** Chromium's way, of which TypeScript does not know. */
interface TrackStreams {
  readonly MediaStreamTrackProcessor: new (
    options: { track: MediaStreamTrack; maxBufferSize: number },
  ) => { readonly readable: ReadableStream<VideoFrame> };
  readonly MediaStreamTrackGenerator: new (
    options: { kind: "video" },
  ) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}

function openPassage(source: MediaStreamTrack): Passage {
  const page: Partial<TrackStreams> = globalThis as object;
  const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = page;
  return MediaStreamTrackProcessor && MediaStreamTrackGenerator
    ? throughStreams(source, {
      MediaStreamTrackProcessor,
      MediaStreamTrackGenerator,
    })
    : throughCanvas(source);
}

/** Frames never touch the page's thread. */
function throughStreams(
  source: MediaStreamTrack,
  { MediaStreamTrackProcessor, MediaStreamTrackGenerator }: TrackStreams,
): Passage {
  // A clone, so that another pipeline may read the camera, too.
  const track = source.clone();
  track.enabled = true;
  const generator = new MediaStreamTrackGenerator({ kind: "video" });
  return {
    track: generator,
    start: (worker) => {
      const { readable } = new MediaStreamTrackProcessor({
        track,
        // What the worker has no time for is old when it would have.
        maxBufferSize: 1,
      });
      const { writable } = generator;
      tell(worker, { kind: "streams", readable, writable }, [
        readable,
        writable,
      ]);
    },
    handle: () => undefined,
    close: () => track.stop(),
  };
}

/** Frames are fetched from a `<video>` when the worker asks. */
function throughCanvas(source: MediaStreamTrack): Passage {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([source]);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("bitmaprenderer");
  const [track] = canvas.captureStream().getVideoTracks();
  if (context === null || track === undefined) {
    throw new EffectError("Cannot change the picture: no canvas to draw it in");
  }
  const grab = async (): Promise<ImageBitmap | null> =>
    video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA
      ? null
      : await createImageBitmap(video).catch(() => null);
  return {
    track,
    start: (worker) => {
      // It plays as soon as there is a frame; until then none is there to grab.
      video.play().catch(() => undefined);
      tell(worker, { kind: "ask" });
    },
    handle: (message, worker) => {
      if (message.kind === "picture") {
        const { image } = message;
        canvas.width = image.width;
        canvas.height = image.height;
        context.transferFromImageBitmap(image);
      } else if (message.kind === "want-frame") {
        void grab().then((image) =>
          tell(worker, { kind: "frame", image }, image === null ? [] : [image])
        );
      }
    },
    close: () => {
      video.srcObject = null;
    },
  };
}

function tell(
  worker: Worker,
  message: ToPictureWorker,
  transfer: Transferable[] = [],
): void {
  worker.postMessage(message, transfer);
}

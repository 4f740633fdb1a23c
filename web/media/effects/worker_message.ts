import type { Backdrop } from "./compositor.ts";
import type { Filter } from "./picture_effect.ts";

/** Where the parts of the segmenter are. */
export interface SegmenterParts {
  readonly loader: string;
  readonly wasm: string;
  readonly model: string;
}

/** What the page tells the worker that changes pictures. */
export type ToPictureWorker =
  /** Do this from now on; answered by `ready` or `failed`. */
  | {
    readonly kind: "configure";
    readonly filter: Filter;
    readonly backdrop: Backdrop;
    readonly parts: SegmenterParts;
  }
  /** Frames come and go by these streams, past the page. */
  | {
    readonly kind: "streams";
    readonly readable: ReadableStream<VideoFrame>;
    readonly writable: WritableStream<VideoFrame>;
  }
  /** A frame that was wanted; null if there was none. */
  | { readonly kind: "frame"; readonly image: ImageBitmap | null }
  /** There are no streams: ask for frames. */
  | { readonly kind: "ask" };

/** What the worker tells the page. */
export type FromPictureWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "want-frame" }
  | { readonly kind: "picture"; readonly image: ImageBitmap };

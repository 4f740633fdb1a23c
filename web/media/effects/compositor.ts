import type { Filter } from "./picture_effect.ts";

/** What stands behind the person in a frame. */
export type Backdrop =
  | { readonly kind: "none" }
  | { readonly kind: "blur" }
  | { readonly kind: "picture"; readonly picture: ImageBitmap };

/** Where the person is: one value from 0 (elsewhere) to 1 for each pixel. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** A frame of the camera with its size. */
export interface Frame {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

/** Below this it is the room, above the next one the person; soft between. */
const ROOM_BELOW = 0.3;
const PERSON_ABOVE = 0.7;
/** Lower shows what is on a shelf; higher takes longer. Halvings of the size. */
const BLUR_HALVINGS = 5;

/** Draws frames anew: turned, and with another background. */
export class Compositor {
  /** What was drawn last. */
  readonly canvas = new OffscreenCanvas(1, 1);
  readonly #context = contextOf(this.canvas);
  readonly #person = new OffscreenCanvas(1, 1);
  readonly #personContext = contextOf(this.#person);
  readonly #mask = new OffscreenCanvas(1, 1);
  readonly #maskContext = contextOf(this.#mask);
  readonly #blurSteps: OffscreenCanvas[] = [];

  /** Draws a frame into the canvas, which gets its size. */
  draw(
    frame: Frame,
    filter: Filter,
    backdrop: Backdrop,
    mask: Mask | undefined,
  ): void {
    const { width, height } = frame;
    resize(this.canvas, width, height);
    const context = this.#context;
    context.setTransform(...transformOf(filter, width, height));
    if (backdrop.kind === "none" || mask === undefined) {
      context.drawImage(frame.image, 0, 0, width, height);
    } else {
      if (backdrop.kind === "blur") this.#drawBlurred(frame);
      else drawCovering(context, backdrop.picture, width, height);
      this.#cutOut(frame, mask);
      context.drawImage(this.#person, 0, 0);
    }
    context.resetTransform();
  }

  /** The person alone, on nothing. */
  #cutOut({ image, width, height }: Frame, mask: Mask): void {
    resize(this.#mask, mask.width, mask.height);
    const pixels = new ImageData(toAlpha(mask), mask.width, mask.height);
    this.#maskContext.putImageData(pixels, 0, 0);
    resize(this.#person, width, height);
    const context = this.#personContext;
    context.globalCompositeOperation = "copy";
    context.drawImage(this.#mask, 0, 0, width, height);
    context.globalCompositeOperation = "source-in";
    context.drawImage(image, 0, 0, width, height);
  }

  /** Halved several times and doubled again: smooth, and cheap everywhere. */
  #drawBlurred({ image, width, height }: Frame): void {
    let from: CanvasImageSource = image;
    for (let step = 1; step <= BLUR_HALVINGS; step++) {
      const small = this.#blurSteps[step] ??= new OffscreenCanvas(1, 1);
      resize(
        small,
        Math.max(1, Math.round(width / 2 ** step)),
        Math.max(1, Math.round(height / 2 ** step)),
      );
      contextOf(small).drawImage(from, 0, 0, small.width, small.height);
      from = small;
    }
    for (let step = BLUR_HALVINGS - 1; step > 0; step--) {
      const larger = this.#blurSteps[step];
      if (larger === undefined) continue;
      contextOf(larger).drawImage(from, 0, 0, larger.width, larger.height);
      from = larger;
    }
    this.#context.drawImage(from, 0, 0, width, height);
  }
}

/** Makes the mask's values the alpha of black pixels. */
export function toAlpha({ values }: Mask): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let at = 0; at < values.length; at++) {
    const share = ((values[at] ?? 0) - ROOM_BELOW) /
      (PERSON_ABOVE - ROOM_BELOW);
    pixels[4 * at + 3] = 255 * share;
  }
  return pixels;
}

/** The matrix that turns a picture of this size in its place. */
export function transformOf(
  filter: Filter,
  width: number,
  height: number,
): [number, number, number, number, number, number] {
  const x = filter === "horizontal" || filter === "rotate" ? -1 : 1;
  const y = filter === "vertical" || filter === "rotate" ? -1 : 1;
  return [x, 0, 0, y, x < 0 ? width : 0, y < 0 ? height : 0];
}

/** Fills the canvas with the picture's middle, in its own proportions. */
function drawCovering(
  context: OffscreenCanvasRenderingContext2D,
  picture: ImageBitmap,
  width: number,
  height: number,
): void {
  const scale = Math.max(width / picture.width, height / picture.height);
  const [w, h] = [picture.width * scale, picture.height * scale];
  context.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) {
    throw new Error("Cannot draw: no canvas in this worker");
  }
  return context;
}

function resize(canvas: OffscreenCanvas, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

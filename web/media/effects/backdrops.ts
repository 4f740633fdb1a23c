import { assertNever } from "../../../lib/assert_never.ts";
import type { Backdrop } from "./compositor.ts";
import { type Background, EffectError } from "./picture_effect.ts";

const WIDTH = 1280;
const HEIGHT = 720;
const KEY = "nereid.background";
/** Higher looks better and takes more of the browser's storage. */
const JPEG_QUALITY = 0.85;

/**
 * What a choice puts behind a person.
 *
 * @throws {EffectError} if one's own picture cannot be had
 */
export async function toBackdrop(
  background: Background,
  storage: Pick<Storage, "getItem">,
): Promise<Backdrop> {
  switch (background) {
    case "none":
    case "blur":
      return { kind: background };
    case "dawn":
    case "forest":
    case "night":
      return { kind: "picture", picture: drawScene(background) };
    case "own":
      return { kind: "picture", picture: await loadOwn(storage) };
    default:
      return assertNever(background);
  }
}

/**
 * Keeps a picture of one's own on this machine, as small as it may be.
 *
 * @throws {EffectError} if it is no picture, or the browser keeps nothing
 */
export async function keepOwnPicture(
  file: Blob,
  storage: Pick<Storage, "setItem">,
): Promise<void> {
  try {
    const picture = await createImageBitmap(file);
    const canvas = document.createElement("canvas");
    const scale = Math.min(
      1,
      Math.max(WIDTH / picture.width, HEIGHT / picture.height),
    );
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")
      ?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    storage.setItem(KEY, canvas.toDataURL("image/jpeg", JPEG_QUALITY));
  } catch (error) {
    throw new EffectError(`Cannot keep the picture: ${String(error)}`);
  }
}

/** Whether there is a picture of one's own. */
export function hasOwnPicture(storage: Pick<Storage, "getItem">): boolean {
  return storage.getItem(KEY) !== null;
}

async function loadOwn(
  storage: Pick<Storage, "getItem">,
): Promise<ImageBitmap> {
  const address = storage.getItem(KEY);
  if (address === null || !address.startsWith("data:image/jpeg;")) {
    throw new EffectError("Cannot show one's own background: none was chosen");
  }
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
    return await createImageBitmap(image);
  } catch (error) {
    throw new EffectError(`Cannot read the background: ${String(error)}`);
  }
}

/** From the top of the sky to the ground, and the hills from far to near. */
const SCENES = {
  dawn: { sky: ["#6f86b5", "#e8b7a0", "#f6e0bd"], hills: "#8a6f86" },
  forest: { sky: ["#bcd6d2", "#dbe8d8", "#f1f2e2"], hills: "#3f6b57" },
  night: { sky: ["#0d1630", "#1d2f57", "#37507c"], hills: "#0b1222" },
} as const;

const HILLS = 4;

function drawScene(scene: keyof typeof SCENES): ImageBitmap {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext("2d");
  if (context === null) throw new EffectError("Cannot draw: no canvas here");
  const { sky, hills } = SCENES[scene];
  const gradient = context.createLinearGradient(0, 0, 0, HEIGHT);
  sky.forEach((colour, at) => gradient.addColorStop(at / 2, colour));
  context.fillStyle = gradient;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = hills;
  for (let hill = 0; hill < HILLS; hill++) {
    context.globalAlpha = 0.3 + 0.2 * hill;
    context.beginPath();
    context.moveTo(0, HEIGHT);
    for (let x = 0; x <= WIDTH; x += 16) {
      const wave = Math.sin(x / (150 - 20 * hill) + 2 * hill) +
        Math.sin(x / 61 + hill) / 3;
      context.lineTo(x, HEIGHT * (0.55 + 0.12 * hill) - 40 * wave);
    }
    context.lineTo(WIDTH, HEIGHT);
    context.fill();
  }
  return canvas.transferToImageBitmap();
}

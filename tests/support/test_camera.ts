/** A person before a camera, drawn: what to tell one from another by. */
export interface Sitter {
  /** Colours as `#rrggbb`. */
  readonly wall: string;
  readonly skin: string;
  readonly hair: string;
  readonly clothes: string;
}

/** Three people who look different. */
export const SITTERS = {
  amina: {
    wall: "#d8c8b4",
    skin: "#9c6644",
    hair: "#1f1a17",
    clothes: "#c8553d",
  },
  jonas: {
    wall: "#b9cdd8",
    skin: "#e8b894",
    hair: "#8a5a2b",
    clothes: "#2f6690",
  },
  mei: {
    wall: "#c4d4bd",
    skin: "#f0c9a4",
    hair: "#17181c",
    clothes: "#588157",
  },
} as const;

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES_PER_SECOND = 15;
/** Two seconds, in which the camera sways there and back. */
const FRAMES = 30;
/** How far it sways to either side, in pixels; even, for chroma has every other. */
const SWAY = 6;

type Colour = readonly [red: number, green: number, blue: number];

/**
 * Draws a film of somebody for Chromium's fake camera, which plays it in a loop:
 * YUV4MPEG2, 4:2:0, 360 lines, 15 pictures a second.
 */
export function filmOf(sitter: Sitter): Uint8Array {
  const head = new TextEncoder().encode(
    `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`,
  );
  const frameHead = new TextEncoder().encode("FRAME\n");
  const scene = drawScene(sitter);
  const frameBytes = frameHead.length + WIDTH * HEIGHT * 3 / 2;
  const film = new Uint8Array(head.length + FRAMES * frameBytes);
  film.set(head);
  for (let frame = 0; frame < FRAMES; frame++) {
    const at = head.length + frame * frameBytes;
    film.set(frameHead, at);
    const sway = Math.round(SWAY / 2 * Math.sin(2 * Math.PI * frame / FRAMES));
    copyFrame(scene, film.subarray(at + frameHead.length), SWAY + 2 * sway);
  }
  return film;
}

/** Planes of bytes, luma first, then both chroma planes at half the size. */
type Planes = readonly [Uint8Array, Uint8Array, Uint8Array];

/** The scene is as much wider than a frame as the camera sways. */
const SCENE_WIDTH = WIDTH + 2 * SWAY;

function drawScene(sitter: Sitter): Planes {
  const luma = new Uint8Array(SCENE_WIDTH * HEIGHT);
  const blue = new Uint8Array(luma.length / 4);
  const red = new Uint8Array(luma.length / 4);
  const paint = painter(sitter);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < SCENE_WIDTH; x++) {
      const [r, g, b] = paint(x, y);
      luma[y * SCENE_WIDTH + x] = 0.299 * r + 0.587 * g + 0.114 * b;
      if (x % 2 === 1 || y % 2 === 1) continue;
      const at = (y * SCENE_WIDTH / 2 + x) / 2;
      blue[at] = 128 - 0.169 * r - 0.331 * g + 0.5 * b;
      red[at] = 128 + 0.5 * r - 0.419 * g - 0.081 * b;
    }
  }
  return [luma, blue, red];
}

/** Writes what the camera sees of the scene, `offset` pixels from its left. */
function copyFrame(scene: Planes, out: Uint8Array, offset: number): void {
  let at = 0;
  for (const [plane, part] of [[0, 1], [1, 2], [2, 2]] as const) {
    const [width, from] = [WIDTH / part, offset / part];
    for (let y = 0; y < HEIGHT / part; y++) {
      const start = y * SCENE_WIDTH / part + from;
      out.set(scene[plane].subarray(start, start + width), at);
      at += width;
    }
  }
}

/** The scene: a wall with light from one side, shoulders, neck, hair and a face. */
function painter(sitter: Sitter) {
  const [wall, skin, hair, clothes] = [
    sitter.wall,
    sitter.skin,
    sitter.hair,
    sitter.clothes,
  ].map(parseColour) as [Colour, Colour, Colour, Colour];
  const middle = SCENE_WIDTH / 2;
  const shade = (colour: Colour, by: number) =>
    colour.map((part) => Math.min(255, part * by)) as unknown as Colour;
  return (x: number, y: number): Colour => {
    let colour = shade(wall, 1.12 - 0.3 * x / WIDTH - 0.15 * y / HEIGHT);
    const lay = (over: Colour, coverage: number) => {
      colour = mix(colour, over, coverage);
    };
    lay(hair, inEllipse(x, y, middle, 150, 82, 98));
    lay(
      shade(clothes, 1.05 - 0.2 * x / WIDTH),
      inEllipse(x, y, middle, 400, 190, 150),
    );
    lay(shade(skin, 0.86), inEllipse(x, y, middle, 245, 34, 52));
    lay(
      shade(skin, 1.06 - 0.16 * (x - middle + 70) / 140),
      inEllipse(x, y, middle, 170, 64, 82),
    );
    lay(hair, inEllipse(x, y, middle - 8, 92, 66, 34));
    return colour;
  };
}

/** From 0 outside of it to 1 inside, with a soft edge. */
function inEllipse(
  x: number,
  y: number,
  centreX: number,
  centreY: number,
  radiusX: number,
  radiusY: number,
): number {
  const distance = Math.hypot((x - centreX) / radiusX, (y - centreY) / radiusY);
  return Math.max(
    0,
    Math.min(1, (1 - distance) * Math.min(radiusX, radiusY) / 2),
  );
}

function mix(under: Colour, over: Colour, coverage: number): Colour {
  const at = (index: 0 | 1 | 2) =>
    under[index] + (over[index] - under[index]) * coverage;
  return [at(0), at(1), at(2)];
}

function parseColour(text: string): Colour {
  const value = Number.parseInt(text.slice(1), 16);
  return [value >> 16, value >> 8 & 0xff, value & 0xff];
}

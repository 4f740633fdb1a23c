/// <reference lib="dom" />
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { type Sitter, SITTERS } from "./test_camera.ts";

/** One frame of VP8, as an encoder made it. */
export interface VideoFrameData {
  readonly data: Uint8Array;
  readonly isKey: boolean;
}

/** What publishers send over and over. */
export interface RecordedMedia {
  /** Films of two seconds, each of which begins with its only keyframe. */
  readonly films: readonly (readonly VideoFrameData[])[];
  /** A second of a voice, in packets of 20 ms of Opus. */
  readonly voice: readonly Uint8Array[];
  /** The same of a quiet room. */
  readonly silence: readonly Uint8Array[];
}

/** Of a film: what one gets of a camera of 360 lines when one asks for less. */
export const FILM_SIZE = { width: 320, height: 180 } as const;
/** Of a film. */
export const FILM_FRAMES_PER_SECOND = 15;

/**
 * Lets a browser encode pictures and sound, so that others can be sent real VP8
 * and Opus without an encoder that would take the machine's time.
 *
 * @param page at a secure origin; only there browsers have encoders
 */
export async function recordMedia(page: Page): Promise<RecordedMedia> {
  const films: VideoFrameData[][] = [];
  for (const sitter of Object.values(SITTERS)) {
    const film = await page.evaluate(encodeFilm, {
      sitter,
      ...FILM_SIZE,
      framesPerSecond: FILM_FRAMES_PER_SECOND,
    });
    films.push(film.map(({ text, isKey }) => ({ isKey, data: toBytes(text) })));
  }
  const voice = await page.evaluate(encodeSound, 0.3);
  const silence = await page.evaluate(encodeSound, 0.001);
  return { films, voice: voice.map(toBytes), silence: silence.map(toBytes) };
}

function toBytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

/** Runs in the page, and so uses nothing from outside of itself. */
async function encodeFilm(
  { sitter, width, height, framesPerSecond }: {
    readonly sitter: Sitter;
    readonly width: number;
    readonly height: number;
    readonly framesPerSecond: number;
  },
): Promise<{ text: string; isKey: boolean }[]> {
  const frames: { text: string; isKey: boolean }[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      const text = btoa(String.fromCharCode(...bytes));
      frames.push({ text, isKey: chunk.type === "key" });
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({
    codec: "vp8",
    width,
    height,
    bitrate: 150_000,
    framerate: framesPerSecond,
    latencyMode: "realtime",
  });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser cannot draw");
  const ellipse = (
    fill: string,
    x: number,
    y: number,
    w: number,
    h: number,
  ) => {
    context.fillStyle = fill;
    context.beginPath();
    context.ellipse(x * width, y * height, w * width, h * height, 0, 0, 7);
    context.fill();
  };
  const count = 2 * framesPerSecond;
  for (let at = 0; at < count; at++) {
    const sway = 0.5 + 0.02 * Math.sin(2 * Math.PI * at / count);
    context.fillStyle = sitter.wall;
    context.fillRect(0, 0, width, height);
    ellipse(sitter.hair, sway, 0.42, 0.13, 0.28);
    ellipse(sitter.clothes, sway, 1.15, 0.3, 0.42);
    ellipse(sitter.skin, sway, 0.48, 0.1, 0.23);
    const timestamp = at * 1e6 / framesPerSecond;
    const frame = new VideoFrame(canvas, { timestamp });
    encoder.encode(frame, { keyFrame: at === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  return frames;
}

/** Runs in the page, and so uses nothing from outside of itself. */
async function encodeSound(volume: number): Promise<string[]> {
  const packets: string[] = [];
  const encoder = new AudioEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      packets.push(btoa(String.fromCharCode(...bytes)));
    },
    error: (error) => {
      throw error;
    },
  });
  const sampleRate = 48_000;
  encoder.configure({
    codec: "opus",
    sampleRate,
    numberOfChannels: 1,
    bitrate: 32_000,
  });
  const frame = sampleRate / 50;
  for (let at = 0; at < 50; at++) {
    const data = Float32Array.from({ length: frame }, (_, index) => {
      const seconds = (at * frame + index) / sampleRate;
      const syllable = 0.5 + 0.5 * Math.sin(2 * Math.PI * 4 * seconds);
      return volume * syllable *
        (Math.sin(2 * Math.PI * 140 * seconds) +
          0.5 * Math.sin(2 * Math.PI * 420 * seconds));
    });
    const sound = new AudioData({
      format: "f32",
      sampleRate,
      numberOfFrames: frame,
      numberOfChannels: 1,
      timestamp: at * 20_000,
      data,
    });
    encoder.encode(sound);
    sound.close();
  }
  await encoder.flush();
  encoder.close();
  return packets;
}

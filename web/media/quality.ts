import type { SendChoice, SimulcastChoice } from "./preferences.ts";

/** How good a picture the camera is to send. */
export type Quality = "low" | "normal" | "high";

/** What a quality means for the camera and for the network. */
export interface QualityProfile {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Lower saves the sender's uplink and everybody's downlink; higher is sharper. */
  readonly maxRateBps: number;
}

/** What cameras start with. */
export const DEFAULT_QUALITY: Quality = "normal";

/** The qualities, from low to high. */
export const QUALITIES: readonly Quality[] = ["low", "normal", "high"];

const PROFILES: Readonly<Record<Quality, QualityProfile>> = {
  low: { width: 640, height: 360, framesPerSecond: 20, maxRateBps: 400_000 },
  normal: {
    width: 1280,
    height: 720,
    framesPerSecond: 30,
    maxRateBps: 1_500_000,
  },
  high: {
    width: 1920,
    height: 1080,
    framesPerSecond: 30,
    maxRateBps: 3_500_000,
  },
};

/** The figures of a quality. */
export function profileOf(quality: Quality): QualityProfile {
  return PROFILES[quality];
}

/** What Galène's presets allow the picture; what the quality wants otherwise. */
const SEND_RATES_BPS: Readonly<Record<SendChoice, number>> = {
  lowest: 150_000,
  low: 300_000,
  normal: Infinity,
  unlimited: 1_000_000_000,
};

/** The most that the camera's picture may take of the uplink. */
export function sendRateBps(quality: Quality, send: SendChoice): number {
  return send === "unlimited"
    ? SEND_RATES_BPS.unlimited
    : Math.min(SEND_RATES_BPS[send], profileOf(quality).maxRateBps);
}

/** With less than this, a second picture would be taken from the first. */
const MIN_SIMULCAST_RATE_BPS = 200_000;

/**
 * Whether to send two sizes of the picture: where one leaves it to us, from
 * three people on, as Galène's clients do.
 */
export function wantsSimulcast(
  choice: SimulcastChoice,
  rateBps: number,
  people: number,
): boolean {
  switch (choice) {
    case "off":
    case "layers":
      return false;
    case "on":
      return true;
    case "auto":
      return people > 2 && rateBps >= MIN_SIMULCAST_RATE_BPS;
  }
}

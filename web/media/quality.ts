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

/** Whether a value is a {@linkcode Quality}. */
export function isQuality(value: unknown): value is Quality {
  return QUALITIES.some((quality) => quality === value);
}

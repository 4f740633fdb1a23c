import { DEFAULT_QUALITY, isQuality, type Quality } from "./quality.ts";

/** What somebody wants to send from the start. */
export type StartChoice = "camera" | "microphone" | "nothing";

/** What is remembered from call to call on this machine. */
export interface Preferences {
  readonly name: string;
  readonly start: StartChoice;
  /** Device ids; empty for the system's default. */
  readonly microphoneId: string;
  readonly cameraId: string;
  readonly speakerId: string;
  readonly quality: Quality;
  /** Shows one's own camera as a mirror would. */
  readonly mirror: boolean;
}

/** Where preferences are kept: the browser's `localStorage`. */
export type PreferenceStorage = Pick<Storage, "getItem" | "setItem">;

const KEY = "nereid.preferences";

const DEFAULTS: Preferences = {
  name: "",
  start: "camera",
  microphoneId: "",
  cameraId: "",
  speakerId: "",
  quality: DEFAULT_QUALITY,
  mirror: true,
};

/** Reads what was remembered; whatever is missing or garbled is the default. */
export function loadPreferences(storage: PreferenceStorage): Preferences {
  try {
    return parsePreferences(JSON.parse(storage.getItem(KEY) ?? "{}"));
  } catch {
    // Storage may be forbidden, and its content is not ours alone.
    return DEFAULTS;
  }
}

/** Remembers; does nothing where the browser forbids storage. */
export function savePreferences(
  storage: PreferenceStorage,
  preferences: Preferences,
): void {
  try {
    storage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Private windows may forbid it: then nothing is remembered.
  }
}

/** Makes preferences of anything: every field that fits is taken. */
export function parsePreferences(value: unknown): Preferences {
  if (typeof value !== "object" || value === null) return DEFAULTS;
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = (name: keyof Preferences, fallback: string): string => {
    const field = fields.get(name);
    return typeof field === "string" ? field : fallback;
  };
  const quality = fields.get("quality");
  const mirror = fields.get("mirror");
  const start = fields.get("start");
  return {
    name: text("name", DEFAULTS.name),
    start: isStartChoice(start) ? start : DEFAULTS.start,
    microphoneId: text("microphoneId", DEFAULTS.microphoneId),
    cameraId: text("cameraId", DEFAULTS.cameraId),
    speakerId: text("speakerId", DEFAULTS.speakerId),
    quality: isQuality(quality) ? quality : DEFAULTS.quality,
    mirror: typeof mirror === "boolean" ? mirror : DEFAULTS.mirror,
  };
}

/** Whether a value is a {@linkcode StartChoice}. */
export function isStartChoice(value: unknown): value is StartChoice {
  return value === "camera" || value === "microphone" || value === "nothing";
}

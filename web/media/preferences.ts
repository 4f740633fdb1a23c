import * as v from "valibot";
import { BACKGROUNDS, FILTERS } from "./effects/picture_effect.ts";
import { DEFAULT_QUALITY, QUALITIES } from "./quality.ts";

/** What somebody may want to send from the start. */
export const START_CHOICES = ["camera", "microphone", "nothing"] as const;
/** How tiles can be laid out. */
export const LAYOUTS = ["grid", "speaker", "side"] as const;
/** The most that the camera may take of the uplink. */
export const SEND_CHOICES = ["lowest", "low", "normal", "unlimited"] as const;
/** Whether to send two sizes of the picture, or one in layers. */
export const SIMULCAST_CHOICES = ["off", "auto", "on", "layers"] as const;
/** What to receive of others. */
export const RECEIVE_CHOICES = [
  "nothing",
  "audio",
  "screenshare",
  "everything-low",
  "everything",
] as const;

/** How narrow and how wide the panel beside the tiles can be, in CSS pixels. */
export const PANEL_WIDTHS = { least: 300, most: 720 } as const;

/** What somebody wants to send from the start. */
export type StartChoice = (typeof START_CHOICES)[number];
/** How tiles are laid out. */
export type LayoutChoice = (typeof LAYOUTS)[number];
/** The most that the camera may take of the uplink. */
export type SendChoice = (typeof SEND_CHOICES)[number];
/** Whether to send two sizes of the picture, or one in layers. */
export type SimulcastChoice = (typeof SIMULCAST_CHOICES)[number];
/** What to receive of others. */
export type ReceiveChoice = (typeof RECEIVE_CHOICES)[number];

/** What cannot be read is what it was before anybody chose. */
const text = (length: number) =>
  v.fallback(v.pipe(v.string(), v.maxLength(length)), "");
const choice = <T extends string>(choices: readonly T[], initial: T) =>
  v.fallback(v.picklist(choices), initial);
const flag = (initial: boolean) => v.fallback(v.boolean(), initial);

const Side = v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(8192));

const PreferencesSchema = v.object({
  name: text(255),
  start: choice(START_CHOICES, "camera"),
  /** A language's tag; empty for the browser's. */
  language: text(16),
  /** Device ids; empty for the system's default. */
  microphoneId: text(512),
  cameraId: text(512),
  speakerId: text(512),
  quality: choice(QUALITIES, DEFAULT_QUALITY),
  send: choice(SEND_CHOICES, "normal"),
  simulcast: choice(SIMULCAST_CHOICES, "auto"),
  receive: choice(RECEIVE_CHOICES, "everything"),
  /** Prefers a sharp picture to a smooth one. */
  blackboard: flag(false),
  /** Shows one's own camera as a mirror would. */
  mirror: flag(true),
  filter: choice(FILTERS, "none"),
  background: choice(BACKGROUNDS, "none"),
  /** Echo cancellation and automatic gain go with it. */
  noiseSuppression: flag(true),
  /** RNNoise, beside what the browser does. */
  strongNoiseSuppression: flag(false),
  highQualityAudio: flag(false),
  pushToTalk: flag(false),
  muteReminder: flag(true),
  /** Frames the tile of who speaks. */
  activity: flag(true),
  showAudioOnly: flag(true),
  sounds: flag(true),
  notifications: flag(false),
  layout: choice(LAYOUTS, "grid"),
  /** Of the chat and the list of people, in CSS pixels. */
  panelWidth: v.fallback(
    v.pipe(
      v.number(),
      v.minValue(PANEL_WIDTHS.least),
      v.maxValue(PANEL_WIDTHS.most),
    ),
    360,
  ),
  /** From 0 to 1, by user name; 1 where there is none. */
  volumes: v.fallback(
    v.record(v.string(), v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    {},
  ),
  /** For `/set`: the camera's width and height, whatever the quality. */
  resolution: v.fallback(v.nullable(v.tuple([Side, Side])), null),
  /** For `/set`: media go through a relay or not at all. */
  forceRelay: flag(false),
});

/** What is remembered from call to call on this machine. */
export type Preferences = Readonly<v.InferOutput<typeof PreferencesSchema>>;

/** Where preferences are kept: the browser's `localStorage`. */
export type PreferenceStorage = Pick<Storage, "getItem" | "setItem">;

const KEY = "nereid.preferences";

/** Reads what was remembered; whatever is missing or garbled is the default. */
export function loadPreferences(storage: PreferenceStorage): Preferences {
  try {
    return parsePreferences(JSON.parse(storage.getItem(KEY) ?? "{}"));
  } catch {
    // Storage may be forbidden, and its content is not ours alone.
    return parsePreferences({});
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
  const isObject = typeof value === "object" && value !== null &&
    !Array.isArray(value);
  return v.parse(PreferencesSchema, isObject ? value : {});
}

/** Whether a preference has that name. */
export function isPreference(name: string): name is keyof Preferences {
  return Object.hasOwn(PreferencesSchema.entries, name);
}

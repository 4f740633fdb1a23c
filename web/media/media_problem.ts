import { EffectError } from "./effects/picture_effect.ts";

/** Why a device could not be had. */
export type MediaProblem =
  | "denied"
  | "missing"
  | "busy"
  | "insecure"
  | "unknown";

/** Why a microphone or camera cannot be had as it was chosen. */
export type DeviceProblem =
  | MediaProblem
  /** What is to be done to its sound or picture cannot be done here. */
  | "effect";

/** Tells from what opening or changing a device threw what is wrong. */
export function toDeviceProblem(error: unknown): DeviceProblem {
  return error instanceof EffectError ? "effect" : toMediaProblem(error);
}

/** Tells from what `getUserMedia` or `getDisplayMedia` threw what is wrong. */
export function toMediaProblem(error: unknown): MediaProblem {
  if (!(error instanceof Error)) return "unknown";
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "InsecureContextError":
      return "insecure";
    default:
      return "unknown";
  }
}

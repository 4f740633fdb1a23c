/** Why a device could not be had. */
export type MediaProblem =
  | "denied"
  | "missing"
  | "busy"
  | "insecure"
  | "unknown";

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

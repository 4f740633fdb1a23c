import type { CodecName, FormatName } from "./codecs.ts";

/** How a format of an offer fits ours. */
export interface ProfileMatch {
  readonly format: FormatName;
  /** Whether its parameters are those that we prefer; see `parseCodecs`. */
  readonly isExact: boolean;
}

/**
 * Finds out which of our formats one is, by the codec and the parameters of its
 * `a=fmtp` (B.2). `undefined` for profiles that we have no number for: of VP9,
 * those with other than 4:2:0; of H.264, those above baseline.
 */
export function matchProfile(
  codec: CodecName,
  fmtp: string | undefined,
): ProfileMatch | undefined {
  switch (codec) {
    case "vp9":
      return matchVp9(fmtp);
    case "h264":
      return matchH264(fmtp);
    default:
      return { format: codec, isExact: true };
  }
}

/** Without a profile it is profile 0 (RFC 9628 §7). */
function matchVp9(fmtp: string | undefined): ProfileMatch | undefined {
  const profile = parameterOf(fmtp, "profile-id") ?? "0";
  if (profile === "0") return { format: "vp9", isExact: true };
  return profile === "2"
    ? { format: "vp9-profile-2", isExact: true }
    : undefined;
}

/**
 * The first byte of the profile is `profile_idc`, the second has the constraint
 * flags (RFC 6184 §8.1). Exact is constrained baseline in mode 1, which all
 * browsers can do.
 */
function matchH264(fmtp: string | undefined): ProfileMatch | undefined {
  const profile = parameterOf(fmtp, "profile-level-id")?.toLowerCase();
  const mode = parameterOf(fmtp, "packetization-mode") ?? "0";
  if (mode !== "0" && mode !== "1") return undefined; // Interleaved.
  if (profile === undefined) return { format: "h264-baseline", isExact: false };
  if (!/^[0-9a-f]{6}$/.test(profile)) return undefined;
  if (profile.startsWith("4200")) {
    return { format: "h264-baseline", isExact: false };
  }
  return profile.startsWith("42e0")
    ? { format: "h264", isExact: mode === "1" }
    : undefined;
}

/** The value of one parameter of a list such as `a=1;b=2`. */
function parameterOf(
  fmtp: string | undefined,
  name: string,
): string | undefined {
  for (const part of fmtp?.split(";") ?? []) {
    const [key = "", value] = part.split("=");
    if (key.trim().toLowerCase() === name) return value?.trim();
  }
  return undefined;
}

import { type ProtocolError, violation } from "./errors.ts";
import type { JsonObject } from "./server_message.ts";

/**
 * The most UTF-16 units that texts may have. Each is several times what clients
 * send; all are there so that nobody makes the server keep or repeat a lot.
 */
const MAX_LENGTH = {
  /** Ids of clients, flows, messages. Galène's clients make 32 hex digits. */
  id: 64,
  /** Known kinds have up to 12 letters. */
  kind: 64,
  /** `camera`, `screenshare`, `video`. */
  label: 64,
  /** A path in the file system, so no longer than those may be. */
  group: 255,
  username: 255,
  password: 1024,
  /** A JWT. */
  token: 8192,
  /** Browsers offer one audio and one video section in 3 to 10 kB. */
  sdp: 64_000,
  candidate: 1024,
  /** Data of a user, as JSON: everybody in the group gets it. */
  data: 16_384,
} as const;

/**
 * The text, or the empty one if it is absent.
 *
 * @throws {ProtocolError} 1002 if it is too long
 */
export function limited(
  text: string | undefined,
  what: keyof typeof MAX_LENGTH,
): string {
  if (text === undefined) return "";
  if (text.length > MAX_LENGTH[what]) throw overlong(what);
  return text;
}

/**
 * The text; absent stays absent, for it is not the same as empty here.
 *
 * @throws {ProtocolError} 1002 if it is too long
 */
export function optional(
  text: string | undefined,
  what: keyof typeof MAX_LENGTH,
): string | undefined {
  return text === undefined ? undefined : limited(text, what);
}

/** Whether data is too large to tell everybody. */
export function isTooLarge(data: JsonObject): boolean {
  return JSON.stringify(data).length > MAX_LENGTH.data;
}

/**
 * The data, unless they are too large.
 *
 * @throws {ProtocolError} 1002
 */
export function limitedData(data: JsonObject): JsonObject {
  if (isTooLarge(data)) throw overlong("data");
  return data;
}

function overlong(what: string): ProtocolError {
  return violation(`${what} is too long`);
}

import * as v from "valibot";
import { createHmac } from "node:crypto";

import type { WallTime } from "../lib/time.ts";
import type {
  IceServer,
  RtcConfiguration,
} from "../protocol/server_message.ts";
import {
  FileFormatError,
  parseJson,
  toFileFormatError,
} from "./file_format_error.ts";
import { isRecord, spell } from "./json.ts";

/** An entry of `ice-servers.json`. */
export type IceServerEntry =
  /** STUN, or TURN with one password for everybody. */
  | { readonly kind: "fixed"; readonly server: IceServer }
  /** TURN with passwords that end, made of a secret that it shares with us. */
  | {
    readonly kind: "limited";
    readonly urls: readonly string[];
    /** Goes into each user name, behind the time; may be empty. */
    readonly username: string;
    readonly secret: string;
  };

/** How long a time-limited password is good, in milliseconds (B-61). */
export const CREDENTIAL_LIFE_MS = 86_400_000;

/** More than browsers like to try. */
const MAX_SERVERS = 32;

/**
 * RFC 7064 and 7065. A browser that is given any other refuses to connect at
 * all, so one bad address here would end every call.
 */
const ICE_URL =
  /^(stuns?:[^\s?@/]+|turns?:[^\s?@/]+(\?transport=(udp|tcp))?)$/i;

/** Says nothing of the value, which may be a secret in the wrong place. */
const text = v.string("expected a text in quotes");

const EntrySchema = v.strictObject({
  urls: v.pipe(
    v.array(v.pipe(
      text,
      v.regex(
        ICE_URL,
        "expected an address such as turn:turn.example.org:3478?transport=tcp",
      ),
    )),
    v.minLength(1, "expected at least one address"),
  ),
  username: v.optional(text, ""),
  credential: v.optional(text, ""),
  credentialType: v.optional(text, ""),
});

const FIELDS = Object.keys(EntrySchema.entries);
const ListSchema = v.pipe(
  v.array(EntrySchema, "expected objects"),
  v.maxLength(MAX_SERVERS, `more than ${MAX_SERVERS} servers`),
);

/** The types of credentials that there are, and the one that Galène adds. */
const TYPES = ["", "password", "hmac-sha1"];

/**
 * Reads the text of `ice-servers.json` (B-60).
 *
 * @param file its name, for error messages
 * @param note told of entries that are left out
 * @throws {FileFormatError} if it is not what it should be; no secret is in it
 */
export function parseIceServers(
  text: string,
  file: string,
  note: (text: string) => void = () => {},
): IceServerEntry[] {
  const json = parseJson(text, file);
  if (!Array.isArray(json)) {
    throw new FileFormatError(file, "", "it is not a list");
  }
  const list = json.map((one) => isRecord(one) ? spell(one, FIELDS) : one);
  const usable = list.map((one, index) => {
    const type = isRecord(one) ? one["credentialType"] ?? "" : "";
    if (typeof type !== "string" || TYPES.includes(type)) return one;
    note(
      `entry ${index + 1} left out: its credentialType is none of ${
        TYPES.slice(1).join(", ")
      }, and browsers know no other`,
    );
    return undefined;
  });
  // What is left out keeps its place, so that errors find their line.
  const checked = v.safeParse(
    ListSchema,
    usable.map((one) => one ?? { urls: ["stun:left-out.invalid"] }),
  );
  if (!checked.success) throw toFileFormatError(checked.issues[0], text, file);
  return checked.output.flatMap((entry, index) => {
    if (usable[index] === undefined) return [];
    const { urls, username, credential, credentialType } = entry;
    const isTurn = urls.some((url) => /^turns?:/i.test(url));
    const isLimited = credentialType === "hmac-sha1";
    const lacks = (field: string, problem: string) =>
      toFileFormatError(
        { message: problem, path: [{ key: index }, { key: field }] },
        text,
        file,
      );
    if ((isTurn || isLimited) && credential === "") {
      throw lacks("credential", "a TURN server needs one");
    }
    if (isTurn && !isLimited && username === "") {
      throw lacks("username", "a TURN server needs one");
    }
    return [
      isLimited
        ? { kind: "limited", urls, username, secret: credential }
        : { kind: "fixed", server: toServer(urls, username, credential) },
    ];
  });
}

function toServer(
  urls: readonly string[],
  username: string,
  credential: string,
): IceServer {
  return {
    urls,
    ...username === "" ? {} : { username },
    ...credential === "" ? {} : { credential },
    credentialType: "password",
  };
}

/**
 * What clients are told of ICE servers.
 *
 * @param relayOnly whether they shall use nothing but TURN (B-64)
 * @param now when time-limited passwords begin
 */
export function toRtcConfiguration(
  entries: readonly IceServerEntry[],
  relayOnly: boolean,
  now: WallTime,
): RtcConfiguration {
  const iceServers = entries.map((entry) =>
    entry.kind === "fixed" ? entry.server : toLimited(entry, now)
  );
  return {
    ...iceServers.length === 0 ? {} : { iceServers },
    ...relayOnly ? { iceTransportPolicy: "relay" } : {},
  };
}

/** The password as coturn and others check it, made of the name (B-61). */
function toLimited(
  { urls, username, secret }: IceServerEntry & { kind: "limited" },
  now: WallTime,
): IceServer {
  const expiry = Math.floor((now + CREDENTIAL_LIFE_MS) / 1_000);
  const name = username === "" ? `${expiry}` : `${expiry}:${username}`;
  const credential = createHmac("sha1", secret).update(name).digest("base64");
  return toServer(urls, name, credential);
}

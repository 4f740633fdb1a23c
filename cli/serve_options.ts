import { parseArgs } from "node:util";

import {
  type ListenAddress,
  parseListenAddress,
  type UnixAddress,
} from "../lib/listen_address.ts";
import type { LogLevel } from "../lib/log.ts";
import { translateGaleneFlags } from "./galene_flags.ts";
import { UsageError } from "./usage_error.ts";

/** What the command line of the server says. */
export interface ServeOptions {
  /** Plain HTTP; `undefined`: none. */
  readonly http: ListenAddress | UnixAddress | undefined;
  /** HTTPS; `undefined`: none. */
  readonly https: ListenAddress | undefined;
  readonly dataDirectory: string;
  readonly groupsDirectory: string;
  readonly staticDirectory: string;
  readonly recordingsDirectory: string;
  /** The UDP and TCP port for media; 0 for any. */
  readonly mediaPort: number;
  /** How many threads carry media; 0: the main one does. */
  readonly mediaWorkers: number;
  /** Announced instead of the machine's own addresses, if there are any. */
  readonly publicAddresses: readonly string[];
  /** Whether clients shall reach media by TURN servers only. */
  readonly relayOnly: boolean;
  /** Whether to use the system's libraries for media. */
  readonly native: NativeOption;
  readonly logLevel: LogLevel;
}

/** Where they can be had, or else not at all, or never. */
export type NativeOption = "auto" | "on" | "off";

/** What `--help` prints. */
export const SERVE_HELP = `Nereid, a server for video calls

Usage: npx -y deno@2.9.6 task serve [FLAGS]

  --https ADDRESS:PORT    where to serve HTTPS (default :8443, all addresses), or off
  --http ADDRESS:PORT     where to serve plain HTTP (default 127.0.0.1:8080), or off;
                          for this machine and reverse proxies: browsers give no
                          camera to pages that come over plain HTTP from elsewhere;
                          /PATH makes it a Unix socket, for proxies
  --media-port PORT       the port for sound and pictures, UDP and TCP (default 8444;
                          0: any); further media workers have the ports after it
  --media-workers N       how many threads carry sound and pictures, each on a port of
                          its own (default: one for each core; 0: none, the main
                          thread does)
  --public-address IP     how others reach this machine, if not by an address of its
                          own (NAT); with :PORT if that differs; may be repeated
  --relay-only            browsers shall reach media by a TURN server only, out of those
                          in ice-servers.json in the data directory
  --data DIRECTORY        certificate and tokens (default data)
  --groups DIRECTORY      one NAME.json for each group (default groups)
  --static DIRECTORY      the web client (default web/dist)
  --recordings DIRECTORY  where recordings go, a folder for each group (default
                          recordings)
  --native CHOICE         whether the system's own libraries carry sound and pictures,
                          which takes much less of the processor: auto, on or off
                          (default auto: on Linux with OpenSSL 3)
  --log-level LEVEL       debug, info, warn or error (default info)
  --help                  this text

Flags with one dash are Galène's, with Galène's meaning: -http ADDRESS:PORT is for
HTTPS, and with -insecure for plain HTTP, and nothing else is served then; -data,
-groups, -static, -recordings; -udp-range PORT; -relay-only.
`;

const NATIVE_OPTIONS: readonly NativeOption[] = ["auto", "on", "off"];

const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/**
 * Reads the command line of the server.
 *
 * @returns `"help"` if that is what is wanted
 * @throws {UsageError} if it is wrong
 */
export function parseServeOptions(
  args: readonly string[],
): ServeOptions | "help" {
  const flags = parseFlags(args);
  if (flags.help) return "help";
  const http = flags.http.startsWith("/")
    ? { path: flags.http }
    : parseAddress("--http", flags.http);
  const https = parseAddress("--https", flags.https);
  if (http === undefined && https === undefined) {
    throw new UsageError("Cannot serve: both --http and --https are off");
  }
  return {
    http,
    https,
    dataDirectory: flags.data,
    groupsDirectory: flags.groups,
    staticDirectory: flags.static,
    recordingsDirectory: flags.recordings,
    ...parseMedia(flags["media-port"], flags["media-workers"]),
    publicAddresses: flags["public-address"] ?? [],
    relayOnly: flags["relay-only"],
    native: parseNative(flags.native),
    logLevel: parseLogLevel(flags["log-level"]),
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: translateGaleneFlags(args),
      options: {
        "http": { type: "string", default: "127.0.0.1:8080" },
        "https": { type: "string", default: ":8443" },
        "data": { type: "string", default: "data" },
        "groups": { type: "string", default: "groups" },
        "static": { type: "string", default: "web/dist" },
        "recordings": { type: "string", default: "recordings" },
        "media-port": { type: "string", default: "8444" },
        "media-workers": { type: "string" },
        "public-address": { type: "string", multiple: true },
        "relay-only": { type: "boolean", default: false },
        "native": { type: "string", default: "auto" },
        "log-level": { type: "string", default: "info" },
        "help": { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw toUsageError(error);
  }
}

/** Makes what `parseArgs` throws fit for people. */
export function toUsageError(error: unknown): UsageError {
  const text = error instanceof Error ? error.message : String(error);
  const [sentence = text] = text.split(/\.\s/);
  return new UsageError(`${sentence.replace(/\.$/, "")}. See --help`, {
    cause: error,
  });
}

function parseAddress(flag: string, text: string): ListenAddress | undefined {
  if (text === "off") return undefined;
  const address = parseListenAddress(text);
  if (address !== undefined) return address;
  throw new UsageError(
    `Cannot use ${flag} ${text}: give ADDRESS:PORT, :PORT for all addresses, or off`,
  );
}

function parsePort(flag: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError(
    `Cannot use ${flag} ${text}: give a number from 0 to 65535`,
  );
}

/** More threads than any machine has use for. */
const MAX_MEDIA_WORKERS = 256;

function parseMedia(portText: string, workersText: string | undefined) {
  const mediaPort = parsePort("--media-port", portText);
  const mediaWorkers = workersText === undefined
    ? Math.min(navigator.hardwareConcurrency, MAX_MEDIA_WORKERS)
    : /^\d{1,3}$/.test(workersText)
    ? Number(workersText)
    : NaN;
  if (!(mediaWorkers <= MAX_MEDIA_WORKERS)) {
    throw new UsageError(
      `Cannot use --media-workers ${workersText}: give a number from 0 to ${MAX_MEDIA_WORKERS}`,
    );
  }
  const last = mediaPort + mediaWorkers - 1;
  if (mediaPort > 0 && last > 65_535) {
    throw new UsageError(
      `Cannot use --media-port ${mediaPort}: ${mediaWorkers} media workers need the ports up to ${last}; choose a lower one`,
    );
  }
  return { mediaPort, mediaWorkers };
}

function parseNative(text: string): NativeOption {
  const option = NATIVE_OPTIONS.find((known) => known === text);
  if (option !== undefined) return option;
  throw new UsageError(
    `Cannot use --native ${text}: give one of ${NATIVE_OPTIONS.join(", ")}`,
  );
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new UsageError(
    `Cannot use --log-level ${text}: give one of ${LOG_LEVELS.join(", ")}`,
  );
}

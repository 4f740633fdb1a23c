import type { Log } from "../lib/log.ts";
import type { Clock, Instant } from "../lib/time.ts";
import type { RtcConfiguration } from "../protocol/server_message.ts";
import { FileCache } from "./file_cache.ts";
import { FileFormatError } from "./file_format_error.ts";
import {
  CREDENTIAL_LIFE_MS,
  type IceServerEntry,
  parseIceServers,
  toRtcConfiguration,
} from "./ice_servers.ts";

/** What {@linkcode IceConfiguration} needs. */
export interface IceConfigurationParts {
  /** Where `ice-servers.json` is, if there is one. */
  readonly dataDirectory: string;
  /** Whether clients shall use nothing but TURN. */
  readonly relayOnly: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * When time-limited passwords are made anew, in milliseconds. Lower tells all
 * clients more often; higher leaves them less time with a good one.
 */
const RENEWAL_MS = CREDENTIAL_LIFE_MS / 2;

/**
 * What clients are told of ICE servers: by `ice-servers.json`, as it is now. A
 * file that has become unusable is told of in the log, and what it said before
 * stays.
 */
export class IceConfiguration {
  readonly #parts: IceConfigurationParts;
  readonly #path: string;
  readonly #cache: FileCache<readonly IceServerEntry[]>;
  #entries: readonly IceServerEntry[] = [];
  #current: RtcConfiguration = {};
  #madeAt: Instant | undefined;

  private constructor(parts: IceConfigurationParts) {
    this.#parts = parts;
    this.#path = `${parts.dataDirectory}/ice-servers.json`;
    this.#cache = new FileCache((text) => this.#parse(text));
  }

  /**
   * Reads the file for the first time.
   *
   * @throws {FileFormatError} if it is there and cannot be used
   */
  static async open(parts: IceConfigurationParts): Promise<IceConfiguration> {
    const opened = new IceConfiguration(parts);
    await opened.#read();
    const isRelayed = opened.#current.iceServers?.some(({ urls }) =>
      urls.some((url) => /^turns?:/i.test(url))
    );
    if (parts.relayOnly && !isRelayed) {
      parts.log.warn(
        `Nobody can connect: --relay-only wants a TURN server in ${opened.#path}`,
      );
    }
    return opened;
  }

  /** What clients are to be told now. */
  get current(): RtcConfiguration {
    return this.#current;
  }

  /** Looks at the file and the time; what is new since the last look, if anything. */
  async poll(): Promise<RtcConfiguration | undefined> {
    const before = this.#current;
    try {
      await this.#read();
    } catch (error) {
      this.#parts.log.error(
        `Cannot read ${this.#path}. What it said before stays in force`,
        { error: String(error) },
      );
    }
    return this.#current === before ? undefined : this.#current;
  }

  async #read(): Promise<void> {
    const entries = (await this.#cache.read(this.#path))?.value ?? [];
    const { instant, wall } = this.#parts.clock.now();
    const isOld = this.#madeAt !== undefined &&
      instant - this.#madeAt >= RENEWAL_MS &&
      entries.some(({ kind }) => kind === "limited");
    const isFirst = this.#madeAt === undefined;
    if (!isFirst && !isOld && isSame(entries, this.#entries)) return;
    this.#entries = entries;
    this.#madeAt = instant;
    this.#current = toRtcConfiguration(entries, this.#parts.relayOnly, wall);
  }

  #parse(text: string): readonly IceServerEntry[] {
    const { log } = this.#parts;
    try {
      return parseIceServers(
        text,
        this.#path,
        (note) => log.warn(`${this.#path}: ${note}`),
      );
    } catch (error) {
      const isFirst = this.#madeAt === undefined;
      if (isFirst || !(error instanceof FileFormatError)) throw error;
      log.error(`${error.message}. What it said before stays in force`);
      return this.#entries;
    }
  }
}

function isSame(
  a: readonly IceServerEntry[],
  b: readonly IceServerEntry[],
): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * How often the file is looked at, in milliseconds. Lower costs system calls;
 * higher hands out old servers for longer (B-62: Galène takes up to 5 minutes).
 */
const INTERVAL_MS = 2_000;

/** Looks from time to time, and tells what is new, until it is closed. */
export function watchIce(
  ice: IceConfiguration,
  changed: (configuration: RtcConfiguration) => void,
): { close(): void } {
  const look = async () => {
    const configuration = await ice.poll();
    if (configuration !== undefined) changed(configuration);
  };
  const timer = setInterval(() => void look(), INTERVAL_MS);
  return { close: () => clearInterval(timer) };
}

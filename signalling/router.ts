import type { Now } from "../lib/time.ts";
import type { RtcConfiguration } from "../protocol/server_message.ts";
import type { Effect, Input } from "./effects.ts";

/** What a router needs from outside. */
export interface RouterOptions {
  /** Told to every client that joins. */
  readonly rtcConfiguration: RtcConfiguration;
  /** Makes the id of a chat message: 8 random bytes in base64url, no padding. */
  readonly randomId: () => string;
}

/** All of signalling: one for a server. */
export class Router {
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** Takes what has happened and returns what is to be done, in this order. */
  handle(_input: Input, _now: Now): Effect[] {
    return [];
  }
}

import type { Environment, Timer } from "../client/environment.ts";
import type { ServerConnection } from "../client/server_connection.ts";
import type { ReceiveChoice } from "../media/preferences.ts";
import { type FlowUse, toFlowRequest } from "./requests.ts";

/** Lower follows at once; higher asks for less while somebody scrolls. */
const SETTLE_MS = 400;

/**
 * Fetches of each flow what its tile can show: nothing of a picture that is out
 * of sight, and a small one for a small tile.
 */
export class FlowUses {
  readonly #environment: Pick<Environment, "setTimer" | "clearTimer">;
  readonly #connection: () => ServerConnection | undefined;
  readonly #receive: () => ReceiveChoice;
  readonly #uses = new Map<string, FlowUse>();
  /** What was asked for last, as JSON, by the flow's id on the wire. */
  #asked = new Map<string, string>();
  #timer: Timer | undefined;

  /** Asks for nothing before it has heard of a tile. */
  constructor(
    environment: Pick<Environment, "setTimer" | "clearTimer">,
    connection: () => ServerConnection | undefined,
    receive: () => ReceiveChoice,
  ) {
    this.#environment = environment;
    this.#connection = connection;
    this.#receive = receive;
  }

  /** The flow with that `localId` is shown like this from now on. */
  set(localId: string, use: FlowUse): void {
    this.#uses.set(localId, use);
    this.#timer ??= this.#environment.setTimer(() => this.#ask(), SETTLE_MS);
  }

  /** Its tile is gone. */
  delete(localId: string): void {
    this.#uses.delete(localId);
  }

  /** A new connection, over which nothing was asked for yet. */
  handleJoined(): void {
    this.#asked = new Map();
    this.refresh();
  }

  /** Asks for what has changed, as after another choice of what to receive. */
  refresh(): void {
    this.#timer ??= this.#environment.setTimer(() => this.#ask(), SETTLE_MS);
  }

  /** Asks for nothing more, as after leaving. */
  stop(): void {
    if (this.#timer !== undefined) this.#environment.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #ask(): void {
    this.#timer = undefined;
    const connection = this.#connection();
    if (connection === undefined) return;
    const asked = new Map<string, string>();
    for (const [localId, use] of this.#uses) {
      const stream = connection.findByLocalId(localId);
      if (stream === undefined || stream.up || stream.closed) continue;
      const wish = toFlowRequest(this.#receive(), use);
      const text = JSON.stringify(wish);
      asked.set(stream.id, text);
      // What was never said is as good as `null`.
      if ((this.#asked.get(stream.id) ?? "null") === text) continue;
      stream.request(wish);
    }
    this.#asked = asked;
  }
}

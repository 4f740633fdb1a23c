import type { Environment, Timer } from "../client/environment.ts";
import type { ServerConnection } from "../client/server_connection.ts";

/** Lower follows a window that is resized; higher says less while it is. */
const SETTLE_MS = 300;

type Clock = Pick<Environment, "setTimer" | "clearTimer">;

/**
 * Tells the server how large each flow is shown, so that what a narrow path
 * carries goes to what is large. Of what changes within a moment it tells only
 * what came of it.
 */
export class TileSizes {
  readonly #clock: Clock;
  readonly #connection: () => ServerConnection | undefined;
  /** In pixels, by `localId`. */
  readonly #shown = new Map<string, number>();
  /** What the server knows, by the flow's id on the wire. */
  #told = new Map<string, number>();
  #timer: Timer | undefined;

  /** Says nothing before it has heard of a tile. */
  constructor(clock: Clock, connection: () => ServerConnection | undefined) {
    this.#clock = clock;
    this.#connection = connection;
  }

  /** The flow with that `localId` has so many pixels from now on. */
  set(localId: string, pixels: number): void {
    this.#shown.set(localId, Math.round(pixels));
    this.#tellSoon();
  }

  /** Its tile is gone. */
  delete(localId: string): void {
    this.#shown.delete(localId);
  }

  /** A new connection, over which nothing was said yet. */
  handleJoined(): void {
    this.#told = new Map();
    this.#tellSoon();
  }

  /** Says nothing more, as after leaving. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #tellSoon(): void {
    this.#timer ??= this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.#tell();
    }, SETTLE_MS);
  }

  #tell(): void {
    const connection = this.#connection();
    if (connection === undefined) return;
    const told = new Map<string, number>();
    for (const [localId, pixels] of this.#shown) {
      const stream = connection.findByLocalId(localId);
      if (stream === undefined || stream.up || stream.closed) continue;
      told.set(stream.id, pixels);
      if (pixels === this.#told.get(stream.id)) continue;
      connection.tellTile(stream.id, pixels);
    }
    this.#told = told;
  }
}

import type { Environment, Timer } from "../client/environment.ts";
import type { ServerConnection } from "../client/server_connection.ts";
import type { TrackWish } from "../client/types.ts";
import type { ReceiveChoice } from "../media/preferences.ts";
import { type FlowUse, toFlowRequest } from "./requests.ts";

/** Lower follows each step of a change; higher shows what is wanted later. */
const SOON_MS = 50;
/** Lower saves more; higher keeps a tile that is scrolled away and back alive. */
const SETTLE_MS = 600;

/** How much of a flow each use takes, from the least to the most. */
const ORDER: readonly FlowUse[] = ["unseen", "small", "large"];

/** How a tile shows its flow, and since when. */
interface Shown {
  readonly use: FlowUse;
  readonly sinceMs: number;
}

/** What was asked of a flow, and for which use. */
interface Asked {
  readonly wish: readonly TrackWish[] | null;
  readonly use: FlowUse;
}

/** What was never said is as good as this. */
const NOTHING_SAID: Asked = { wish: null, use: "large" };

type Clock = Pick<Environment, "setTimer" | "clearTimer" | "nowMs">;

/**
 * Fetches of each flow what its tile can show: nothing of a picture that is out
 * of sight, and a small one for a small tile. Asks for more at once, and for
 * less when that has lasted, so that scrolling to and fro does not flicker.
 */
export class FlowUses {
  readonly #clock: Clock;
  readonly #connection: () => ServerConnection | undefined;
  readonly #receive: () => ReceiveChoice;
  readonly #shown = new Map<string, Shown>();
  /** By the flow's id on the wire. */
  #asked = new Map<string, Asked>();
  #timer: { readonly timer: Timer; readonly dueMs: number } | undefined;

  /** Asks for nothing before it has heard of a tile. */
  constructor(
    clock: Clock,
    connection: () => ServerConnection | undefined,
    receive: () => ReceiveChoice,
  ) {
    this.#clock = clock;
    this.#connection = connection;
    this.#receive = receive;
  }

  /** The flow with that `localId` is shown like this from now on. */
  set(localId: string, use: FlowUse): void {
    this.#shown.set(localId, { use, sinceMs: this.#clock.nowMs() });
    this.#askIn(SOON_MS);
  }

  /** Its tile is gone. */
  delete(localId: string): void {
    this.#shown.delete(localId);
  }

  /** A new connection, over which nothing was asked for yet. */
  handleJoined(): void {
    this.#asked = new Map();
    this.refresh();
  }

  /** Asks for what has changed, as after another choice of what to receive. */
  refresh(): void {
    this.#askIn(SOON_MS);
  }

  /** Asks for nothing more, as after leaving. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer.timer);
    this.#timer = undefined;
  }

  #askIn(ms: number): void {
    const dueMs = this.#clock.nowMs() + ms;
    if (this.#timer !== undefined && this.#timer.dueMs <= dueMs) return;
    this.stop();
    const timer = this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.#ask();
    }, ms);
    this.#timer = { timer, dueMs };
  }

  #ask(): void {
    const connection = this.#connection();
    if (connection === undefined) return;
    const asked = new Map<string, Asked>();
    const nowMs = this.#clock.nowMs();
    for (const [localId, { use, sinceMs }] of this.#shown) {
      const stream = connection.findByLocalId(localId);
      if (stream === undefined || stream.up || stream.closed) continue;
      const before = this.#asked.get(stream.id) ?? NOTHING_SAID;
      const waitMs = takesLess(use, before.use)
        ? sinceMs + SETTLE_MS - nowMs
        : 0;
      if (waitMs > 0) {
        asked.set(stream.id, before);
        this.#askIn(waitMs);
        continue;
      }
      const wish = toFlowRequest(this.#receive(), use);
      asked.set(stream.id, { wish, use });
      if (!sameWish(wish, before.wish)) stream.request(wish);
    }
    this.#asked = asked;
  }
}

function takesLess(use: FlowUse, than: FlowUse): boolean {
  return ORDER.indexOf(use) < ORDER.indexOf(than);
}

function sameWish(a: Asked["wish"], b: Asked["wish"]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

import { type ReadonlySignal, signal } from "@preact/signals";
import type {
  ClientStatistics,
  FlowStatistics,
} from "../../protocol/flow_statistics.ts";
import type { Environment, Timer } from "../client/environment.ts";
import type { ServerConnection } from "../client/server_connection.ts";

/** While somebody looks at them. Lower costs the server more. */
const WATCHED_MS = 1_000;
/** Otherwise: soon enough to tell of a bad network, which lasts. */
const CALM_MS = 10_000;

type Clock = Pick<Environment, "setTimer" | "clearTimer">;

/**
 * What the server measures of one's own flows and of those that one gets. One
 * question brings all of them, however many tiles show theirs.
 */
export class ServerFigures {
  readonly #clock: Clock;
  readonly #latest = signal<ClientStatistics>({});
  #connection: ServerConnection | undefined;
  #watchers = 0;
  #timer: Timer | undefined;

  /** Asks nothing before a connection is attached. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What came last; nothing of a server that does not tell. */
  get latest(): ReadonlySignal<ClientStatistics> {
    return this.#latest;
  }

  /** The figures of the flow with that id on the wire. */
  of(flowId: string): FlowStatistics | undefined {
    const { up = [], down = [] } = this.#latest.value;
    return [...up, ...down].find(({ id }) => id === flowId);
  }

  /** Asks more often, until the function that is returned is called. */
  watch(): () => void {
    this.#watchers += 1;
    if (this.#watchers === 1) this.#ask();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#watchers -= 1;
    };
  }

  /** Asks over this connection, which has joined, from now on. */
  attach(connection: ServerConnection): void {
    this.#connection = connection;
    connection.onstatistics = (statistics) => {
      if (connection === this.#connection) this.#latest.value = statistics;
    };
    this.#ask();
  }

  /** The connection is gone, and what was known with it. */
  detach(): void {
    this.#stop();
    this.#connection = undefined;
    this.#latest.value = {};
  }

  #ask(): void {
    this.#stop();
    // Galène measures, but does not tell its clients.
    if (this.#connection?.askStatistics() !== true) return;
    this.#timer = this.#clock.setTimer(
      () => this.#ask(),
      this.#watchers > 0 ? WATCHED_MS : CALM_MS,
    );
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}

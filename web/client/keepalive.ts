import type { Environment, Timer } from "./environment.ts";

/** How often the connection is looked at. */
const TICK_MS = 10_000;
/** After so long a silence the server is asked whether it lives. */
const PING_AFTER_MS = 15_000;
/** After so long a silence it is taken for dead. */
const DEAD_AFTER_MS = 65_000;

/** Lower gives up on slow servers; higher notices a dead connection later. */
const PROBE_MS = 5_000;

/** What a {@linkcode Keepalive} asks for. */
export interface KeepaliveObserver {
  /** Sends a ping. */
  ping(): void;
  /** The server is dead, or has not answered at all. */
  handleTimeout(): void;
}

/** Watches over a connection by the server's messages. */
export class Keepalive {
  #timer: Timer | undefined;
  #probe: Timer | undefined;
  #lastHeardMs: number | undefined;
  readonly #environment: Environment;
  readonly #observer: KeepaliveObserver;

  /** Watches from {@linkcode start} on. */
  constructor(environment: Environment, observer: KeepaliveObserver) {
    this.#environment = environment;
    this.#observer = observer;
  }

  /** Starts watching a new connection. */
  start(): void {
    this.stop();
    this.#lastHeardMs = undefined;
    this.#schedule();
  }

  /** A message came. */
  handleMessage(): void {
    this.#lastHeardMs = this.#environment.nowMs();
    this.#endProbe();
  }

  /**
   * Asks at once whether the server lives, and takes it for dead if it does not
   * say anything soon: as after a sleep, or a change of network.
   */
  probe(): void {
    if (this.#timer === undefined || this.#probe !== undefined) return;
    this.#observer.ping();
    this.#probe = this.#environment.setTimer(() => {
      this.stop();
      this.#observer.handleTimeout();
    }, PROBE_MS);
  }

  /** Stops watching. Idempotent. */
  stop(): void {
    if (this.#timer !== undefined) this.#environment.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#endProbe();
  }

  #endProbe(): void {
    if (this.#probe !== undefined) this.#environment.clearTimer(this.#probe);
    this.#probe = undefined;
  }

  #schedule(): void {
    this.#timer = this.#environment.setTimer(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const silentMs = this.#lastHeardMs === undefined
      ? Infinity // not even its handshake
      : this.#environment.nowMs() - this.#lastHeardMs;
    if (silentMs > DEAD_AFTER_MS) {
      this.stop();
      this.#observer.handleTimeout();
      return;
    }
    if (silentMs >= PING_AFTER_MS) this.#observer.ping();
    this.#schedule();
  }
}

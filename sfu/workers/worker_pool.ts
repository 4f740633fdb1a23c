import type { MediaCommand, PlaneEvent } from "../../protocol/media_plane.ts";
import type { RelayCommand, RelayEvent } from "../relay/relay_messages.ts";
import { shiftPublicAddress } from "../transport/addresses.ts";
import type { WorkerPlaneOptions } from "./worker_messages.ts";
import { WorkerThread, type WorkerThreadOptions } from "./worker_thread.ts";

/**
 * How long to wait before a worker that could not start is started again, in
 * milliseconds; twice as long each time, up to a limit. Lower is back sooner;
 * higher wastes less on what will not work.
 */
const RESTART_MS = 250;
const MAX_RESTART_MS = 30_000;

/** What a pool of workers is made of. */
export interface WorkerPoolOptions
  extends Omit<WorkerPlaneOptions, "port">, WorkerThreadOptions {
  /** How many, at least 1. */
  readonly count: number;
  /** The UDP port of the first; the others have those after it. 0: any. */
  readonly port: number;
}

/** Told what happens to the workers of a pool, which are numbered from 0. */
export interface WorkerPoolObserver {
  handleEvent(event: PlaneEvent): void;
  handleRelay(worker: number, event: RelayEvent): void;
  /** A worker takes peers, or takes none for now. */
  handleUp(worker: number, isUp: boolean): void;
  /** A worker is dead, and what it had is lost; another is being started. */
  handleDeath(worker: number): void;
}

/** Workers on UDP ports of their own. One that dies is replaced. */
export class WorkerPool {
  /** Settles when all are open, for the first time. */
  readonly opened: Promise<unknown>;
  readonly #options: WorkerPoolOptions;
  readonly #observer: WorkerPoolObserver;
  readonly #threads: WorkerThread[] = [];
  readonly #ports: number[] = [];
  readonly #restarts = new Set<ReturnType<typeof setTimeout>>();
  #closing = false;

  constructor(options: WorkerPoolOptions, observer: WorkerPoolObserver) {
    this.#options = options;
    this.#observer = observer;
    for (let n = 0; n < options.count; n++) {
      this.#ports.push(options.port === 0 ? 0 : options.port + n);
      this.#threads.push(this.#start(n));
    }
    this.opened = Promise.all(this.#threads.map(async ({ opened }, n) => {
      this.#ports[n] = await opened;
    }));
  }

  /** The UDP ports, one for each worker. */
  get ports(): readonly number[] {
    return this.#ports;
  }

  /** Has a command carried out by a worker, after those before it. */
  post(worker: number, command: MediaCommand): void {
    this.#threads[worker]?.post(command);
  }

  /** The same for what workers share. */
  relay(worker: number, command: RelayCommand): void {
    this.#threads[worker]?.relay(command);
  }

  /** Has a command carried out by all. */
  postToAll(command: MediaCommand): void {
    for (const thread of this.#threads) thread.post(command);
  }

  /** Closes what the workers have open, and ends them. Idempotent. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #start(n: number): WorkerThread {
    const { hostname, portSet, reservedTcpPorts } = this.#options;
    const same = { hostname, portSet, reservedTcpPorts };
    const publicAddresses = this.#options.publicAddresses
      .map((text) => shiftPublicAddress(text, n));
    const plane = { ...same, publicAddresses, port: this.#ports[n]! };
    const thread = new WorkerThread(this.#options, plane, {
      handleEvent: (event) => this.#observer.handleEvent(event),
      handleRelay: (event) => this.#observer.handleRelay(n, event),
      handleDeath: (reason) => {
        if (thread.isOpen) this.#replace(n, reason);
      },
    });
    return thread;
  }

  /** A worker is dead: another takes its place, and its peers are lost. */
  #replace(n: number, reason: string): void {
    if (this.#closing) return;
    const text = "A media worker died; another takes its place";
    this.#options.log.error(text, { worker: n, reason });
    this.#restart(n);
    this.#observer.handleDeath(n);
  }

  /**
   * Starts a worker anew; its port may not be free at once, and never if the
   * old thread hangs: Deno cannot end one that does not come back.
   */
  #restart(n: number, nextDelayMs = RESTART_MS): void {
    // Who comes before it is open goes elsewhere, if there is another.
    this.#observer.handleUp(n, false);
    const thread = this.#threads[n] = this.#start(n);
    thread.opened.then((port) => {
      this.#ports[n] = port;
      this.#observer.handleUp(n, true);
    }, (error) => void this.#retry(n, thread, error, nextDelayMs));
  }

  /** A worker could not start. It has no peers: it was down. */
  async #retry(
    n: number,
    thread: WorkerThread,
    error: unknown,
    delayMs: number,
  ): Promise<void> {
    if (this.#closing) return;
    const text = "Cannot start a media worker; trying again";
    this.#options.log.error(text, { worker: n, error: String(error) });
    await thread.close();
    if (this.#closing) return;
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#restart(n, Math.min(delayMs * 2, MAX_RESTART_MS));
    }, delayMs);
    this.#restarts.add(timer);
  }
}

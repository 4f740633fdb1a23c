import { assertNever } from "../../lib/assert_never.ts";
import type { Log } from "../../lib/log.ts";
import type { MediaCommand, PlaneEvent } from "../../protocol/media_plane.ts";
import type { RelayCommand, RelayEvent } from "../relay/relay_messages.ts";
import { LIBRARY_NAMES, libraryPaths } from "../transport/native/libraries.ts";
import type {
  FromWorker,
  ToWorker,
  WorkerPlaneOptions,
} from "./worker_messages.ts";

/** How often a worker is asked for a sign of life, in milliseconds. */
const PING_INTERVAL_MS = 1_000;

/**
 * After how many questions without an answer it is taken for dead. Lower
 * replaces one that hangs sooner; higher has patience with one that is busy, or
 * with a machine that was asleep.
 */
const MAX_UNANSWERED = 5;

/**
 * How long a worker has to open its plane, in milliseconds: it loads its code
 * meanwhile, and all do so at the same time.
 */
const OPEN_MS = 60_000;

/** How long a worker has to close its sockets, in milliseconds. */
const CLOSE_MS = 1_000;

/** What is the same for all workers. */
export interface WorkerThreadOptions {
  /** The module to run: it calls `servePlane()`. */
  readonly module: URL;
  readonly log: Log;
  /** How often to ask for a sign of life; a second unless a test says so. */
  readonly pingIntervalMs?: number;
}

/** Told by a {@linkcode WorkerThread} what happens. */
export interface WorkerThreadObserver {
  handleEvent(event: PlaneEvent): void;
  /** Something about a publisher of another worker. */
  handleRelay(event: RelayEvent): void;
  /** It has ended by itself, or hangs; it is gone now. No call follows. */
  handleDeath(reason: string): void;
}

/** A worker cannot open its plane; the text says why. */
export class WorkerOpenError extends Error {
  override readonly name = "WorkerOpenError";
  readonly reason: (FromWorker & { kind: "not-opened" })["reason"];

  constructor({ reason, text }: FromWorker & { kind: "not-opened" }) {
    super(text);
    this.reason = reason;
  }
}

/** One media worker, from its start to its end. To be closed, unless it dies. */
export class WorkerThread {
  /** The port, once it is open. Rejects if it dies before, or cannot open. */
  readonly opened: Promise<number>;
  readonly #worker: Worker;
  readonly #observer: WorkerThreadObserver;
  readonly #log: Log;
  readonly #pingIntervalMs: number;
  #timer: ReturnType<typeof setTimeout>;
  readonly #settle: PromiseWithResolvers<number>;
  readonly #closed = Promise.withResolvers<void>();
  #unanswered = 0;
  #isOpen = false;
  #gone = false;

  constructor(
    options: WorkerThreadOptions,
    plane: WorkerPlaneOptions,
    observer: WorkerThreadObserver,
  ) {
    this.#observer = observer;
    this.#log = options.log;
    this.#settle = Promise.withResolvers();
    this.opened = this.#settle.promise;
    this.opened.catch(() => {}); // whoever waits for it hears of it
    this.#worker = startWorker(options.module, plane);
    this.#worker.onmessage = ({ data }) => this.#handle(data as FromWorker);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message);
    };
    this.#pingIntervalMs = options.pingIntervalMs ?? PING_INTERVAL_MS;
    this.#timer = setTimeout(() => this.#die("it does not open"), OPEN_MS);
    this.#say({ kind: "open", options: plane });
  }

  /** Whether it has opened its plane. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Has a command carried out, after those before it. Once it is open. */
  post(command: MediaCommand): void {
    this.#say({ kind: "command", command });
  }

  /** The same for what it shares with other workers. */
  relay(command: RelayCommand): void {
    this.#say({ kind: "relay", command });
  }

  /** Closes what the worker has open, and ends it. Idempotent. */
  async close(): Promise<void> {
    if (this.#gone) return;
    this.#say({ kind: "close" });
    const timer = setTimeout(this.#closed.resolve, CLOSE_MS);
    await this.#closed.promise;
    clearTimeout(timer);
    this.#end();
  }

  #handle(message: FromWorker): void {
    if (this.#gone) return;
    switch (message.kind) {
      case "opened":
        this.#isOpen = true;
        clearTimeout(this.#timer);
        this.#timer = setInterval(() => this.#ping(), this.#pingIntervalMs);
        return this.#settle.resolve(message.port);
      case "not-opened":
        return this.#settle.reject(new WorkerOpenError(message));
      case "event":
        return this.#observer.handleEvent(message.event);
      case "relay":
        return this.#observer.handleRelay(message.event);
      case "pong":
        this.#unanswered = 0;
        return;
      case "log":
        return this.#log[message.level](message.text, message.fields);
      case "closed":
        return this.#closed.resolve();
      default:
        assertNever(message);
    }
  }

  #ping(): void {
    if (this.#unanswered >= MAX_UNANSWERED) {
      return this.#die("it gives no sign of life");
    }
    this.#unanswered++;
    this.#say({ kind: "ping" });
  }

  #say(message: ToWorker): void {
    if (!this.#gone) this.#worker.postMessage(message);
  }

  #die(reason: string): void {
    if (this.#gone) return;
    this.#end();
    this.#settle.reject(new Error(`A media worker died: ${reason}`));
    this.#observer.handleDeath(reason);
  }

  #end(): void {
    this.#gone = true;
    clearInterval(this.#timer);
    this.#closed.resolve();
    this.#worker.terminate();
  }
}

/** A worker may use the network and, for native ports, the system's libraries. */
function startWorker(module: URL, { portSet }: WorkerPlaneOptions): Worker {
  const native = portSet === "native";
  return new Worker(module, {
    type: "module",
    name: "media",
    deno: {
      permissions: {
        net: true,
        sys: ["networkInterfaces"],
        ffi: native ? LIBRARY_NAMES.flatMap(libraryPaths) : false,
        // werift's `debug` looks through all of the environment.
        env: !native,
        read: false,
        write: false,
        run: false,
        import: false,
      },
    },
  });
}

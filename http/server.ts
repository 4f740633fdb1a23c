import type { Log } from "../lib/log.ts";
import type { CertificatePair } from "./certificate.ts";
import type { ListenAddress, UnixAddress } from "../lib/listen_address.ts";
import {
  DEFAULT_GUARD_LIMITS,
  Guard,
  type GuardLimits,
  type GuardRefusal,
} from "./guard/guard.ts";
import { listen, listenAgain, listenUnix } from "./listeners.ts";
import type { Requester } from "./remote_address.ts";
import type { FetchHandler } from "./routes.ts";

/** What {@linkcode openServers} is to open. */
export interface ServerOptions {
  readonly fetch: FetchHandler;
  /** Plain HTTP; `undefined`: none. */
  readonly http: ListenAddress | UnixAddress | undefined;
  /** HTTPS; `undefined`: none. */
  readonly https:
    | { readonly address: ListenAddress; readonly certificate: CertificatePair }
    | undefined;
  /** What is taken in; the default limits if not given. */
  readonly limits?: () => Promise<GuardLimits>;
  /** Told of what the limits have refused. */
  readonly count?: (refusal: GuardRefusal) => void;
  readonly log: Log;
}

/** The open servers; owned by whoever opened them. */
export interface Servers {
  /** Where plain HTTP is, if anywhere but on a Unix socket. */
  readonly http: Deno.NetAddr | undefined;
  /** Where HTTPS is, if anywhere. */
  readonly https: Deno.NetAddr | undefined;
  /** How many connections there are. */
  readonly connectionCount: number;
  /**
   * Shows this certificate to everybody who connects from now on; connections
   * that there are go on.
   *
   * @throws {Error} if it cannot be used, and the one before stays
   */
  useCertificate(certificate: CertificatePair): void;
  /**
   * Takes no more requests and waits for those that are under way, at most
   * `graceMs`; then cuts what is left. Idempotent.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * How long clients have to take their last bytes when all is said, in
 * milliseconds. Lower stops sooner; higher waits for slow clients.
 */
const LAST_BYTES_MS = 300;

/**
 * Opens the HTTP and HTTPS servers, both for the same handler: Deno's own, each
 * with a guard before it.
 *
 * @throws {ListenError} if an address or port cannot be had; nothing is open then
 */
export function openServers(options: ServerOptions): Servers {
  const { http, https } = options;
  const requests = new RequestsUnderWay(options.fetch);
  const parts = { requests, ...options };
  const plainListener = http &&
    ("path" in http ? listenUnix(http) : listen(http, "--http"));
  let secureListener;
  try {
    secureListener = https &&
      listen(https.address, "--https", https.certificate);
  } catch (error) {
    plainListener?.close();
    throw error;
  }
  const plain = plainListener && new Entrance(plainListener, false, parts);
  const secure = secureListener && new Entrance(secureListener, true, parts);
  const entrances = [plain, secure].filter((one) => one !== undefined);
  let closing: Promise<void> | undefined;
  const close = async (graceMs: number) => {
    for (const entrance of entrances) entrance.stopListening();
    await requests.finish(graceMs);
    await Promise.all(entrances.map((entrance) => entrance.close()));
  };
  return {
    http: toNetAddr(plainListener?.addr),
    https: secureListener?.addr,
    get connectionCount() {
      return entrances.reduce(
        (sum, { guard }) => sum + guard.connectionCount,
        0,
      );
    },
    useCertificate(certificate) {
      if (secureListener === undefined) return;
      secure?.guard.listen(listenAgain(secureListener.addr, certificate));
    },
    close: (graceMs) => closing ??= close(graceMs),
  };
}

/** One of Deno's servers on loopback, and the guard before it. */
class Entrance {
  readonly guard: Guard;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();

  /** Takes connections in from the listener, which it owns. */
  constructor(
    listener: Deno.Listener,
    isSecure: boolean,
    parts: ServerOptions & { readonly requests: RequestsUnderWay },
  ) {
    this.#server = Deno.serve(
      {
        hostname: "127.0.0.1",
        port: 0,
        signal: this.#stop.signal,
        automaticCompression: true,
        onListen() {},
        onError(error) {
          parts.log.error("Request failed", { error: toText(error) });
          return new Response("Internal server error\n", { status: 500 });
        },
      },
      async (request, { completed, remoteAddr }) => {
        const client = this.guard.find(remoteAddr);
        // Somebody else on this machine, who is to come by the front door.
        if (client === undefined) return new Response(null, { status: 403 });
        const { remote: { hostname, port }, link } = client;
        const requester = { hostname, port, isSecure, link };
        return await parts.requests.handle(request, completed, requester);
      },
    );
    this.guard = new Guard({
      limits: parts.limits ?? (() => Promise.resolve(DEFAULT_GUARD_LIMITS)),
      count: parts.count ?? (() => {}),
      log: parts.log,
      serverPort: this.#server.addr.port,
    });
    this.guard.listen(listener);
  }

  stopListening(): void {
    this.guard.stopListening();
  }

  /** Cuts what is left. */
  async close(): Promise<void> {
    this.#stop.abort(); // not `shutdown()`: once begun, it cannot be cut short
    await this.guard.close(LAST_BYTES_MS);
    await this.#server.finished;
  }
}

/** Knows which requests are not answered yet, and can stop taking more. */
class RequestsUnderWay {
  readonly #fetch: FetchHandler;
  #count = 0;
  #finished: (() => void) | undefined;

  constructor(fetch: FetchHandler) {
    this.#fetch = fetch;
  }

  /** Answers one. */
  async handle(
    request: Request,
    completed: Promise<void>,
    remote: Requester,
  ): Promise<Response> {
    if (this.#finished !== undefined) {
      return new Response("Stopping\n", { status: 503 });
    }
    this.#count += 1;
    void completed.catch(() => {}).then(() => this.#done());
    return await this.#fetch(request, remote);
  }

  /** Takes no more, and waits for those that there are, at most so long. */
  async finish(graceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#finished = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#count === 0) this.#finished();
    });
  }

  #done(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#finished?.();
  }
}

function toNetAddr(address: Deno.Addr | undefined): Deno.NetAddr | undefined {
  return address?.transport === "tcp" ? address : undefined;
}

function toText(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

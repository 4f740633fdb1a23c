import type { Log } from "../lib/log.ts";
import type { CertificatePair } from "./certificate.ts";
import type { ListenAddress, UnixAddress } from "../lib/listen_address.ts";
import type { RemoteAddress } from "./remote_address.ts";
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
  readonly log: Log;
}

/** The open servers; owned by whoever opened them. */
export interface Servers {
  /** Where plain HTTP is, if anywhere but on a Unix socket. */
  readonly http: Deno.NetAddr | undefined;
  /** Where HTTPS is, if anywhere. */
  readonly https: Deno.NetAddr | undefined;
  /**
   * Takes no more requests and waits for those that are under way, at most
   * `graceMs`; then cuts what is left. Idempotent.
   */
  close(graceMs: number): Promise<void>;
}

/** A server cannot listen where it should; the text says what to do about it. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/**
 * Opens the HTTP and HTTPS servers, both for the same handler.
 *
 * @throws {ListenError} if an address or port cannot be had; nothing is open then
 */
export function openServers(options: ServerOptions): Servers {
  const { http, https } = options;
  const stop = new AbortController();
  const requests = new RequestsUnderWay(options.fetch);
  const parts = { requests, signal: stop.signal, log: options.log };
  const plain = http && !("path" in http)
    ? serve(http, "--http", parts)
    : undefined;
  const local = http && "path" in http ? serveUnix(http, parts) : undefined;
  let secure;
  try {
    secure = https &&
      serve(https.address, "--https", parts, https.certificate);
  } catch (error) {
    stop.abort();
    throw error;
  }
  const servers = [plain, local, secure].filter((server) =>
    server !== undefined
  );
  let closing: Promise<void> | undefined;
  const close = async (graceMs: number) => {
    // Not `shutdown()`: once begun, it cannot be cut short.
    await requests.finish(graceMs);
    stop.abort();
    await Promise.all(servers.map((server) => server.finished));
  };
  return {
    http: plain?.addr,
    https: secure?.addr,
    close: (graceMs) => closing ??= close(graceMs),
  };
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
    remote: RemoteAddress,
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

interface ServeParts {
  readonly requests: RequestsUnderWay;
  readonly signal: AbortSignal;
  readonly log: Log;
}

function commonOptions({ signal, log }: ServeParts) {
  return {
    signal,
    automaticCompression: true,
    onListen() {},
    onError(error: unknown) {
      log.error("Request failed", { error: toText(error) });
      return new Response("Internal server error\n", { status: 500 });
    },
  };
}

/** Whoever comes by a Unix socket is on this machine. */
const HERE: RemoteAddress = { hostname: "127.0.0.1", port: 0 };

function serveUnix(
  { path }: UnixAddress,
  parts: ServeParts,
): Deno.HttpServer<Deno.UnixAddr> {
  try {
    return Deno.serve(
      { path, ...commonOptions(parts) },
      (request, { completed }) =>
        parts.requests.handle(request, completed, HERE),
    );
  } catch (error) {
    const why = error instanceof Deno.errors.AddrInUse
      ? "another program listens there"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new ListenError(
      `Cannot listen on ${path}: ${why}. Choose another place with --http`,
      { cause: error },
    );
  }
}

/**
 * Removes the file of a Unix socket on which nobody listens any more: a server
 * that was killed leaves it behind, and it would keep the next from starting.
 */
export async function removeStaleSocket({ path }: UnixAddress): Promise<void> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Deno.errors.ConnectionRefused)) return;
    await Deno.remove(path);
  }
}

function serve(
  address: ListenAddress,
  flag: string,
  parts: ServeParts,
  certificate?: CertificatePair,
): Deno.HttpServer<Deno.NetAddr> {
  const listen = (hostname: string) =>
    Deno.serve(
      {
        hostname,
        port: address.port,
        ...commonOptions(parts),
        ...certificate,
      },
      (request, { completed, remoteAddr }) =>
        parts.requests.handle(request, completed, remoteAddr),
    );
  try {
    if (address.hostname !== undefined) return listen(address.hostname);
    try {
      return listen("::"); // which takes IPv4, too
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      return listen("0.0.0.0"); // no IPv6 on this machine
    }
  } catch (error) {
    throw toListenError(error, address, flag);
  }
}

function toListenError(
  error: unknown,
  { hostname, port }: ListenAddress,
  flag: string,
): ListenError {
  const where = hostname === undefined
    ? `port ${port}`
    : `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  return new ListenError(
    `Cannot listen on ${where}: ${adviceFor(error, flag)}`,
    { cause: error },
  );
}

function adviceFor(error: unknown, flag: string): string {
  const elsewhere = `Choose another place with ${flag} ADDRESS:PORT`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `another program uses it, perhaps another Nereid. ${elsewhere}, or none with ${flag} off`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `this user may not, as is usual for ports below 1024. ${elsewhere}`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `this machine does not have that address. ${elsewhere}`;
  }
  return error instanceof Error ? error.message : String(error);
}

function toText(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

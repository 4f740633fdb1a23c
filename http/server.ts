import type { Log } from "../lib/log.ts";
import type { CertificatePair } from "./certificate.ts";
import type { ListenAddress } from "../lib/listen_address.ts";
import type { FetchHandler } from "./routes.ts";

/** What {@linkcode openServers} is to open. */
export interface ServerOptions {
  readonly fetch: FetchHandler;
  /** Plain HTTP; `undefined`: none. */
  readonly http: ListenAddress | undefined;
  /** HTTPS; `undefined`: none. */
  readonly https:
    | { readonly address: ListenAddress; readonly certificate: CertificatePair }
    | undefined;
  readonly log: Log;
}

/** The open servers; owned by whoever opened them. */
export interface Servers {
  /** Where plain HTTP is, if anywhere. */
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
  const { fetch, http, https, log } = options;
  const stop = new AbortController();
  const plain = http === undefined
    ? undefined
    : serve(http, "--http", fetch, stop.signal, {}, log);
  let secure;
  try {
    secure = https === undefined ? undefined : serve(
      https.address,
      "--https",
      fetch,
      stop.signal,
      https.certificate,
      log,
    );
  } catch (error) {
    stop.abort();
    throw error;
  }
  const servers = [plain, secure].filter((server) => server !== undefined);
  let closing: Promise<void> | undefined;
  return {
    http: plain?.addr,
    https: secure?.addr,
    close: (graceMs) => closing ??= closeAll(servers, stop, graceMs),
  };
}

async function closeAll(
  servers: readonly Deno.HttpServer[],
  stop: AbortController,
  graceMs: number,
): Promise<void> {
  const timer = setTimeout(() => stop.abort(), graceMs);
  await Promise.all(servers.map((server) => server.shutdown()));
  clearTimeout(timer);
}

function serve(
  address: ListenAddress,
  flag: string,
  fetch: FetchHandler,
  signal: AbortSignal,
  certificate: CertificatePair | Record<string, never>,
  log: Log,
): Deno.HttpServer<Deno.NetAddr> {
  const listen = (hostname: string) =>
    Deno.serve(
      {
        hostname,
        port: address.port,
        signal,
        automaticCompression: true,
        onListen() {},
        onError(error) {
          log.error("Request failed", { error: toText(error) });
          return new Response("Internal server error\n", { status: 500 });
        },
        ...certificate,
      },
      (request, info) => fetch(request, info.remoteAddr),
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

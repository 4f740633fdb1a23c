import type { ListenAddress, UnixAddress } from "../lib/listen_address.ts";
import type { CertificatePair } from "./certificate.ts";

/** A server cannot listen where it should; the text says what to do about it. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/**
 * Listens on a Unix socket.
 *
 * @throws {ListenError} if it cannot be had
 */
export function listenUnix({ path }: UnixAddress): Deno.UnixListener {
  try {
    return Deno.listen({ transport: "unix", path });
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

/**
 * Listens for TCP, or for TLS if there is a certificate.
 *
 * @param flag of the command line, with which one can choose another place
 * @throws {ListenError} if the address or port cannot be had
 */
export function listen(
  address: ListenAddress,
  flag: string,
  certificate?: CertificatePair,
): Deno.Listener & { readonly addr: Deno.NetAddr } {
  const on = (hostname: string) => {
    const place = { hostname, port: address.port };
    if (certificate === undefined) return Deno.listen(place);
    // Alone first: whoever shares a port is not told that it is taken.
    const alone = Deno.listen(place);
    const { addr } = alone;
    alone.close();
    return listenAgain(addr, certificate);
  };
  try {
    if (address.hostname !== undefined) return on(address.hostname);
    try {
      return on("::"); // which takes IPv4, too
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      return on("0.0.0.0"); // no IPv6 on this machine
    }
  } catch (error) {
    throw toListenError(error, address, flag);
  }
}

/**
 * Listens for TLS where somebody of ours may listen already. HTTP/1.1 only: the
 * guard cannot look into HTTP/2.
 */
export function listenAgain(
  { hostname, port }: Deno.NetAddr,
  certificate: CertificatePair,
): Deno.TlsListener {
  return Deno.listenTls({
    hostname,
    port,
    reusePort: true,
    alpnProtocols: ["http/1.1"],
    ...certificate,
  });
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

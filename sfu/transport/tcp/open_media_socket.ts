import type { Log } from "../../../lib/log.ts";
import type { DatagramSocketOptions } from "../deno_datagram_socket.ts";
import type { AnnouncedAddress, DatagramSocket } from "../ports.ts";
import { type TcpLimits, withTcp } from "./tcp_socket.ts";

/** What {@linkcode openMediaSocket} needs. */
export interface MediaSocketOptions extends DatagramSocketOptions {
  /** Opens the UDP port. */
  readonly openSocket: (options: DatagramSocketOptions) => DatagramSocket;
  /** TCP ports that something else of ours has, or will have. */
  readonly reservedTcpPorts: readonly number[];
  /** Only tests have others. */
  readonly limits?: Partial<TcpLimits>;
  readonly log: Log;
}

/** A port for media. */
export interface MediaSocket {
  /** To be closed. */
  readonly socket: DatagramSocket;
  /** Whether it takes connections, too. */
  readonly hasTcp: boolean;
}

/** How many numbers are tried, if any will do, until UDP and TCP are free. */
const MAX_TRIES = 20;

/**
 * Opens a port for media: UDP, and TCP of the same number if that can be had.
 * Without TCP the server works, for those whose network lets UDP through; so
 * that is told in the log, and no reason not to start.
 *
 * @throws {Deno.errors.AddrInUse} if another program has the UDP port
 */
export function openMediaSocket(options: MediaSocketOptions): MediaSocket {
  const { openSocket, reservedTcpPorts, log, hostname, port, limits } = options;
  for (let tries = 1;; tries++) {
    const udp = openSocket({ hostname, port });
    let why;
    if (!reservedTcpPorts.includes(udp.port)) {
      try {
        return { socket: withTcp(udp, limits), hasTcp: true };
      } catch (error) {
        why = error instanceof Deno.errors.AddrInUse
          ? "another program uses it"
          : String(error);
      }
    }
    if (port === 0 && tries < MAX_TRIES) {
      udp.close();
      continue;
    }
    log.warn(
      `Media over TCP cannot be had on port ${udp.port}: ${
        why ?? "pages are there"
      }. Who has no UDP cannot connect. Choose other ports with --media-port`,
    );
    return { socket: udp, hasTcp: false };
  }
}

/** The same addresses for TCP, behind those for UDP, which are better. */
export function alsoOverTcp(
  addresses: readonly AnnouncedAddress[],
): AnnouncedAddress[] {
  const overTcp = addresses.map((address) => ({
    ...address,
    transport: "tcp" as const,
  }));
  return [...addresses, ...overTcp];
}

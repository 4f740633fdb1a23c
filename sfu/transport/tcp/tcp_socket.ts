/**
 * ICE over TCP (RFC 6544) beside UDP, on the same port number.
 *
 * @module
 */
import { networkOf } from "../ip_address.ts";
import type { DatagramReceiver, DatagramSocket, Endpoint } from "../ports.ts";
import {
  TcpConnection,
  type TcpConnectionObserver,
  type TcpTimeLimits,
} from "./tcp_connection.ts";

/** What is taken in; the defaults unless given. */
export interface TcpLimits extends TcpTimeLimits {
  /**
   * How many connections may be without an authentic check yet, in all and from
   * one IPv4 address or IPv6 /64 network. One more ends the oldest: an honest
   * client says who it is at once. Lower bounds what strangers hold; higher lets
   * larger crowds in at the same moment.
   */
  readonly strangers: number;
  readonly strangersPerNetwork: number;
}

/** What holds where nothing else is said. */
export const TCP_LIMITS: TcpLimits = {
  strangers: 1_024,
  strangersPerNetwork: 128,
  strangerMs: 10_000,
  stalledMs: 10_000,
};

/** How often connections are looked at for having taken too long. */
const POLL_INTERVAL_MS = 1_000;

/** How long to wait when the system has no more file descriptors for us. */
const ACCEPT_RETRY_MS = 100;

/**
 * Listens for TCP on the address and port of a UDP socket, and makes one of the
 * two: who uses it does not see which way a datagram goes. To be closed; closes
 * the UDP socket, too.
 *
 * An endpoint's number tells: those of connections are negative. So what goes by
 * UDP is compared with 0, and has no more to do with all this.
 *
 * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.listen`; the UDP
 *   socket is open then as it was
 */
export function withTcp(
  udp: DatagramSocket,
  limits: Partial<TcpLimits> = {},
): TcpSocket {
  const { host: hostname, port } = udp;
  const listener = Deno.listen({ transport: "tcp", hostname, port });
  return new TcpSocket(udp, listener, { ...TCP_LIMITS, ...limits });
}

/** See {@linkcode withTcp}. */
export class TcpSocket implements DatagramSocket, TcpConnectionObserver {
  readonly closed: Promise<void>;
  readonly #udp: DatagramSocket;
  readonly #listener: Deno.TcpListener;
  readonly #limits: TcpLimits;
  readonly #connections = new Map<Endpoint, TcpConnection>();
  /** Those without an authentic check yet, by network; the oldest first. */
  readonly #strangers = new Map<TcpConnection, string>();
  /** Those with something to send. */
  readonly #dirty = new Set<TcpConnection>();
  readonly #running = new Set<Promise<void>>();
  #receiver: DatagramReceiver | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #next = -1;
  #refused = 0;
  #isClosing = false;
  #end!: () => void;

  /** Use {@linkcode withTcp}. */
  constructor(
    udp: DatagramSocket,
    listener: Deno.TcpListener,
    limits: TcpLimits,
  ) {
    this.#udp = udp;
    this.#listener = listener;
    this.#limits = limits;
    const ended = new Promise<void>((resolve) => this.#end = resolve);
    this.closed = Promise.all([udp.closed, ended]).then(() => {});
  }

  get host(): string {
    return this.#udp.host;
  }

  get port(): number {
    return this.#udp.port;
  }

  get arena(): Uint8Array {
    return this.#udp.arena;
  }

  get endpointCount(): number {
    return this.#udp.endpointCount + this.#connections.size;
  }

  get refusedSends(): number {
    return this.#udp.refusedSends + this.#refused;
  }

  /** How many connections there are. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  start(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    this.#udp.start(receiver);
    void this.#accept();
  }

  reserve(maxBytes: number): number {
    return this.#udp.reserve(maxBytes);
  }

  commit(to: Endpoint, offset: number, sizeBytes: number): void {
    if (to >= 0) this.#udp.commit(to, offset, sizeBytes);
    else this.#push(to, offset, sizeBytes);
  }

  flush(): void {
    this.#udp.flush();
    if (this.#dirty.size === 0) return;
    for (const connection of this.#dirty) connection.flush();
    this.#dirty.clear();
  }

  endpoint(host: string, port: number): Endpoint {
    return this.#udp.endpoint(host, port);
  }

  address(endpoint: Endpoint): { host: string; port: number } {
    if (endpoint >= 0) return this.#udp.address(endpoint);
    const connection = this.#connections.get(endpoint);
    if (connection === undefined) {
      throw new RangeError(`Cannot name endpoint ${endpoint}: it is closed`);
    }
    return { host: connection.host, port: connection.port };
  }

  /** Closes a connection: nobody has use for it. */
  forget(endpoint: Endpoint): void {
    if (endpoint >= 0) this.#udp.forget(endpoint);
    else this.#connections.get(endpoint)?.end();
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#listener.close();
    this.#udp.close();
    for (const connection of this.#connections.values()) connection.close();
    if (this.#receiver === undefined) this.#end();
  }

  /** See {@linkcode TcpConnectionObserver.handleFrame}. */
  handleFrame(
    connection: TcpConnection,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
  ): void {
    const { endpoint } = connection;
    this.#receiver?.handleDatagram(endpoint, buffer, offset, sizeBytes);
    if (connection.isKnown || !this.#connections.has(endpoint)) return;
    // The receiver has forgotten whoever is a stranger to it, see `hub.ts`.
    if (connection.isEnding) return;
    connection.isKnown = true;
    this.#strangers.delete(connection);
  }

  /** See {@linkcode TcpConnectionObserver.handleFramesEnd}. */
  handleFramesEnd(): void {
    if (!this.#isClosing) this.#receiver?.handleBatchEnd();
  }

  /** See {@linkcode TcpConnectionObserver.handleEnd}. */
  handleEnd(connection: TcpConnection): void {
    this.#connections.delete(connection.endpoint);
    this.#strangers.delete(connection);
    this.#dirty.delete(connection);
    if (!this.#isClosing) this.#receiver?.handleGone?.(connection.endpoint);
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #push(to: Endpoint, offset: number, sizeBytes: number): void {
    const connection = this.#connections.get(to);
    if (connection?.push(this.arena, offset, sizeBytes)) {
      this.#dirty.add(connection);
    } else this.#refused++;
  }

  async #accept(): Promise<void> {
    while (!this.#isClosing) {
      try {
        this.#takeIn(await this.#listener.accept());
      } catch {
        if (this.#isClosing) break;
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
    await Promise.all(this.#running);
    this.#end();
  }

  #takeIn(conn: Deno.TcpConn): void {
    const network = networkOf(conn.remoteAddr.hostname);
    this.#makeRoom(network);
    try {
      conn.setNoDelay(true);
    } catch {
      return conn.close(); // It is gone already.
    }
    const endpoint = this.#next-- as Endpoint;
    const connection = new TcpConnection(conn, endpoint, this, this.#limits);
    this.#connections.set(endpoint, connection);
    this.#strangers.set(connection, network);
    this.#timer ??= setInterval(() => this.#poll(), POLL_INTERVAL_MS);
    const running: Promise<void> = connection.run()
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #makeRoom(network: string): void {
    const { strangers, strangersPerNetwork } = this.#limits;
    const near = [...this.#strangers].filter(([, from]) => from === network);
    if (near.length >= strangersPerNetwork) near[0]?.[0].close();
    else if (this.#strangers.size >= strangers) {
      const [oldest] = this.#strangers.keys();
      oldest?.close();
    }
  }

  #poll(): void {
    for (const connection of this.#connections.values()) connection.poll();
  }
}

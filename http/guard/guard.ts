import { DEFAULT_LIMITS } from "../../auth/limits.ts";
import type { Log } from "../../lib/log.ts";
import {
  isLoopback,
  type RemoteAddress,
  toNetwork,
} from "../remote_address.ts";
import type { ClientLink } from "../client_link.ts";
import { Relay, type RelayLimits, type RelayRefusal } from "./relay.ts";

/** What a guard lets through. */
export interface GuardLimits extends RelayLimits {
  /** How many connections there may be in all. */
  readonly connections: number;
  /** How many of them from one IPv4 address or IPv6 /64 network. */
  readonly connectionsPerAddress: number;
}

/** What a guard lets through where nothing else is said. */
export const DEFAULT_GUARD_LIMITS: GuardLimits = DEFAULT_LIMITS;

/** What a guard has refused. */
export type GuardRefusal =
  | RelayRefusal
  | "connections"
  | "connectionsPerAddress";

/** What a {@linkcode Guard} needs. */
export interface GuardParts {
  /** The limits, as they are for a connection that comes now. */
  readonly limits: () => Promise<GuardLimits>;
  readonly log: Log;
  readonly count: (refusal: GuardRefusal) => void;
  /** The port on 127.0.0.1 of the server behind. */
  readonly serverPort: number;
}

/** Where a connection to the server behind really comes from. */
export interface GuardedClient {
  readonly remote: RemoteAddress;
  readonly link: ClientLink;
}

/** How often connections are looked at for having taken too long. */
const POLL_INTERVAL_MS = 1_000;

/** How long to wait when the system has no more file descriptors for us. */
const ACCEPT_RETRY_MS = 100;

/** Whoever comes by a Unix socket is on this machine. */
const HERE: RemoteAddress = { hostname: "127.0.0.1", port: 0 };

/**
 * Stands before Deno's own HTTP server, in the same process: takes connections
 * in, bounds what comes over each, and relays it (ADR 0013).
 *
 * The server behind listens on loopback, where others on this machine can reach
 * it; {@linkcode find} tells the guard's own connections from theirs.
 */
export class Guard {
  readonly #parts: GuardParts;
  readonly #relays = new Set<Relay>();
  readonly #perNetwork = new Map<string, number>();
  /** By the port of the guard's end of the connection to the server behind. */
  readonly #clients = new Map<number, GuardedClient>();
  readonly #timer: ReturnType<typeof setInterval>;
  #listener: Deno.Listener | undefined;
  #accepting: Promise<void> = Promise.resolve();
  #ended: (() => void) | undefined;

  /** Takes nobody in before {@linkcode listen}. Must be closed. */
  constructor(parts: GuardParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      for (const relay of this.#relays) relay.poll(nowMs);
    }, POLL_INTERVAL_MS);
  }

  /** How many connections there are. */
  get connectionCount(): number {
    return this.#relays.size;
  }

  /**
   * Takes connections in from a listener, and no more from the one before;
   * connections that there are go on. Owns the listener.
   */
  listen(listener: Deno.Listener): void {
    const before = this.#listener;
    this.#listener = listener;
    before?.close();
    this.#accepting = Promise.all([this.#accepting, this.#accept(listener)])
      .then(() => {});
  }

  /**
   * Whose connection to the server behind this is.
   *
   * @param address of the other end, as that server sees it
   * @returns `undefined` if it is none of the guard's own
   */
  find({ hostname, port }: RemoteAddress): GuardedClient | undefined {
    return hostname === "127.0.0.1" ? this.#clients.get(port) : undefined;
  }

  /** Takes nobody in any more. Idempotent. */
  stopListening(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  /** Waits for connections to end, at most so long, and cuts the rest. */
  async close(graceMs: number): Promise<void> {
    this.stopListening();
    await this.#accepting;
    clearInterval(this.#timer);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#ended = () => {
        if (this.#relays.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      this.#ended();
    });
    for (const relay of this.#relays) relay.cut();
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    for (;;) {
      try {
        const client = await listener.accept();
        void this.#takeIn(client).catch((error) => {
          this.#parts.log.error("Connection failed", { error: String(error) });
        });
      } catch (error) {
        if (this.#listener !== listener) return;
        this.#parts.log.warn("Cannot take a connection in", {
          error: String(error),
        });
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  async #takeIn(client: Deno.Conn): Promise<void> {
    const limits = await this.#parts.limits();
    if (this.#listener === undefined) return client.close();
    const remote = toRemote(client.remoteAddr);
    const network = toNetwork(remote);
    const count = this.#perNetwork.get(network) ?? 0;
    const refusal = this.#relays.size >= limits.connections
      ? "connections"
      : count >= limits.connectionsPerAddress && !isLoopback(remote)
      ? "connectionsPerAddress"
      : undefined;
    if (refusal !== undefined) {
      this.#parts.count(refusal);
      return client.close();
    }
    // What a client is told in pieces shall not wait until it has confirmed
    // the first (RFC 896, with RFC 1122 §4.2.3.2: 40 ms).
    if ("setNoDelay" in client) (client as Deno.TcpConn).setNoDelay(true);
    this.#perNetwork.set(network, count + 1);
    let port: number | undefined;
    const relay: Relay = new Relay(client, {
      limits,
      log: this.#parts.log,
      count: this.#parts.count,
      nowMs: () => performance.now(),
      connect: async () => {
        const server = await this.#connect();
        if (!this.#relays.has(relay)) return server; // cut meanwhile
        port = server.localAddr.port;
        this.#clients.set(port, { remote, link: relay });
        return server;
      },
      ended: () => {
        if (port !== undefined) this.#clients.delete(port);
        this.#leave(relay, network);
      },
    });
    this.#relays.add(relay);
    await relay.run();
  }

  async #connect(): Promise<Deno.TcpConn> {
    const port = this.#parts.serverPort;
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    server.setNoDelay(true);
    return server;
  }

  #leave(relay: Relay, network: string): void {
    this.#relays.delete(relay);
    const left = (this.#perNetwork.get(network) ?? 0) - 1;
    if (left > 0) this.#perNetwork.set(network, left);
    else this.#perNetwork.delete(network);
    this.#ended?.();
  }
}

function toRemote(address: Deno.Addr): RemoteAddress {
  return "hostname" in address ? address : HERE;
}

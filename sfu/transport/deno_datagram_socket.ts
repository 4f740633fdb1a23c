/**
 * A UDP port by Deno's own datagram API: works everywhere.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { EndpointTable } from "./endpoint_table.ts";
import type { DatagramReceiver, DatagramSocket, Endpoint } from "./ports.ts";
import { SendRing } from "./send_ring.ts";

/** Where to listen. */
export interface DatagramSocketOptions {
  /** `::` takes both families, and becomes `0.0.0.0` where there is no IPv6. */
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  /**
   * The room for datagrams that are not sent yet, in bytes; 8 MiB unless given.
   * Lower saves memory; higher holds the fan-out of a larger batch, which is
   * lost if it does not fit.
   */
  readonly arenaBytes?: number;
  /** Opens the system's socket; only tests have another. */
  readonly listen?: (
    options: Deno.UdpListenOptions & { transport: "udp" },
  ) => Deno.DatagramConn;
}

/**
 * The largest datagram taken, in bytes. Media and handshakes stay below 1,500;
 * a longer datagram is cut off, and so fails its authentication.
 */
const MAX_DATAGRAM_BYTES = 2_048;

const ARENA_BYTES = 8 * 1024 * 1024;

/** The most datagrams in the arena: enough to fill it with small video packets. */
const MAX_QUEUED = 16_384;

/**
 * After how many datagrams a batch ends though more are ready. Lower lets
 * timers and other sockets run sooner; higher spreads the cost of a batch's end.
 */
const MAX_BATCH = 64;

/** The pause after a failed receive, so that a lasting fault takes no CPU. */
const ERROR_PAUSE_MS = 10;

/**
 * Opens a UDP port. To be closed by the caller.
 *
 * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.listenDatagram`
 */
export function openDenoDatagramSocket(
  options: DatagramSocketOptions,
): DatagramSocket {
  return new DenoDatagramSocket(
    listenDatagram(options),
    options.arenaBytes ?? ARENA_BYTES,
  );
}

/**
 * Opens the system's socket. To be closed by the caller.
 *
 * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.listenDatagram`
 */
export function listenDatagram(
  options: DatagramSocketOptions,
): Deno.DatagramConn {
  const { hostname, port, listen = Deno.listenDatagram } = options;
  try {
    return listen({ transport: "udp", hostname, port });
  } catch (error) {
    if (hostname !== "::" || error instanceof Deno.errors.AddrInUse) {
      throw error;
    }
    return listen({ transport: "udp", hostname: "0.0.0.0", port });
  }
}

class DenoDatagramSocket implements DatagramSocket {
  readonly host: string;
  readonly port: number;
  refusedSends = 0;
  readonly closed: Promise<void>;
  readonly #end: () => void;
  readonly #conn: Deno.DatagramConn;
  readonly #endpoints: EndpointTable;
  readonly #ring: SendRing<Deno.NetAddr>;
  #receiver: DatagramReceiver | undefined;
  #sending = false;
  #batchOpen = false;
  #closed = false;
  #endPause: (() => void) | undefined;

  constructor(conn: Deno.DatagramConn, arenaBytes: number) {
    const { hostname, port } = conn.addr as Deno.NetAddr;
    this.#conn = conn;
    this.#ring = new SendRing(arenaBytes, MAX_QUEUED);
    this.#endpoints = new EndpointTable(hostname === "::");
    this.host = hostname;
    this.port = port;
    ({ promise: this.closed, resolve: this.#end } = Promise.withResolvers());
  }

  get arena(): Uint8Array {
    return this.#ring.arena;
  }

  get endpointCount(): number {
    return this.#endpoints.count;
  }

  start(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    this.#receive();
  }

  reserve(maxBytes: number): number {
    return maxBytes > MAX_DATAGRAM_BYTES ? -1 : this.#ring.reserve(maxBytes);
  }

  commit(to: Endpoint, offset: number, sizeBytes: number): void {
    const target = this.#endpoints.target(to);
    if (target === undefined) this.refusedSends++;
    else this.#ring.push(target, offset, sizeBytes);
  }

  flush(): void {
    if (!this.#sending && this.#ring.count > 0 && !this.#closed) this.#send();
  }

  endpoint(host: string, port: number): Endpoint {
    return this.#endpoints.intern(this.#endpoints.nameOf(host), port);
  }

  address(endpoint: Endpoint): { host: string; port: number } {
    return this.#endpoints.address(endpoint);
  }

  forget(endpoint: Endpoint): void {
    this.#endpoints.forget(endpoint);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endPause?.();
    this.#conn.close();
    if (this.#receiver === undefined) this.#end();
  }

  /**
   * Sends one datagram after the other. `send` borrows the bytes until it is
   * done, and datagrams whose sending overlaps are taken in reverse order when
   * the system makes them wait; so each is awaited, which costs nothing more
   * while the system takes them at once.
   */
  async #send(): Promise<void> {
    this.#sending = true;
    let target;
    while ((target = this.#ring.target) !== undefined && !this.#closed) {
      try {
        await this.#conn.send(this.#ring.datagram, target);
      } catch {
        this.refusedSends++;
      }
      this.#ring.shift();
    }
    this.#sending = false;
  }

  /**
   * Receives until closed. While datagrams are ready, `receive` is done without
   * a turn of the event loop, so what comes before the next turn is a batch.
   */
  async #receive(): Promise<void> {
    const buffer = new Uint8Array(MAX_DATAGRAM_BYTES);
    let inBatch = 0;
    while (!this.#closed) {
      let received;
      try {
        received = await this.#conn.receive(buffer);
      } catch {
        await this.#rest();
        continue;
      }
      inBatch = this.#batchOpen ? inBatch + 1 : 1;
      this.#handle(received[0], received[1] as Deno.NetAddr);
      if (inBatch >= MAX_BATCH) await new Promise<void>((r) => setImmediate(r));
    }
    this.#end();
  }

  #handle(datagram: Uint8Array, from: Deno.NetAddr): void {
    if (this.#closed) return;
    if (!this.#batchOpen) {
      this.#batchOpen = true;
      setImmediate(() => this.#endBatch());
    }
    const endpoint = this.#endpoints.intern(from.hostname, from.port);
    this.#receiver?.handleDatagram(endpoint, datagram, 0, datagram.length);
  }

  #endBatch(): void {
    this.#batchOpen = false;
    if (!this.#closed) this.#receiver?.handleBatchEnd();
  }

  /** Waits a little, or until closed. */
  #rest(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(end, ERROR_PAUSE_MS);
      this.#endPause = end;
    });
  }
}

import { toPlainAddress } from "./ip_address.ts";
import type { Endpoint } from "./ports.ts";

/** What is known of one endpoint. */
interface Entry {
  /** As the system names it, to look it up and to send to it. */
  readonly target: Deno.NetAddr;
  /** As we write it. */
  readonly host: string;
}

/**
 * Gives a number to each remote address and port. Looking up one that is known
 * makes no garbage: it is done for each datagram.
 */
export class EndpointTable {
  /**
   * Whether the socket takes both families. The system then names IPv4 senders
   * `::ffff:192.0.2.1`, and wants to be told so where to send.
   */
  readonly #dualStack: boolean;
  readonly #byName = new Map<string, Map<number, Endpoint>>();
  readonly #entries = new Map<Endpoint, Entry>();
  #next = 1;

  constructor(dualStack: boolean) {
    this.#dualStack = dualStack;
  }

  /** How many endpoints are known. */
  get count(): number {
    return this.#entries.size;
  }

  /** The system's name for an address in text, on this socket. */
  nameOf(host: string): string {
    const plain = toPlainAddress(host);
    return this.#dualStack && !plain.includes(":") ? `::ffff:${plain}` : plain;
  }

  /** The number for an address by the system's name for it. */
  intern(name: string, port: number): Endpoint {
    const known = this.#byName.get(name)?.get(port);
    return known ?? this.#add(name, port);
  }

  /** Where to send for that endpoint; `undefined` if it is not known. */
  target(endpoint: Endpoint): Deno.NetAddr | undefined {
    return this.#entries.get(endpoint)?.target;
  }

  /**
   * The text of an endpoint.
   *
   * @throws {RangeError} if it is forgotten
   */
  address(endpoint: Endpoint): { host: string; port: number } {
    const entry = this.#entries.get(endpoint);
    if (entry === undefined) {
      throw new RangeError(`Cannot name endpoint ${endpoint}: it is forgotten`);
    }
    return { host: entry.host, port: entry.target.port };
  }

  /** Forgets an endpoint, if it is known. */
  forget(endpoint: Endpoint): void {
    const entry = this.#entries.get(endpoint);
    if (entry === undefined) return;
    this.#entries.delete(endpoint);
    const ports = this.#byName.get(entry.target.hostname);
    ports?.delete(entry.target.port);
    if (ports?.size === 0) this.#byName.delete(entry.target.hostname);
  }

  #add(name: string, port: number): Endpoint {
    const endpoint = this.#next++ as Endpoint;
    let ports = this.#byName.get(name);
    if (ports === undefined) this.#byName.set(name, ports = new Map());
    ports.set(port, endpoint);
    this.#entries.set(endpoint, {
      target: { transport: "udp", hostname: name, port },
      host: toPlainAddress(name),
    });
    return endpoint;
  }
}

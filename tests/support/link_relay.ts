import type { LinkModel } from "./link_model.ts";

/** What a {@linkcode LinkRelay} joins, and what it does to packets. */
export interface LinkRelayOptions {
  /** The server's media port, at loopback. */
  readonly port: number;
  /** From clients to the server. */
  readonly up: LinkModel;
  /** From the server to clients. */
  readonly down: LinkModel;
}

const HOST = "127.0.0.1";

/**
 * A link between clients and a server's media port, in this process: clients
 * send to {@linkcode port} as if it were the server's. To be closed.
 */
export class LinkRelay implements Disposable {
  readonly #options: LinkRelayOptions;
  readonly #listener: Deno.DatagramConn;
  /** Towards the server, by the client's port. */
  readonly #sockets = new Map<number, Deno.DatagramConn>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #closed = false;

  /** Listens at once. */
  constructor(options: LinkRelayOptions) {
    this.#options = options;
    this.#listener = open();
    this.#run(this.#listener, (datagram, port) => {
      const socket = this.#socketOf(port);
      this.#pass(options.up, datagram, socket, options.port);
    });
  }

  /** Where clients send to. */
  get port(): number {
    return portOf(this.#listener.addr);
  }

  /** Has all clients come from other ports from now on, as a new NAT would. */
  rebind(): void {
    const before = [...this.#sockets.values()];
    this.#sockets.clear();
    for (const socket of before) socket.close();
  }

  /** What is under way is lost. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#listener.close();
    for (const socket of this.#sockets.values()) socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #socketOf(clientPort: number): Deno.DatagramConn {
    const known = this.#sockets.get(clientPort);
    if (known) return known;
    const socket = open();
    this.#sockets.set(clientPort, socket);
    this.#run(socket, (datagram) => {
      this.#pass(this.#options.down, datagram, this.#listener, clientPort);
    });
    return socket;
  }

  #pass(
    link: LinkModel,
    datagram: Uint8Array,
    through: Deno.DatagramConn,
    port: number,
  ): void {
    const now = performance.now();
    // With the headers of UDP and IP.
    const arrival = link.send(datagram.length + 28, now);
    if (arrival === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#closed) return;
      through.send(datagram, { transport: "udp", hostname: HOST, port })
        .catch(() => {}); // A browser that is gone.
    }, arrival - now);
    this.#timers.add(timer);
  }

  async #run(
    socket: Deno.DatagramConn,
    handle: (datagram: Uint8Array, port: number) => void,
  ): Promise<void> {
    const isOpen = () =>
      socket === this.#listener || [...this.#sockets.values()].includes(socket);
    while (!this.#closed && isOpen()) {
      try {
        const [datagram, from] = await socket.receive();
        handle(datagram, portOf(from));
      } catch {
        // Closed, or the other side said that nobody listens.
      }
    }
  }
}

function open(): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname: HOST, port: 0 });
}

function portOf(address: Deno.Addr): number {
  if (address.transport !== "udp") throw new Error("Not a UDP address");
  return address.port;
}

/** Where a page is to send media: another port than the server said. */
export interface MediaRoute {
  /** The server's. */
  readonly from: number;
  /** That of a {@linkcode LinkRelay}. */
  readonly to: number;
}

/**
 * To be run in a page before its own scripts: lets all its peers reach media at
 * another port of loopback, and nowhere else. It is sent there as text, so it
 * must not use anything from outside of itself.
 */
export function routeMedia({ from, to }: MediaRoute): void {
  const { prototype } = RTCPeerConnection;
  // Of its overloads the one with promises, which everybody uses.
  const set: (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ) => Promise<void> = prototype.setRemoteDescription;
  prototype.setRemoteDescription = function (
    description: RTCSessionDescriptionInit,
  ) {
    const lines = (description.sdp ?? "").split("\r\n").flatMap((line) => {
      if (!line.startsWith("a=candidate:")) return line;
      const ours = ` 127.0.0.1 ${from} `;
      return line.includes(ours) ? line.replace(ours, ` 127.0.0.1 ${to} `) : [];
    });
    return set.call(this, {
      type: description.type,
      sdp: lines.join("\r\n"),
    });
  };
}

import type {
  DatagramReceiver,
  DatagramSocket,
  Endpoint,
} from "../../sfu/transport/ports.ts";

/** A socket without a system: a test hands datagrams in and looks at what is sent. */
export class FakeDatagramSocket implements DatagramSocket {
  readonly host = "127.0.0.1";
  readonly port = 8_443;
  readonly endpointCount = 0;
  readonly refusedSends = 0;
  readonly arena = new Uint8Array(2_048);
  readonly closed = Promise.resolve();
  readonly sent: { to: Endpoint; datagram: Uint8Array }[] = [];
  #receiver: DatagramReceiver | undefined;

  start(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
  }

  /** One batch, from these endpoints. */
  receive(...batch: readonly (readonly [Endpoint, Uint8Array])[]): void {
    for (const [from, datagram] of batch) {
      const copy = datagram.slice();
      this.#receiver?.handleDatagram(from, copy, 0, copy.length);
    }
    this.#receiver?.handleBatchEnd();
  }

  reserve(maxBytes: number): number {
    return maxBytes <= this.arena.length ? 0 : -1;
  }

  commit(to: Endpoint, offset: number, sizeBytes: number): void {
    const datagram = this.arena.slice(offset, offset + sizeBytes);
    this.sent.push({ to, datagram });
  }

  endpoint(_host: string, port: number): Endpoint {
    return port as Endpoint;
  }

  address(endpoint: Endpoint): { host: string; port: number } {
    return { host: "127.0.0.1", port: endpoint };
  }

  flush(): void {}
  forget(): void {}
  close(): void {}
}

import { FrameQueue } from "../../sfu/transport/tcp/frame_queue.ts";
import { FrameReader } from "../../sfu/transport/tcp/frame_reader.ts";
import type {
  DatagramReceiver,
  DatagramSocket,
  Endpoint,
} from "../../sfu/transport/ports.ts";

/** The only one that a connection goes to. */
const SERVER = 1 as Endpoint;

const QUEUE_BYTES = 1 << 20;

/**
 * A connection to a server (RFC 6544, active) in the form of a socket for
 * datagrams, for test peers. It is made when something is first sent.
 */
export class TestTcpSocket implements DatagramSocket {
  readonly host = "127.0.0.1";
  readonly endpointCount = 1;
  readonly refusedSends = 0;
  readonly arena = new Uint8Array(2_048);
  readonly closed: Promise<void>;
  readonly #queue = new FrameQueue(QUEUE_BYTES);
  #address = { host: "127.0.0.1", port: 0 };
  #receiver: DatagramReceiver | undefined;
  #conn: Deno.TcpConn | undefined;
  #running: Promise<void> | undefined;
  #sending = false;
  #isClosed = false;
  #end!: () => void;

  constructor() {
    this.closed = new Promise((resolve) => this.#end = resolve);
  }

  /** Ours, once it is connected. */
  get port(): number {
    return this.#conn?.localAddr.port ?? 0;
  }

  start(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
  }

  reserve(maxBytes: number): number {
    return maxBytes <= this.arena.length ? 0 : -1;
  }

  commit(_to: Endpoint, offset: number, sizeBytes: number): void {
    this.#queue.push(this.arena, offset, sizeBytes);
    this.flush();
  }

  flush(): void {
    if (this.#isClosed) return;
    this.#running ??= this.#run();
    void this.#send();
  }

  endpoint(host: string, port: number): Endpoint {
    this.#address = { host, port };
    return SERVER;
  }

  address(): { host: string; port: number } {
    return this.#address;
  }

  forget(): void {}

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn?.close();
    if (this.#running === undefined) this.#end();
  }

  async #run(): Promise<void> {
    const { host: hostname, port } = this.#address;
    try {
      const conn = await Deno.connect({ hostname, port });
      if (this.#isClosed) return conn.close();
      this.#conn = conn;
      void this.#send();
      const reader = new FrameReader();
      let size;
      while ((size = await conn.read(reader.room)) !== null) {
        reader.take(
          size,
          (buffer, offset, bytes) =>
            this.#receiver?.handleDatagram(SERVER, buffer, offset, bytes),
        );
        this.#receiver?.handleBatchEnd();
      }
    } catch {
      // The server has closed it, or we have.
    } finally {
      this.close();
      this.#end();
    }
  }

  async #send(): Promise<void> {
    if (this.#sending || this.#conn === undefined) return;
    this.#sending = true;
    try {
      while (this.#queue.count > 0 && !this.#isClosed) {
        this.#queue.drop(await this.#conn.write(this.#queue.head));
      }
    } catch {
      this.close();
    }
    this.#sending = false;
  }
}

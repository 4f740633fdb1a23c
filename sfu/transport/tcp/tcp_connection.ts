import type { Endpoint } from "../ports.ts";
import { FrameQueue } from "./frame_queue.ts";
import { FrameReader } from "./frame_reader.ts";

/** Told by a {@linkcode TcpConnection} what happens. */
export interface TcpConnectionObserver {
  /** A datagram's place; valid during the call only. */
  handleFrame(
    connection: TcpConnection,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
  ): void;
  /** All that was read at once is handed on. */
  handleFramesEnd(): void;
  /** It is closed, by whomever. No call follows. */
  handleEnd(connection: TcpConnection): void;
}

/** How long a connection may do what. */
export interface TcpTimeLimits {
  /**
   * From the start to the first authentic check, in milliseconds. Lower frees
   * what strangers hold sooner; higher has patience with slow networks.
   */
  readonly strangerMs: number;
  /**
   * Without taking a byte of what waits for it, in milliseconds. Lower frees
   * memory sooner; higher forgives longer gaps of a mobile network.
   */
  readonly stalledMs: number;
}

/**
 * How much may wait for one connection, in bytes: a second of good video. Lower
 * loses more packets of bursts; higher makes what is late later still.
 */
export const QUEUE_BYTES = 256 * 1024;

/** A connection that carries datagrams (RFC 4571), until either side closes. */
export class TcpConnection {
  readonly endpoint: Endpoint;
  /** The other end's address. */
  readonly host: string;
  readonly port: number;
  /** Whether an authentic check has come. */
  isKnown = false;
  readonly #conn: Deno.TcpConn;
  readonly #observer: TcpConnectionObserver;
  readonly #limits: TcpTimeLimits;
  readonly #reader = new FrameReader();
  /** Made for those who are sent something: strangers take less memory. */
  #queue: FrameQueue | undefined;
  #sending = false;
  /** Whether nothing that comes is looked at any more. */
  isEnding = false;
  #closed = false;
  /** When it was opened, and then when it last took what waits for it. */
  #since = performance.now();

  /** Owns the connection from now on. */
  constructor(
    conn: Deno.TcpConn,
    endpoint: Endpoint,
    observer: TcpConnectionObserver,
    limits: TcpTimeLimits,
  ) {
    this.#conn = conn;
    this.endpoint = endpoint;
    this.host = conn.remoteAddr.hostname;
    this.port = conn.remoteAddr.port;
    this.#observer = observer;
    this.#limits = limits;
  }

  /** Reads until the connection ends. Never throws. */
  async run(): Promise<void> {
    try {
      let size;
      while ((size = await this.#conn.read(this.#reader.room)) !== null) {
        if (this.isEnding) continue;
        const isFine = this.#reader.take(size, (buffer, offset, bytes) => {
          if (this.isEnding) return;
          this.#observer.handleFrame(this, buffer, offset, bytes);
        });
        this.#observer.handleFramesEnd();
        if (!isFine) break;
      }
    } catch {
      // The other side is gone without a word, or we have closed.
    } finally {
      this.close();
    }
  }

  /** Queues a datagram; false if too much waits already: it is lost. */
  push(from: Uint8Array, offset: number, sizeBytes: number): boolean {
    if (this.isEnding || this.#closed) return false;
    this.#queue ??= new FrameQueue(QUEUE_BYTES);
    return this.#queue.push(from, offset, sizeBytes);
  }

  /** Sends what is queued, as fast as the other side takes it. */
  flush(): void {
    if (this.#sending || !this.#queue || this.#queue.count === 0) return;
    this.#since = performance.now();
    void this.#send(this.#queue);
  }

  /** Closes the connection if it takes too long for something. */
  poll(): void {
    const { strangerMs, stalledMs } = this.#limits;
    if (this.isKnown && !this.#sending) return;
    const limitMs = this.#sending ? stalledMs : strangerMs;
    if (performance.now() - this.#since >= limitMs) this.close();
  }

  /** Sends what is queued, and closes. What comes meanwhile is not looked at. */
  end(): void {
    this.isEnding = true;
    this.flush();
    if (!this.#sending) this.close();
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
    this.#observer.handleEnd(this);
  }

  async #send(queue: FrameQueue): Promise<void> {
    this.#sending = true;
    try {
      while (queue.count > 0 && !this.#closed) {
        queue.drop(await this.#conn.write(queue.head));
        this.#since = performance.now();
      }
      if (this.isEnding) this.close();
    } catch {
      this.close();
    }
    this.#sending = false;
  }
}

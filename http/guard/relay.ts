import type { Log } from "../../lib/log.ts";
import { assertNever } from "../../lib/assert_never.ts";
import type { ClientLink } from "../client_link.ts";
import { RequestScanner, type ScanLimits } from "./request_scanner.ts";

/** What a client may take and send at most. */
export interface RelayLimits extends ScanLimits {
  /** For the head of a request, TLS included, in milliseconds. */
  readonly headMs: number;
  /** Between requests, and without a byte of a body or an answer. */
  readonly idleMs: number;
}

/** What a relay has refused. */
export type RelayRefusal = "messageBytes" | "head" | "idle";

/** What a {@linkcode Relay} needs besides its client. */
export interface RelayParts {
  readonly limits: RelayLimits;
  readonly log: Log;
  /** Connects to the server behind. */
  readonly connect: (relay: Relay) => Promise<Deno.TcpConn>;
  /** Reads a monotonic clock, in milliseconds. */
  readonly nowMs: () => number;
  readonly count: (refusal: RelayRefusal) => void;
  /** Called once, when both connections are closed. */
  readonly ended: () => void;
}

/**
 * How much is read at once from the client and from the server behind, in
 * bytes; each connection has both buffers. Lower costs more system calls for
 * what is long; higher costs memory for each client.
 */
const UPSTREAM_BYTES = 4_096;
const DOWNSTREAM_BYTES = 16_384;

/**
 * How long a client may go on sending after all has been said, in milliseconds.
 * Closing at once would make its system forget answers that it has not read.
 */
const LINGER_MS = 5_000;

/**
 * Joins one client to the server behind, and cuts it off when it takes too long
 * or sends too much. What goes to the client is not looked at; if it does not
 * read, the server behind is not read either, and notices by what queues up.
 */
export class Relay implements ClientLink {
  onTooLong: (() => void) | undefined;
  readonly #client: Deno.Conn;
  readonly #parts: RelayParts;
  readonly #scanner: RequestScanner;
  /** What came before the first head was whole: nobody else has seen it. */
  #held: Uint8Array[] = [];
  #server: Deno.TcpConn | undefined;
  #answers: Promise<void> | undefined;
  /** Nothing that the client sends matters any more. */
  #isEnding = false;
  #isCut = false;
  #hasSpoken = false;
  /** By when the client must have gone on. */
  #deadlineMs: number;

  /** Owns the connection from now on. */
  constructor(client: Deno.Conn, parts: RelayParts) {
    this.#client = client;
    this.#parts = parts;
    this.#scanner = new RequestScanner(parts.limits);
    this.#deadlineMs = parts.nowMs() + parts.limits.headMs;
  }

  /** See {@linkcode ClientLink.isWebSocket}. */
  get isWebSocket(): boolean {
    return this.#scanner.phase === "frames";
  }

  /** Relays until the connection ends. Never throws. */
  async run(): Promise<void> {
    try {
      const buffer = new Uint8Array(UPSTREAM_BYTES);
      let length;
      while ((length = await this.#client.read(buffer)) !== null) {
        this.#hasSpoken = true;
        if (this.#deadlineMs === Infinity) break;
        if (!this.#isEnding) await this.#take(buffer.subarray(0, length));
      }
      await this.#server?.closeWrite();
      await this.#answers;
    } catch (error) {
      // Clients go without a word; our own cut looks alike from here.
      if (!this.#isCut) {
        this.#parts.log.debug("Connection lost", { error: String(error) });
      }
    } finally {
      this.cut();
    }
  }

  /** See {@linkcode ClientLink.cut}. */
  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    close(this.#client);
    if (this.#server !== undefined) close(this.#server);
    this.#parts.ended();
  }

  /** Cuts the connection if the client has taken too long for something. */
  poll(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    if (!this.#isEnding) {
      if (this.isWebSocket) return; // whose liveness is signalling's business
      this.#parts.count(this.#scanner.phase === "head" ? "head" : "idle");
      // In the middle of a TLS handshake Deno keeps the file descriptor until
      // the client goes, closed or not; so it goes on counting as what it is.
      if (!this.#hasSpoken && "handshake" in this.#client) {
        this.#deadlineMs = Infinity;
        return;
      }
    }
    this.cut();
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const { phase, requestCount } = this.#scanner;
    const verdict = this.#scanner.take(bytes);
    switch (verdict.kind) {
      case "fine":
        this.#extend(
          phase === "head" && requestCount === this.#scanner.requestCount,
        );
        return await this.#forward(bytes);
      case "too-long":
        this.#parts.count("messageBytes");
        this.#end();
        if (this.onTooLong === undefined) return this.cut();
        return this.onTooLong();
      case "refused":
        this.#parts.count("head");
        return await this.#refuse(verdict.status, verdict.reason);
      default:
        assertNever(verdict);
    }
  }

  /** @param isSameHead whether this is still the head that it was before */
  #extend(isSameHead: boolean): void {
    const { headMs, idleMs } = this.#parts.limits;
    if (this.#scanner.phase !== "head") {
      this.#deadlineMs = this.#parts.nowMs() + idleMs;
    } else if (!isSameHead && this.#scanner.requestCount > 0) {
      this.#deadlineMs = this.#parts.nowMs() + headMs;
    }
  }

  async #forward(bytes: Uint8Array): Promise<void> {
    if (this.#scanner.requestCount === 0) {
      this.#held.push(bytes.slice());
      return;
    }
    if (this.#server === undefined) {
      this.#server = await this.#parts.connect(this);
      if (this.#isCut) return close(this.#server);
      this.#answers = this.#relayAnswers(this.#server);
      for (const held of this.#held) await writeAll(this.#server, held);
      this.#held = [];
    }
    try {
      await writeAll(this.#server, bytes);
    } catch (error) {
      // The server has answered, and wants no more of this.
      if (!this.#isEnding) throw error;
    }
  }

  /** Answers in the server's place, if it cannot be in the middle of an answer. */
  async #refuse(status: number, reason: string): Promise<void> {
    this.#parts.log.debug("Request refused", { reason });
    this.#end();
    if (this.#server !== undefined) return this.cut();
    const title = status === 431
      ? "Request Header Fields Too Large"
      : "Bad Request";
    const text = `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\n` +
      `Content-Type: text/plain\r\nContent-Length: ${
        reason.length + 1
      }\r\n\r\n${reason}\n`;
    await writeAll(this.#client, new TextEncoder().encode(text));
    await this.#client.closeWrite();
  }

  async #relayAnswers(server: Deno.TcpConn): Promise<void> {
    try {
      const buffer = new Uint8Array(DOWNSTREAM_BYTES);
      let length;
      while ((length = await server.read(buffer)) !== null) {
        await writeAll(this.#client, buffer.subarray(0, length));
        if (this.#scanner.phase !== "head") this.#extend(false);
      }
      this.#end();
      await this.#client.closeWrite();
    } catch {
      this.cut(); // one of the two is gone, and with it the other's use
    }
  }

  /** Gives the client a little while to notice that this is the end. */
  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#deadlineMs = this.#parts.nowMs() + LINGER_MS;
  }
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let sent = await to.write(bytes);
  while (sent < bytes.length) sent += await to.write(bytes.subarray(sent));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It has been closed from below.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

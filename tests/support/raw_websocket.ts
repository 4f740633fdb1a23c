/** A frame's opcodes (RFC 6455 §5.2). */
export const Opcode = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A frame as it came. */
export interface RawFrame {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** How a frame that a test sends differs from an ordinary text. */
export interface FrameOptions {
  readonly opcode?: number;
  readonly fin?: boolean;
}

/**
 * A WebSocket client that does only what it is told: it answers no ping and no
 * close, reads when asked to, and sends whatever bytes the test wants.
 */
export class RawWebSocket implements Disposable {
  readonly #connection: Deno.TcpConn;
  #unread: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects and shakes hands. */
  static async open(
    port: number,
    headers: Readonly<Record<string, string>> = {},
    path = "/ws",
  ): Promise<RawWebSocket> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    // As browsers do: what is sent does not wait for what was sent before it.
    connection.setNoDelay(true);
    const socket = new RawWebSocket(connection);
    const lines = {
      "Host": `127.0.0.1:${port}`,
      "Connection": "Upgrade",
      "Upgrade": "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      ...headers,
    };
    const head = Object.entries(lines).map(([name, value]) =>
      `${name}: ${value}\r\n`
    );
    await socket.write(
      new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${head.join("")}\r\n`),
    );
    const answer = await socket.#readHead();
    if (!answer.startsWith("HTTP/1.1 101 ")) {
      connection.close();
      throw new Error(`No upgrade: ${answer.split("\r\n")[0]}`);
    }
    return socket;
  }

  /** Sends bytes as they are. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#connection.write(bytes.subarray(sent));
    }
  }

  /** Sends one frame, masked as a client's are. */
  async send(
    payload: string | Uint8Array,
    { opcode = Opcode.text, fin = true }: FrameOptions = {},
  ): Promise<void> {
    const bytes = typeof payload === "string"
      ? new TextEncoder().encode(payload)
      : payload;
    const isShort = bytes.length < 126;
    const head = new Uint8Array(isShort ? 6 : 14);
    head[0] = (fin ? 0x80 : 0) | opcode;
    head[1] = 0x80 | (isShort ? bytes.length : 127);
    if (!isShort) {
      new DataView(head.buffer).setBigUint64(2, BigInt(bytes.length));
    }
    // The masking key is zero, so that the payload stays as it is.
    await this.write(head);
    await this.write(bytes);
  }

  /** The next frame, or `undefined` at the end of the connection. */
  async read(): Promise<RawFrame | undefined> {
    const head = await this.#take(2);
    if (head === undefined) return undefined;
    const [first = 0, second = 0] = head;
    let length = second & 0x7f;
    if (length >= 126) {
      const more = await this.#take(length === 126 ? 2 : 8);
      if (more === undefined) return undefined;
      const view = new DataView(more.buffer, more.byteOffset);
      length = length === 126
        ? view.getUint16(0)
        : Number(view.getBigUint64(0));
    }
    const payload = await this.#take(length);
    return payload && { opcode: first & 0x0f, payload };
  }

  /** The close frame that comes after whatever else comes: code and reason. */
  async readClose(): Promise<{ code?: number; reason: string } | undefined> {
    for (;;) {
      const frame = await this.read();
      if (frame === undefined) return undefined;
      if (frame.opcode !== Opcode.close) continue;
      const { payload } = frame;
      if (payload.length < 2) return { reason: "" };
      const view = new DataView(payload.buffer, payload.byteOffset);
      const reason = new TextDecoder().decode(payload.subarray(2));
      return { code: view.getUint16(0), reason };
    }
  }

  /** Ends this side's half of the TCP connection. */
  async closeWrite(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** Drops the TCP connection. */
  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #readHead(): Promise<string> {
    let head = "";
    while (!head.endsWith("\r\n\r\n")) {
      const byte = await this.#take(1);
      if (byte === undefined) break;
      head += String.fromCharCode(...byte);
    }
    return head;
  }

  /** So many bytes, or `undefined` if the connection ends before. */
  async #take(count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    while (this.#unread.length < count) {
      const chunk = new Uint8Array(65_536);
      const read = await this.#connection.read(chunk).catch(ignoreReset);
      if (read === null) return undefined;
      const joined = new Uint8Array(this.#unread.length + read);
      joined.set(this.#unread);
      joined.set(chunk.subarray(0, read), this.#unread.length);
      this.#unread = joined;
    }
    const taken = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return taken;
  }
}

function ignoreReset(error: unknown): null {
  if (error instanceof Deno.errors.ConnectionReset) return null;
  throw error;
}

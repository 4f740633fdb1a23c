/** A message of the server, as JSON has it. */
type Message = Readonly<Record<string, unknown>> & { readonly type: string };

/** A flow that the server offers. */
export interface OfferedFlow {
  readonly id: string;
  readonly sdp: string;
}

/** A client of the real server, by WebSocket; to be closed. */
export class LoadClient {
  readonly #socket: WebSocket;
  readonly #offers: OfferedFlow[] = [];
  readonly #waiting = new Set<() => void>();
  #answers = new Map<string, string>();
  #isIn = false;
  #failure: string | undefined;

  /** @param server `http://HOST:PORT` */
  constructor(server: string, group: string, username: string) {
    this.#socket = new WebSocket(`${server.replace(/^http/, "ws")}/ws`);
    this.#socket.onopen = () => {
      this.#say({ type: "handshake", version: ["2"], id: username });
      this.#say({ type: "join", kind: "join", group, username });
    };
    this.#socket.onmessage = ({ data }) => {
      this.#handle(JSON.parse(String(data)) as Message);
      for (const check of this.#waiting) check();
    };
    this.#socket.onclose = () => {
      this.#failure ??= "the server has closed the connection";
      for (const check of this.#waiting) check();
    };
  }

  /** Resolves when the client is in the group. */
  async joined(): Promise<void> {
    await this.#until(() => this.#isIn || undefined);
  }

  /** Asks for tracks of all flows: then they are offered. */
  request(tracks: readonly string[]): void {
    this.#say({ type: "request", request: { "": tracks } });
  }

  /** Offers a flow; resolves with the answer. */
  async offer(id: string, sdp: string): Promise<string> {
    this.#say({ type: "offer", id, label: "camera", sdp });
    return await this.#until(() => this.#answers.get(id));
  }

  /** Resolves with the next flow that the server offers. */
  async nextOffer(): Promise<OfferedFlow> {
    return await this.#until(() => this.#offers.shift());
  }

  answer(id: string, sdp: string): void {
    this.#say({ type: "answer", id, sdp });
  }

  close(): void {
    this.#socket.close();
  }

  #say(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  #handle(message: Message): void {
    const { type, id, sdp } = message;
    if (type === "ping") this.#say({ type: "pong" });
    else if (type === "joined") this.#isIn = true;
    else if (type === "answer") this.#answers.set(String(id), String(sdp));
    else if (type === "offer") {
      this.#offers.push({ id: String(id), sdp: String(sdp) });
    } else if (type === "abort" || type === "usermessage") {
      this.#failure = JSON.stringify(message);
    }
  }

  #until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = look();
        if (found === undefined && this.#failure === undefined) return;
        this.#waiting.delete(check);
        if (found !== undefined) resolve(found);
        else reject(new Error(`The load cannot go on: ${this.#failure}`));
      };
      this.#waiting.add(check);
      check();
    });
  }
}

/**
 * A WebSocket client that costs as little as possible: it counts what comes by
 * how it begins, and parses nothing.
 */
export class BenchClient {
  /** How many chat messages have come. */
  chats = 0;
  /** How many clients it has been told of. */
  users = 0;
  readonly #id: string;
  readonly #socket: WebSocket;
  readonly #waiting: { isDone: () => boolean; resolve: () => void }[] = [];

  private constructor(id: string, socket: WebSocket) {
    this.#id = id;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code }) => {
      if (this.#waiting.length > 0) throw new Error(`${id} closed: ${code}`);
    };
  }

  /** Connects and joins the group `bench`, and is done when let in. */
  static async join(url: string, id: string): Promise<BenchClient> {
    const opened = Promise.withResolvers<void>();
    const socket = new WebSocket(url);
    const client = new BenchClient(id, socket);
    socket.onopen = () => opened.resolve();
    socket.onerror = () => opened.reject(new Error(`${id} cannot connect`));
    await opened.promise;
    client.#send({ type: "handshake", version: ["2"], id });
    client.#send({
      type: "join",
      kind: "join",
      group: "bench",
      username: id,
      password: "",
    });
    await client.knows(1);
    return client;
  }

  /** Says something to everybody. */
  say(value: string): void {
    this.#send({
      type: "chat",
      source: this.#id,
      username: this.#id,
      value,
    });
  }

  /** Waits until it has heard so many chat messages in all. */
  heard(chats: number): Promise<void> {
    return this.#until(() => this.chats >= chats);
  }

  /** Waits until it has been told of so many clients, itself included. */
  knows(users: number): Promise<void> {
    return this.#until(() => this.users >= users);
  }

  /** Goes. */
  close(): void {
    this.#socket.close();
  }

  #until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isDone, resolve }));
  }

  #send(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  #take(data: string): void {
    if (data.startsWith('{"type":"user","kind":"add"')) this.users += 1;
    else if (data.startsWith('{"type":"chat"')) this.chats += 1;
    else if (data.startsWith('{"type":"ping"')) this.#send({ type: "pong" });
    else return;
    const [first] = this.#waiting;
    if (first?.isDone()) this.#waiting.shift()?.resolve();
  }
}

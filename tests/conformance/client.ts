import assert from "node:assert/strict";

import { serverUrl } from "./target.ts";

/** How long a test waits for a message; only a failing one takes so long. */
const PATIENCE_MS = 30_000;

/** A message, as it came. */
export type Message = Readonly<Record<string, unknown>>;

/** How a connection ended. */
export interface Ended {
  readonly code: number;
  readonly reason: string;
}

/** What a client says of itself when it joins. */
export interface Joining {
  readonly group: string;
  readonly username?: string | null;
  readonly password?: string;
  readonly token?: string;
  readonly data?: unknown;
}

/** A name for a group that nobody else has, below one of the fixture's. */
export function newGroup(below = "club"): string {
  return `${below}/${crypto.randomUUID().slice(0, 8)}`;
}

/**
 * A client with nothing in it: it says what it is told, and remembers what it
 * hears. Its `pong`s are not remembered, except those that it asks for.
 */
export class Client implements AsyncDisposable {
  /** Its own name for itself. */
  readonly id: string;
  /** What it has heard, in order, without pings and pongs. */
  readonly heard: Message[] = [];
  /** How often the server has asked whether it is there. */
  pinged = 0;
  readonly #socket: WebSocket;
  #end: Ended | undefined;
  #pongs = 0;
  #pings = 0;
  /** To be called when something has been heard, or the connection has ended. */
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket, id: string) {
    this.id = id;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)));
    socket.onclose = ({ code, reason }) => {
      this.#end = { code, reason };
      this.#onChange();
    };
  }

  /** Connects, and says nothing; to the server under test, unless told. */
  static async connect(
    id: string = crypto.randomUUID(),
    url = `${serverUrl().replace(/^http/, "ws")}/ws`,
  ): Promise<Client> {
    const socket = new WebSocket(url);
    const client = new Client(socket, id);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("Cannot connect"));
    });
    socket.onerror = null;
    return client;
  }

  /** Connects and shakes hands. */
  static async greet(id?: string): Promise<Client> {
    const client = await Client.connect(id);
    client.say({ type: "handshake", version: ["2"], id: client.id });
    await client.next({ type: "handshake" });
    return client;
  }

  /** Connects, shakes hands and joins; fails unless it is let in. */
  static async join(joining: Joining, id?: string): Promise<Client> {
    const client = await Client.greet(id);
    const answer = await client.tryJoin(joining);
    assert.equal(answer["kind"], "join", JSON.stringify(answer));
    await client.settle();
    return client;
  }

  /** Joins as one of the fixture's users. */
  static as(username: string, group: string, id?: string): Promise<Client> {
    return Client.join({ group, username, password: "pw" }, id);
  }

  /** Asks to be let in, and waits for the answer to that. */
  async tryJoin(joining: Joining): Promise<Message> {
    const from = this.heard.length;
    this.say({ type: "join", kind: "join", ...joining });
    return await this.next({ type: "joined" }, from);
  }

  /** Says something. */
  say(message: unknown): void {
    this.sayRaw(JSON.stringify(message));
  }

  /** Says something that need not be JSON, as a text or a binary message. */
  sayRaw(text: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(text);
  }

  /** What has been heard with these members, from a place on. */
  all(members: Message, from = 0): Message[] {
    return this.heard.slice(from).filter((message) =>
      matches(message, members)
    );
  }

  /** Waits for the first message with these members, from a place on. */
  async next(members: Message, from = 0): Promise<Message> {
    const what = JSON.stringify(members);
    const find = () => this.all(members, from)[0];
    await this.#until(what, () => find() !== undefined);
    return find()!;
  }

  /**
   * Says something and returns all that comes of it: the server answers in
   * order, so a `ping` marks the end.
   */
  async ask(...messages: unknown[]): Promise<Message[]> {
    await this.settle();
    const from = this.heard.length;
    for (const message of messages) this.say(message);
    await this.settle();
    return this.heard.slice(from);
  }

  /** Waits until all that it has said has been dealt with. */
  async settle(): Promise<void> {
    const ping = ++this.#pings;
    this.say({ type: "ping" });
    await this.#until("a pong", () => this.#pongs >= ping);
  }

  /** Waits for the end of the connection. */
  async ended(): Promise<Ended> {
    await this.#until("the end", () => this.#end !== undefined);
    return this.#end!;
  }

  /** Whether the connection has ended. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Goes away. Idempotent. */
  async close(): Promise<void> {
    this.#socket.close();
    await this.ended();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #hear(message: Message): void {
    if (message["type"] === "pong") this.#pongs++;
    else if (message["type"] === "ping") {
      this.pinged++;
      this.say({ type: "pong" });
    } else this.heard.push(message);
    this.#onChange();
  }

  #onChange(): void {
    for (const look of this.#waiting) look();
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    const outcome = Promise.withResolvers<string>();
    const look = () => {
      if (isSo()) outcome.resolve("");
      else if (this.#end) outcome.resolve(`ended (${this.#end.code})`);
    };
    const timer = setTimeout(() => outcome.resolve("in vain"), PATIENCE_MS);
    this.#waiting.add(look);
    look();
    const problem = await outcome.promise;
    this.#waiting.delete(look);
    clearTimeout(timer);
    if (problem === "") return;
    const last = JSON.stringify(this.heard.slice(-3));
    throw new Error(`Waited for ${what}: ${problem}, after ${last}`);
  }
}

/** What everybody has heard since, once all has been said that is to be said. */
export async function heardSince(
  clients: readonly Client[],
  act: () => Promise<unknown> | unknown,
): Promise<Message[][]> {
  for (const client of clients) await client.settle();
  const from = clients.map(({ heard }) => heard.length);
  await act();
  for (const client of clients) await client.settle();
  return clients.map(({ heard }, index) => heard.slice(from[index]));
}

/** Asserts that the server ends a connection with an error, a code and a text. */
export async function assertFatal(
  client: Client,
  code: number,
  text: string,
): Promise<void> {
  assert.deepEqual(await client.ended(), { code, reason: text });
  assert.deepEqual(client.heard.at(-1), serverError(client, text));
}

/** The server's error for a client. */
export function serverError({ id }: Client, value: string): Message {
  return {
    type: "usermessage",
    kind: "error",
    dest: id,
    privileged: true,
    value,
  };
}

function matches(message: Message, members: Message): boolean {
  return Object.entries(members).every(([name, value]) =>
    JSON.stringify(message[name]) === JSON.stringify(value)
  );
}

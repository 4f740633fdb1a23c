import { waitForValue } from "../support/wait_for.ts";
import { Client, type Ended, type Joining, type Message } from "./client.ts";

export { type Joining, type Message, newGroup } from "./client.ts";

/** A client whose messages are read one after the other, as a person reads. */
export class Reader implements AsyncDisposable {
  /** What says and hears. */
  readonly client: Client;
  /** How the connection ended, once it has. */
  closing: Ended | undefined;
  #read = 0;

  private constructor(client: Client) {
    this.client = client;
    void client.ended().then((ended) => this.closing = ended);
  }

  /** Connects, and says nothing yet. */
  static async connect(id: string = randomId()): Promise<Reader> {
    return new Reader(await Client.connect(id));
  }

  /** Connects and shakes hands; the handshake has been read then. */
  static async greet(id?: string): Promise<Reader> {
    const reader = await Reader.connect(id);
    reader.say({ type: "handshake", version: ["2"], id: reader.id });
    await reader.next("handshake");
    return reader;
  }

  /** Connects and asks to be let in; the answer has been read then. */
  static async join(joining: Joining): Promise<Reader> {
    const reader = await Reader.greet();
    await reader.join(joining);
    return reader;
  }

  get id(): string {
    return this.client.id;
  }

  /** All that has come, in order. */
  get messages(): readonly Message[] {
    return this.client.heard;
  }

  /** Asks to be let in, and reads up to the answer. */
  async join(joining: Joining): Promise<Message> {
    this.say({ type: "join", kind: "join", ...joining });
    return await this.next("joined");
  }

  /** Sends a message. */
  say(message: unknown): void {
    this.client.say(message);
  }

  /** Reads up to the next message of that type (and kind). */
  async next(type: string, kind?: string): Promise<Message> {
    return await this.nextThat(
      `${type} ${kind ?? ""}`,
      (message) =>
        message["type"] === type &&
        (kind === undefined || (message["kind"] ?? "") === kind),
    );
  }

  /** Reads up to the next message that is so. */
  async nextThat(
    what: string,
    accept: (message: Message) => boolean,
  ): Promise<Message> {
    return await waitForValue(`${what} for ${this.id}`, () => {
      const found = this.messages.findIndex((message, index) =>
        index >= this.#read && accept(message)
      );
      if (found < 0) return undefined;
      this.#read = found + 1;
      return this.messages[found];
    });
  }

  /** All of a type that came so far, read or not. */
  all(type: string): Message[] {
    return this.messages.filter((message) => message["type"] === type);
  }

  /** Waits until all that it said has been dealt with. */
  settle(): Promise<void> {
    return this.client.settle();
  }

  /** Reads all there is, once all has settled: what follows counts. */
  async drain(): Promise<void> {
    await this.rest();
  }

  /** Reads all there is, once all has settled, and gives it. */
  async rest(): Promise<Message[]> {
    await this.settle();
    const rest = this.messages.slice(this.#read);
    this.#read = this.messages.length;
    return rest;
  }

  /** Waits until the server closes, and tells how. */
  ended(): Promise<Ended> {
    return this.client.ended();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.client.close();
  }
}

/** An id as Galène's clients make them. */
export function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

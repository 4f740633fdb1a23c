/** What a client says of itself when it joins. */
export interface Joining {
  readonly group: string;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  /** What it says in its handshake that it understands. */
  readonly extensions?: readonly string[];
}

/** The server's answer to it, a `joined` message. */
export type Joined = Readonly<Record<string, unknown>>;

/** A client in a group, or one that was refused. Whoever made it closes it. */
export interface JoinedClient extends AsyncDisposable {
  readonly answer: Joined;
  /** All that has come, in order, the answer included. */
  readonly messages: readonly Joined[];
  /** How it ended, once it has. */
  readonly closed: Promise<CloseEvent>;
  /** Says something more. */
  say(message: unknown): void;
  close(): Promise<void>;
}

/**
 * Joins a group over a WebSocket, and stays.
 *
 * @param server `http://HOST:PORT`
 */
export async function openClient(
  server: string,
  joining: Joining,
): Promise<JoinedClient> {
  const socket = new WebSocket(`${server.replace(/^http/, "ws")}/ws`);
  const messages: Joined[] = [];
  const closed = new Promise<CloseEvent>((resolve) => {
    socket.onclose = resolve;
  });
  const say = (message: unknown) => socket.send(JSON.stringify(message));
  const answer = await new Promise<Joined>((resolve, reject) => {
    socket.onerror = () => reject(new Error(`Cannot connect to ${server}`));
    socket.onopen = () => {
      const { extensions } = joining;
      const id = crypto.randomUUID();
      say({ type: "handshake", version: ["2"], id, extensions });
      say({ type: "join", kind: "join", ...joining });
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data) as Joined;
      messages.push(message);
      if (message["type"] === "ping") say({ type: "pong" });
      if (message["type"] === "joined") resolve(message);
    };
  });
  const close = async () => {
    socket.close();
    await closed;
  };
  return {
    answer,
    messages,
    closed,
    say,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Joins a group over a WebSocket, and leaves at once. */
export async function join(server: string, joining: Joining): Promise<Joined> {
  await using client = await openClient(server, joining);
  return client.answer;
}

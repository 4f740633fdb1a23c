import assert from "node:assert/strict";
import { FakeEnvironment, type Sent, settle } from "./fake_environment.ts";
import { type FakePeer, FakeTrack } from "./fake_peer.ts";
import { ServerConnection } from "./server_connection.ts";
import type { Stream } from "./stream.ts";

/** A connection that has joined a group, and the other side of it. */
export interface Joined {
  readonly environment: FakeEnvironment;
  readonly connection: ServerConnection;
  /** The server says something; all that follows has happened afterwards. */
  say(message: unknown): Promise<void>;
  /** What the client has said since the last call, without its sender's names. */
  take(): Sent[];
}

/** The server's word that the client is in. */
export const JOINED = {
  type: "joined",
  kind: "join",
  group: "lobby",
  username: "alice",
  permissions: ["present", "message"],
  status: { name: "lobby", clientCount: 1 },
  rtcConfiguration: {},
};

/** Connects and joins `lobby` as `alice`, with ids from a random number on. */
export async function join(firstRandom = 1): Promise<Joined> {
  const environment = new FakeEnvironment(firstRandom);
  const connection = new ServerConnection(environment);
  connection.onerror = (error) => {
    throw error;
  };
  connection.connect("wss://example.org/ws");
  environment.socket.open();
  environment.socket.receive({ type: "handshake", version: ["2"] });
  environment.socket.receive(JOINED);
  environment.socket.take();
  await settle();
  return {
    environment,
    connection,
    say: async (message) => {
      environment.socket.receive(message);
      await settle();
    },
    take: () =>
      environment.socket.take().map((message) => {
        const { source: _source, username: _username, ...rest } = message;
        return rest as Sent;
      }),
  };
}

/** What happened to streams, in order, in words. */
export class Diary {
  readonly entries: string[] = [];

  /** Writes down what happens to `stream` under the name given. */
  follow(stream: Stream, name: string): void {
    stream.onclose = (replace) =>
      this.entries.push(`${name} ${replace ? "replaced" : "closed"}`);
    stream.onabort = () => this.entries.push(`${name} aborted`);
    stream.onlive = () => this.entries.push(`${name} live`);
    stream.onerror = () => this.entries.push(`${name} failed`);
  }
}

/** A stream with a camera's track, offered but not answered. */
export async function offerCamera(
  { environment, connection }: Joined,
  localId?: string,
): Promise<{ stream: Stream; peer: FakePeer }> {
  const stream = connection.newUpStream(localId);
  const peer = environment.peers.at(-1);
  assert(peer);
  stream.label = "camera";
  peer.addTransceiver(new FakeTrack("video").asTrack());
  await settle();
  return { stream, peer };
}

/** A stream that the server has accepted, and that is connected. */
export async function publishCamera(
  joined: Joined,
  localId?: string,
): Promise<{ stream: Stream; peer: FakePeer }> {
  const published = await offerCamera(joined, localId);
  await joined.say({ type: "answer", id: published.stream.id, sdp: "answer" });
  published.peer.transport("connected");
  return published;
}

/** A stream that the server offers, answered but without media. */
export async function receiveCamera(
  joined: Joined,
  id: string,
  replace?: string,
): Promise<{ stream: Stream; peer: FakePeer }> {
  const sdp = `offer of ${id}`;
  await joined.say({
    type: "offer",
    id,
    label: "camera",
    source: "bob",
    username: "bob",
    sdp,
    ...replace !== undefined && { replace },
  });
  const stream = joined.connection.down[id];
  const peer = joined.environment.peers.at(-1);
  assert(stream);
  assert(peer);
  return { stream, peer };
}

/** The same, connected and with its first video packet received. */
export async function watchCamera(
  joined: Joined,
  id: string,
  replace?: string,
): Promise<{ stream: Stream; peer: FakePeer }> {
  const received = await receiveCamera(joined, id, replace);
  const track = received.peer.track("video");
  received.peer.transport("connected");
  track.unmute();
  return received;
}

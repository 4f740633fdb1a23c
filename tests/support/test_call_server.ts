/**
 * The whole server without HTTP: signalling, media on a real port, and clients
 * that are a WebSocket's worth of messages and real peers.
 *
 * @module
 */
import { type App, createApp } from "../../app.ts";
import { createSystemClock } from "../../clock.ts";
import type { ConnectionHandle } from "../../http/ports.ts";
import { SILENT_LOG } from "../../lib/log.ts";
import { after, type Clock, type Now, wallTimeAt } from "../../lib/time.ts";
import { decodeClientMessage } from "../../protocol/client_message.ts";
import type { GroupName, Username } from "../../protocol/ids.ts";
import type { PlaneEvent } from "../../protocol/media_plane.ts";
import type { ServerMessage } from "../../protocol/server_message.ts";
import { openPlane } from "../../sfu/open_plane.ts";
import { openPortablePorts } from "../../sfu/transport/native/choose_ports.ts";
import type { Media } from "../../sfu/workers/open_media.ts";
import type { CodecName } from "../../sfu/sdp/codecs.ts";
import type { GroupDescription } from "../../signalling/group_description.ts";
import { Router } from "../../signalling/router.ts";
import type { OpenPorts } from "./port_sets.ts";
import { openTestPeer, type TestPeer } from "./test_peer.ts";
import {
  readTestSdp,
  type SdpParameters,
  type TestTrack,
  writeTestAnswer,
  writeTestOffer,
} from "./test_sdp.ts";
import { waitForValue } from "./wait_for.ts";

/** A server message of one type. */
type Received<Type extends ServerMessage["type"]> =
  & ServerMessage
  & { readonly type: Type };

/** How a server differs from the usual one. */
export interface TestCallOptions {
  /** The system's unless given. */
  readonly clock?: Clock;
  /** Those of all groups; the server's default unless given. */
  readonly codecs?: readonly CodecName[];
}

/** The system's clock, that can be put forward. */
export class ForwardClock implements Clock {
  readonly #system = createSystemClock();
  #aheadMs = 0;

  now(): Now {
    const { instant, wall } = this.#system.now();
    return {
      instant: after(instant, this.#aheadMs),
      wall: wallTimeAt(wall + this.#aheadMs),
    };
  }

  /** Lets time pass at once. */
  advance(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** A server in this process; to be closed. */
export class TestCallServer {
  readonly host: string;
  readonly app: App;
  readonly #media: Media;
  readonly #clients: TestCallClient[] = [];
  #nextId = 1;

  /** Closes the media, too. */
  constructor(
    host: string,
    media: Media,
    { clock = createSystemClock(), codecs }: TestCallOptions = {},
  ) {
    this.host = host;
    this.#media = media;
    const randomId = () => `chat${this.#nextId++}`;
    this.app = createApp({
      router: new Router({ rtcConfiguration: {}, randomId }),
      authenticator: {
        check: (group, asked) =>
          Promise.resolve(admit(group, asked.username, codecs)),
      },
      tokens: {
        act: () => Promise.resolve({ kind: "refused", reason: "internal" }),
      },
      clock,
      log: SILENT_LOG,
      openMedia: (onEvent) => media.attach(onEvent),
    });
  }

  /** The media port, if there is only one. */
  get port(): number {
    return this.#media.ports[0]!;
  }

  /** A client that has joined a group and wants to see everything. */
  async join(username: string, group = "test"): Promise<TestCallClient> {
    const client = new TestCallClient(this, username, group);
    this.#clients.push(client);
    await client.next("joined");
    client.say({ type: "request", request: { "": ["audio", "video"] } });
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.app.close("");
    await this.#media.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Opens a server that is reached at a loopback address. */
export async function openTestCallServer(
  openPorts: OpenPorts = openPortablePorts,
  host = "127.0.0.1",
  options: TestCallOptions = {},
): Promise<TestCallServer> {
  const ports = await openPorts();
  let tell: (event: PlaneEvent) => void = () => {};
  const plane = openPlane({
    hostname: "::",
    port: 0,
    reservedTcpPorts: [],
    publicAddresses: [host],
    ports,
    clock: options.clock ?? createSystemClock(),
    log: SILENT_LOG,
    onEvent: (event) => tell(event),
  });
  return new TestCallServer(host, {
    ports: [plane.port],
    attach(onEvent) {
      tell = onEvent;
      return plane;
    },
    close() {
      ports.dtls.close();
      return Promise.resolve();
    },
  }, options);
}

/** One client; closed with its server. */
export class TestCallClient {
  /** What the server said, in order. */
  readonly messages: ServerMessage[] = [];
  /** Whether the server has ended the connection. */
  ended = false;
  readonly #server: TestCallServer;
  readonly #handle: ConnectionHandle;
  readonly #peers: TestPeer[] = [];

  constructor(server: TestCallServer, username: string, group: string) {
    this.#server = server;
    this.#handle = server.app.open({
      address: "127.0.0.1:1",
      send: (message) => this.messages.push(message),
      disconnect: () => this.ended = true,
    });
    this.say({ type: "handshake", version: ["2"], id: username });
    this.say({ type: "join", kind: "join", group, username });
  }

  /** Sends a message as text would come. */
  say(message: Record<string, unknown>): void {
    this.#handle.receive(decodeClientMessage(JSON.stringify(message)));
  }

  /** All messages of a type so far, perhaps of one flow. */
  all<Type extends ServerMessage["type"]>(
    type: Type,
    id?: string,
  ): Received<Type>[] {
    return this.messages.filter((message): message is Received<Type> =>
      message.type === type &&
      (id === undefined || ("id" in message && message.id === id))
    );
  }

  /** Waits for the first message of a type, perhaps of one flow. */
  next<Type extends ServerMessage["type"]>(
    type: Type,
    id?: string,
  ): Promise<Received<Type>> {
    return waitForValue(`${type} ${id ?? ""}`, () => this.all(type, id)[0]);
  }

  /**
   * Publishes a flow, or offers it anew by another peer; resolves when its peer
   * is connected.
   */
  async publish(
    id: string,
    tracks: readonly TestTrack[],
    replace?: string,
  ): Promise<TestPeer> {
    const remote = { iceUfrag: "", icePwd: "", fingerprint: NO_FINGERPRINT };
    const peer = await this.#openPeer(remote);
    const before = this.all("answer", id).length;
    this.offer(id, tracks, peer, replace);
    const answer = await waitForValue(
      `the answer for ${id}`,
      () => this.all("answer", id)[before],
    );
    Object.assign(remote, readTestSdp(answer.sdp));
    await peer.connect();
    return peer;
  }

  /** Offers a flow by a peer, and does not wait. */
  offer(
    id: string,
    tracks: readonly TestTrack[],
    peer: TestPeer,
    replace?: string,
  ): void {
    this.say({
      type: "offer",
      id,
      label: "camera",
      sdp: writeTestOffer(tracks, peer.local),
      ...(replace === undefined ? {} : { replace }),
    });
  }

  /**
   * Waits for a flow's offer and answers it; resolves when connected.
   *
   * @param nth which of the offers for that id, from 0
   */
  async view(id: string, nth = 0): Promise<TestPeer> {
    const offer = await waitForValue(
      `offer ${nth} for ${id}`,
      () => this.all("offer", id)[nth],
    );
    const peer = await this.#openPeer(readTestSdp(offer.sdp));
    this.say({
      type: "answer",
      id,
      sdp: writeTestAnswer(offer.sdp, peer.local),
    });
    await peer.connect();
    return peer;
  }

  close(): void {
    for (const peer of this.#peers) peer.close();
    this.#handle.closed();
  }

  async #openPeer(remote: SdpParameters): Promise<TestPeer> {
    const peer = await openTestPeer({
      serverHost: this.#server.host,
      serverPort: this.#server.port,
      remote,
    });
    this.#peers.push(peer);
    return peer;
  }
}

const NO_FINGERPRINT = { algorithm: "sha-256", value: "" };

function admit(
  group: string,
  username: string | undefined,
  codecs: readonly CodecName[] | undefined,
) {
  const description: GroupDescription = {
    name: group as GroupName,
    public: false,
    maxHistoryAgeMs: 1_000,
    autolock: false,
    autokick: false,
    allowRecording: false,
    canChangePassword: false,
    ...codecs === undefined ? {} : { codecs },
  };
  return {
    kind: "accepted",
    username: (username ?? "") as Username,
    permissions: ["present", "message"],
    description,
  } as const;
}

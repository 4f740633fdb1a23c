/**
 * A browser's surroundings for tests: time that stands still, a socket without
 * a network, peers without media.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Environment, Socket, Timer } from "./environment.ts";
import { FakePeer } from "./fake_peer.ts";

/** What a client sent, as parsed JSON. */
export type Sent = { readonly type: string; readonly [field: string]: unknown };

/** A WebSocket whose server is the test. */
export class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  closed = false;
  readonly sent: Sent[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  /** The messages since the last call. */
  take(): Sent[] {
    return this.sent.splice(0);
  }

  /** The network connection stands. */
  open(): void {
    this.onopen?.({} as Event);
  }

  /** The server says something. */
  receive(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }

  /** The server, or the network, ends it. */
  drop(code: number, reason: string): void {
    this.closed = true;
    this.onclose?.({ code, reason } as CloseEvent);
  }
}

interface PendingTimer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Surroundings that the test is master of. */
export class FakeEnvironment implements Environment {
  readonly sockets: FakeSocket[] = [];
  readonly peers: FakePeer[] = [];
  readonly configurations: RTCConfiguration[] = [];
  readonly requests: { url: string; init: RequestInit }[] = [];
  /** What the next fetch yields. */
  response = new Response(null, { status: 404 });
  #nowMs = 0;
  #nextTimer = 1;
  #nextRandom: number;
  #timers = new Map<number, PendingTimer>();

  /** @param firstRandom another one for each of several that shall differ */
  constructor(firstRandom = 1) {
    this.#nextRandom = firstRandom;
  }

  openSocket(): Socket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }

  createPeer(configuration: RTCConfiguration): RTCPeerConnection {
    const peer = new FakePeer();
    this.peers.push(peer);
    this.configurations.push(configuration);
    return peer.asPeer();
  }

  createMediaStream(): MediaStream {
    return fakeMediaStream([]);
  }

  fetch(url: string, init: RequestInit): Promise<Response> {
    this.requests.push({ url, init });
    return Promise.resolve(this.response);
  }

  pageUrl(): string {
    return "https://example.org/group/lobby/";
  }

  randomBytes(): Uint8Array {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint32(12, this.#nextRandom++);
    return bytes;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(run: () => void, afterMs: number): Timer {
    const timer = this.#nextTimer++;
    this.#timers.set(timer, { dueMs: this.#nowMs + afterMs, run });
    return timer as unknown as Timer;
  }

  clearTimer(timer: Timer): void {
    this.#timers.delete(timer as unknown as number);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and runs what is due, in order. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers]
        .filter(([, timer]) => timer.dueMs <= untilMs)
        .sort(([, a], [, b]) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      const [id, timer] = due;
      this.#timers.delete(id);
      this.#nowMs = timer.dueMs;
      timer.run();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /** The socket opened last. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    assert(socket, "no socket has been opened");
    return socket;
  }
}

/** Lets all promises that can be resolved run to their end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

/** A `MediaStream` that only holds tracks. */
export function fakeMediaStream(tracks: MediaStreamTrack[]): MediaStream {
  return {
    getTracks: () => [...tracks],
    addTrack: (track: MediaStreamTrack) => void tracks.push(track),
  } as unknown as MediaStream;
}

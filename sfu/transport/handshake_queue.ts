import type { Instant } from "../../lib/time.ts";
import type { Endpoint } from "./ports.ts";

/**
 * How long handshakes may hold everything else up at a time, in milliseconds;
 * what is begun then is still done. Lower delays media less; higher connects a
 * crowd a little sooner.
 */
const TURN_MS = 2;

/** The same in datagrams: most are short steps, and a clock may stand still. */
const TURN_STEPS = 16;

/** How many datagrams of one peer wait: a client's flight, twice. */
const MAX_PER_PEER = 16;

/** How many datagrams of all wait: of hundreds of people, a flight each. */
const MAX_WAITING = 4_096;

/** A peer that takes DTLS datagrams. */
export interface DtlsTaker {
  handleDtls(datagram: Uint8Array, from: Endpoint, now: Instant): void;
}

interface Waiting {
  readonly peer: DtlsTaker;
  readonly datagram: Uint8Array;
  readonly from: Endpoint;
}

/**
 * DTLS datagrams that wait for their turn. A step of a handshake costs as much
 * as a hundred packets of media, and hundreds of people come at once: so media
 * goes first, and handshakes get a little time after each batch. Whoever is not
 * taken, because too much waits, repeats what he said.
 */
export class HandshakeQueue {
  readonly #now: () => Instant;
  #waiting: Waiting[] = [];
  #done = 0;
  readonly #counts = new Map<DtlsTaker, number>();

  /** @param now the real time, which goes on during a turn */
  constructor(now: () => Instant) {
    this.#now = now;
  }

  /** How many datagrams wait. */
  get size(): number {
    return this.#waiting.length - this.#done;
  }

  /** Keeps a copy of a datagram; false if there is no room. */
  push(peer: DtlsTaker, datagram: Uint8Array, from: Endpoint): boolean {
    const count = this.#counts.get(peer) ?? 0;
    if (count >= MAX_PER_PEER || this.size >= MAX_WAITING) return false;
    this.#counts.set(peer, count + 1);
    this.#waiting.push({ peer, datagram: datagram.slice(), from });
    return true;
  }

  /** Hands on the first ones for one turn: at least one, if any waits. */
  run(): void {
    if (this.size === 0) return;
    const start = this.#now();
    let now = start;
    let steps = 0;
    do {
      const { peer, datagram, from } = this.#take();
      peer.handleDtls(datagram, from, now);
      now = this.#now();
      steps++;
    } while (this.size > 0 && steps < TURN_STEPS && now - start < TURN_MS);
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
    this.#done = 0;
    this.#counts.clear();
  }

  #take(): Waiting {
    const first = this.#waiting[this.#done++]!;
    const count = this.#counts.get(first.peer)! - 1;
    if (count > 0) this.#counts.set(first.peer, count);
    else this.#counts.delete(first.peer);
    // So that each is moved about once, however long the queue is.
    if (this.#done * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#done);
      this.#done = 0;
    }
    return first;
  }
}

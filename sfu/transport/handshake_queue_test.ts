import assert from "node:assert/strict";
import { after, type Instant, instantAt } from "../../lib/time.ts";
import { HandshakeQueue } from "./handshake_queue.ts";
import type { Endpoint } from "./ports.ts";

const FROM = 1 as Endpoint;

/** A queue whose handshakes take that long each. */
class Fixture {
  readonly handled: number[] = [];
  readonly queue: HandshakeQueue;
  #now: Instant = instantAt(0);
  readonly #stepMs: number;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
    this.queue = new HandshakeQueue(() => this.#now);
  }

  peer() {
    return {
      handleDtls: (datagram: Uint8Array) => {
        this.handled.push(datagram[0]!);
        this.#now = after(this.#now, this.#stepMs);
      },
    };
  }

  /** How many are handled in one turn. */
  run(): number {
    const before = this.handled.length;
    this.queue.run();
    return this.handled.length - before;
  }
}

for (
  const [stepMs, perTurn] of [[0, 16], [0.25, 8], [0.5, 4], [1.5, 2], [
    20,
    1,
  ]] as const
) {
  Deno.test(`HandshakeQueue.run() does ${perTurn} steps of ${stepMs} ms at a time, in order`, () => {
    const it = new Fixture(stepMs);
    for (let n = 0; n < 200; n++) {
      assert.ok(it.queue.push(it.peer(), Uint8Array.of(n), FROM));
    }

    let turns = 0;
    while (it.queue.size > 0) {
      assert.ok(it.run() <= perTurn);
      turns++;
    }
    assert.equal(turns, Math.ceil(200 / perTurn));
    assert.deepEqual(it.handled, Array.from({ length: 200 }, (_, n) => n));
    assert.equal(it.run(), 0);
  });
}

Deno.test("HandshakeQueue.push() keeps a copy", () => {
  const it = new Fixture(1);
  const datagram = Uint8Array.of(5);
  it.queue.push(it.peer(), datagram, FROM);
  datagram[0] = 6;
  it.queue.run();
  assert.deepEqual(it.handled, [5]);
});

Deno.test("HandshakeQueue.push() lets nobody take the others' room", () => {
  const it = new Fixture(1);
  const greedy = it.peer();
  let taken = 0;
  while (it.queue.push(greedy, Uint8Array.of(0), FROM)) taken++;
  assert.equal(taken, 16);
  assert.ok(it.queue.push(it.peer(), Uint8Array.of(1), FROM));

  it.run();
  assert.ok(it.queue.push(greedy, Uint8Array.of(0), FROM));
});

Deno.test("HandshakeQueue.push() is bounded, and starts again when there is room", () => {
  const it = new Fixture(1);
  let taken = 0;
  while (it.queue.push(it.peer(), Uint8Array.of(taken), FROM)) taken++;
  assert.equal(taken, 4_096);
  it.run();
  assert.ok(it.queue.push(it.peer(), Uint8Array.of(1), FROM));

  it.queue.clear();
  assert.equal(it.queue.size, 0);
  assert.equal(it.run(), 0);
});

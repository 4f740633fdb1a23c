import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { settle } from "./fake_environment.ts";
import { type FakePeer, FakeTrack } from "./fake_peer.ts";
import type { Stream } from "./stream.ts";
import { join, type Joined } from "./test_support.ts";

/** One thing that happens; numbers choose among what there is. */
type Step =
  | { do: "publish" | "replace" | "close" | "negotiate"; which: number }
  | { do: "connect" | "fail"; which: number }
  | { do: "serve"; refuse: boolean }
  | { do: "answer" | "revoke"; which: number }
  | { do: "deliver" }
  | { do: "pass"; ms: number };

const which = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("publish" as const), which }),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("replace" as const), which }),
  },
  fc.record({
    do: fc.constantFrom("close" as const, "negotiate" as const),
    which,
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "connect" as const,
        "connect" as const,
        "fail" as const,
      ),
      which,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("serve" as const),
      refuse: fc.nat(5).map((n) => n === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("answer" as const), which }),
  },
  fc.record({ do: fc.constant("revoke" as const), which }),
  { weight: 6, arbitrary: fc.constant<Step>({ do: "deliver" }) },
  fc.record({ do: fc.constant("pass" as const), ms: fc.nat(6_000) }),
);

/**
 * A server and its network: messages wait on both ways, answers of distinct
 * flows overtake one another, and what a flow replaces is gone in one step.
 */
class Model {
  /** Flows that the server has. */
  readonly flows = new Set<string>();
  /** Flows that another has taken the place of, by that other. */
  readonly replaced = new Map<string, string>();
  /** Flows that the client knows to have been replaced. */
  readonly confirmed = new Set<string>();
  readonly streams: Stream[] = [];
  readonly closings = new Map<Stream, number>();
  readonly peers = new Map<Stream, FakePeer>();
  readonly unanswered: string[] = [];
  readonly #toServer: Record<string, unknown>[] = [];
  readonly #toClient: Record<string, unknown>[] = [];
  /** Offers sent and not yet answered or refused, as the client knows it. */
  readonly #outstanding = new Map<string, number>();
  readonly #joined: Joined;

  constructor(joined: Joined) {
    this.#joined = joined;
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case "publish":
        this.#publish();
        break;
      case "replace":
        this.#publish(pick(this.streams, step.which)?.localId);
        break;
      case "close":
        pick(this.#open(), step.which)?.close();
        break;
      case "negotiate":
        await pick(this.#open(), step.which)?.negotiate();
        break;
      case "connect":
      case "fail":
        this.#transport(step.do, step.which);
        break;
      case "serve":
        this.#serve(step.refuse);
        break;
      case "answer":
        this.#answer(step.which);
        break;
      case "revoke":
        this.#revoke(step.which);
        break;
      case "deliver":
        this.#deliver();
        break;
      case "pass":
        await this.#joined.environment.pass(step.ms);
    }
    await settle();
    this.#collect();
  }

  /** Everything that is under way arrives, and all that is open connects. */
  async finish(): Promise<void> {
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 200; i++) {
        this.#serve(false);
        this.#answer(0);
        this.#deliver();
        await settle();
        this.#collect();
      }
      for (const [stream, peer] of this.peers) {
        if (!stream.closed) peer.transport("connected");
      }
      await this.#joined.environment.pass(12_000);
      this.#joined.environment.socket.receive({ type: "pong" });
      this.#collect();
    }
  }

  #open(): Stream[] {
    return this.streams.filter(({ closed }) => !closed);
  }

  #publish(localId?: string): void {
    const stream = this.#joined.connection.newUpStream(localId);
    const peer = this.#joined.environment.peers.at(-1);
    assert(peer);
    assert(this.streams.every(({ id }) => id !== stream.id), "id used again");
    if (localId !== undefined) assert.equal(stream.localId, localId);
    stream.onclose = () =>
      this.closings.set(stream, (this.closings.get(stream) ?? 0) + 1);
    stream.onerror = (error) => assert.fail(`stream failed: ${error}`);
    this.streams.push(stream);
    this.peers.set(stream, peer);
    peer.addTransceiver(new FakeTrack("video").asTrack());
  }

  #transport(how: "connect" | "fail", which: number): void {
    const stream = pick(
      this.#open().filter(({ id }) =>
        (this.peers.get(this.#byId(id))?.remotes.length ?? 0) > 0
      ),
      which,
    );
    if (stream === undefined) return;
    this.peers.get(stream)?.transport(
      how === "connect" ? "connected" : "failed",
    );
  }

  #byId(id: string): Stream {
    const stream = this.streams.find((each) => each.id === id);
    assert(stream);
    return stream;
  }

  /** Takes what the client has sent since the last step, and checks it. */
  #collect(): void {
    for (const message of this.#joined.take()) {
      const id = String(message["id"]);
      if (message.type === "offer") this.#checkOffer(id);
      if (message.type === "close") {
        assert(!this.confirmed.has(id), "close of a flow that was replaced");
      }
      this.#toServer.push(message);
    }
  }

  #checkOffer(id: string): void {
    const outstanding = (this.#outstanding.get(id) ?? 0) + 1;
    assert.equal(outstanding, 1, "two offers of one flow outstanding");
    const gone = [...this.replaced.values()].includes(id);
    assert(!gone, "offer of a flow that has been replaced");
    const rivals = this.#toServer.filter((each) =>
      each["type"] === "offer" && each["replace"] === id
    );
    assert.deepEqual(rivals, [], "offer of a flow that is being replaced");
    this.#outstanding.set(id, outstanding);
  }

  #serve(refuse: boolean): void {
    const message = this.#toServer.shift();
    if (message === undefined) return;
    const id = String(message["id"]);
    if (message["type"] === "close") {
      this.#drop(id);
    }
    if (message["type"] !== "offer") return;
    if (refuse && !this.flows.has(id)) {
      this.#toClient.push({ type: "abort", id });
      return;
    }
    const old = message["replace"];
    if (typeof old === "string" && this.flows.delete(old)) {
      this.replaced.set(id, old);
      remove(this.unanswered, old);
    }
    this.flows.add(id);
    this.unanswered.push(id);
  }

  #answer(which: number): void {
    const id = pick(this.unanswered, which);
    if (id === undefined) return;
    remove(this.unanswered, id);
    this.#toClient.push({ type: "answer", id, sdp: `answer of ${id}` });
  }

  /**
   * The client may not publish any more, say. What the server has not answered
   * it has not accepted either: it refuses that, which is another step.
   */
  #revoke(which: number): void {
    const answered = [...this.flows].filter((id) =>
      !this.unanswered.includes(id)
    );
    const id = pick(answered, which);
    if (id === undefined) return;
    this.#drop(id);
    this.#toClient.push({ type: "abort", id });
  }

  #drop(id: string): void {
    this.flows.delete(id);
    remove(this.unanswered, id);
  }

  #deliver(): void {
    const message = this.#toClient.shift();
    if (message === undefined) return;
    const id = String(message["id"]);
    this.#outstanding.set(id, 0);
    const old = this.replaced.get(id);
    const known = this.#joined.connection.up[id] !== undefined;
    if (message["type"] === "answer" && known && old !== undefined) {
      this.confirmed.add(old);
    }
    this.#joined.environment.socket.receive(message);
  }
}

function pick<T>(from: readonly T[], which: number): T | undefined {
  return from[which % Math.max(1, from.length)];
}

function remove<T>(from: T[], what: T): void {
  const at = from.indexOf(what);
  if (at >= 0) from.splice(at, 1);
}

test("Streams and the server agree on what is published, whatever crosses whatever", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const joined = await join();
      const model = new Model(joined);
      for (const each of steps) await model.run(each);
      await model.finish();

      const open = Object.values(joined.connection.up);
      assert.deepEqual(
        new Set(open.map(({ id }) => id)),
        model.flows,
        "flows that the client has and the server has not, or the reverse",
      );
      assert.equal(
        new Set(open.map(({ localId }) => localId)).size,
        open.length,
        "an old stream goes on beside the one that has replaced it",
      );
      for (const stream of model.streams) {
        const times = model.closings.get(stream) ?? 0;
        assert.equal(times, stream.closed ? 1 : 0, "onclose called once");
        assert.equal(model.peers.get(stream)?.closed, stream.closed);
      }
    }),
    { numRuns: 1_000 },
  );
});

/** Section A.4: flows, at a real media plane. */
import assert from "node:assert/strict";

import { waitFor, waitForValue } from "../support/wait_for.ts";
import { newGroup, randomId, Reader } from "./reader.ts";
import { answer, draftOffer, publish, view } from "./media.ts";

/** A publisher and a viewer who wants everything, in a group of their own. */
async function pair() {
  const group = newGroup("conf");
  const ann = await Reader.join({ group, username: "ann" });
  const bob = await Reader.join({ group, username: "bob" });
  bob.say({ type: "request", request: { "": ["audio", "video"] } });
  await ann.drain();
  await bob.drain();
  const stack = new AsyncDisposableStack();
  stack.use(ann);
  stack.use(bob);
  return { group, ann, bob, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** That whatever is said does nothing and ends nothing. */
async function assertIgnored(client: Reader, message: unknown): Promise<void> {
  await client.drain();
  client.say(message);
  assert.deepEqual(await client.rest(), []);
  assert.equal(client.closing, undefined);
}

Deno.test("A-40 A-49 A-51 an empty id: 1002", async () => {
  for (
    const message of [
      { type: "offer", id: "", sdp: "v=0\r\n" },
      { type: "close", id: "" },
      { type: "ice", id: "", candidate: { candidate: "", sdpMid: "0" } },
      { type: "answer", id: "", sdp: "v=0\r\n" },
    ]
  ) {
    await using client = await Reader.greet();
    client.say(message);
    assert.deepEqual(await client.ended(), { code: 1002, reason: "empty id" });
  }
});

Deno.test(
  "A-40 A-53 who may not present is told so, and nothing else happens",
  async () => {
    const group = newGroup("conf");
    await using mia = await Reader.join({
      group,
      username: "mia",
      password: "pw-mia",
    });
    const id = randomId();
    mia.say({ type: "offer", id, sdp: await draftOffer() });
    assert.deepEqual(await mia.next("abort"), { type: "abort", id });
    assert.equal((await mia.next("usermessage"))["value"], "not authorised");
    await assertIgnored(mia, { type: "close", id });
  },
);

Deno.test(
  "A-41 an offer that cannot be read: abort and an error, and the connection goes on",
  async () => {
    await using people = await pair();
    const { ann } = people;
    const id = randomId();
    ann.say({ type: "offer", id, sdp: "nonsense" });
    assert.deepEqual(await ann.next("abort"), { type: "abort", id });
    const error = await ann.next("usermessage");
    assert.equal(error["kind"], "error");
    assert.match(String(error["value"]), /\S/);
    await ann.settle();
    assert.equal(ann.closing, undefined);
  },
);

Deno.test(
  "A-42 A-45 K-3 B-1 a flow is published, shown and ended",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    const id = randomId();
    using flow = await publish(ann, id);
    assert.deepEqual(Object.keys(flow.message).sort(), ["id", "sdp", "type"]);
    using viewed = await view(bob, id);
    const { sdp, ...offer } = viewed.message;
    assert.match(String(sdp), /^v=0\r\n/);
    assert.deepEqual(offer, {
      type: "offer",
      id,
      label: "camera",
      source: ann.id,
      username: "ann",
    });
    await waitFor("packets", () => viewed.received, (count) => count > 10);
    ann.say({ type: "close", id });
    assert.deepEqual(await bob.next("close"), { type: "close", id });
    await assertIgnored(ann, { type: "close", id });
  },
);

Deno.test(
  "A-41 a further offer of one's own flow is answered anew",
  async () => {
    await using people = await pair();
    const { ann } = people;
    const id = randomId();
    using flow = await publish(ann, id);
    ann.say({
      type: "offer",
      id,
      kind: "renegotiate",
      sdp: flow.sdp,
    });
    const again = await ann.next("answer");
    assert.equal(again["id"], id);
  },
);

Deno.test(
  "A-43 A-44 A-46 J-9 a replaced flow leaves no gap: an offer with replace, and no close",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    const first = randomId();
    const second = randomId();
    using _old = await publish(ann, first);
    using before = await view(bob, first);
    await waitFor("packets", () => before.received, (count) => count > 5);
    await bob.drain();
    using _new = await publish(ann, second, { replace: first });
    using after = await view(bob, second);
    assert.equal(after.message["replace"], first);
    await waitFor("packets", () => after.received, (count) => count > 5);
    await bob.settle();
    assert.deepEqual(bob.all("close").filter(({ id }) => id !== first), []);
    ann.say({ type: "close", id: second });
    await bob.nextThat(
      "close",
      ({ type, id }) => type === "close" && id === second,
    );
  },
);

Deno.test(
  "A-43 replacing what is not there, or another's, just opens the new one",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    const [foreign, own] = [randomId(), randomId()];
    bob.say({ type: "request", request: {} });
    using bobs = await publish(bob, foreign);
    using _anns = await publish(ann, own, { replace: foreign });
    await bob.drain();
    bob.say({ type: "offer", id: foreign, sdp: bobs.sdp });
    assert.equal((await bob.next("answer"))["id"], foreign);
  },
);

Deno.test(
  "A-44 viewers are never told to close what they have not seen",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    const id = randomId();
    using _flow = await publish(ann, id);
    using _viewed = await view(bob, id);

    assert.deepEqual(bob.all("close"), []);
  },
);

Deno.test(
  "A-47 at most one offer is outstanding for a flow; needs are merged after the answer",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    const id = randomId();
    using _flow = await publish(ann, id);
    const offer = await bob.next("offer");
    bob.say({ type: "renegotiate", id });
    bob.say({ type: "requestStream", id, request: ["audio"] });
    bob.say({ type: "renegotiate", id });
    assert.deepEqual(
      (await bob.rest()).filter(({ type }) => type === "offer"),
      [],
    );
    using _viewed = await answer(bob, offer);
    const second = await bob.next("offer");
    assert.equal(second["id"], id);
    await bob.settle();
    assert.equal(bob.all("offer").length, 2);
  },
);

Deno.test(
  "A-48 answers to what is unknown, or unusable, close it",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    bob.say({ type: "answer", id: "nowhere", sdp: "v=0\r\n" });
    assert.deepEqual(await bob.next("close"), { type: "close", id: "nowhere" });
    const id = randomId();
    using _flow = await publish(ann, id);
    await bob.next("offer");
    bob.say({ type: "answer", id, sdp: "nonsense" });
    assert.deepEqual(await bob.next("close"), { type: "close", id });
    assert.equal((await bob.next("usermessage"))["kind"], "error");
  },
);

Deno.test("A-49 a candidate that is none: 1002", async () => {
  for (const candidate of [null, undefined]) {
    await using client = await Reader.greet();
    client.say({ type: "ice", id: "x", candidate });
    const closing = await client.ended();
    assert.deepEqual(closing, { code: 1002, reason: "null candidate" });
  }
});

Deno.test(
  "A-49 A-50 candidates for what is unknown are dropped",
  async () => {
    await using people = await pair();
    await assertIgnored(people.ann, {
      type: "ice",
      id: "unknown",
      candidate: {
        candidate: "candidate:1 1 udp 1 192.0.2.1 5 typ host",
        sdpMid: "0",
        sdpMLineIndex: 0,
      },
    });
  },
);

Deno.test(
  "A-52 an abort is always answered by close; the flow comes back on request",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    bob.say({ type: "abort", id: "unknown" });
    assert.deepEqual(await bob.next("close"), { type: "close", id: "unknown" });
    const id = randomId();
    using _flow = await publish(ann, id);
    await bob.next("offer");
    bob.say({ type: "abort", id });
    assert.deepEqual(await bob.next("close"), { type: "close", id });
    bob.say({ type: "request", request: { "": ["audio", "video"] } });
    assert.equal((await bob.next("offer"))["id"], id);
  },
);

Deno.test(
  "A-54 renegotiate brings a new offer with other ICE credentials",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    await assertIgnored(bob, { type: "renegotiate", id: "unknown" });
    const id = randomId();
    using _flow = await publish(ann, id);
    using viewed = await view(bob, id);
    await bob.drain();
    bob.say({ type: "renegotiate", id });
    const offer = await bob.next("offer");
    const ufrag = (sdp: unknown) => /a=ice-ufrag:(\S+)/.exec(String(sdp))?.[1];
    assert.equal(offer["id"], id);
    assert.notEqual(ufrag(offer["sdp"]), ufrag(viewed.message["sdp"]));
  },
);

Deno.test(
  "A-55 nothing is offered to who has not asked, and no more than asked",
  async () => {
    await using people = await pair();
    const { ann, bob, group } = people;
    await using quiet = await Reader.join({ group, username: "quiet" });
    const id = randomId();
    using _flow = await publish(ann, id);
    using _viewed = await view(bob, id);
    await quiet.settle();
    assert.deepEqual(quiet.all("offer"), []);
    const kinds = (sdp: unknown) =>
      [...String(sdp).matchAll(/^m=(\w+) [1-9]/gm)].map((match) => match[1])
        .sort();
    quiet.say({ type: "request", request: { "": ["audio", "nonsense"] } });
    assert.deepEqual(kinds((await quiet.next("offer"))["sdp"]), ["audio"]);
    quiet.say({ type: "request", request: { camera: [], "": ["audio"] } });
    assert.deepEqual(await quiet.next("close"), { type: "close", id });
    quiet.say({
      type: "request",
      request: { camera: ["video"], "": ["audio"] },
    });
    assert.deepEqual(kinds((await quiet.next("offer"))["sdp"]), ["video"]);
  },
);

Deno.test(
  "A-55 a request of the wrong type, or outside of a group: 1011",
  async () => {
    await using outside = await Reader.greet();
    outside.say({ type: "request", request: {} });
    assert.equal((await outside.ended()).code, 1011);
    for (const request of ["audio", { "": "audio" }, { "": [1] }]) {
      await using client = await Reader.join({
        group: newGroup("conf"),
        username: "x",
      });
      client.say({ type: "request", request });
      assert.equal((await client.ended()).code, 1011);
    }
  },
);

Deno.test(
  "A-56 video-low is answered with the one picture that there is",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    bob.say({
      type: "request",
      request: { "": ["video-low", "video", "audio"] },
    });
    const id = randomId();
    using _flow = await publish(ann, id);
    const offer = await bob.next("offer");
    assert.equal([...String(offer["sdp"]).matchAll(/^m=/gm)].length, 2);
  },
);

Deno.test(
  "A-57 J-10 one flow is asked for by itself; an unknown one is ignored",
  async () => {
    await using people = await pair();
    const { ann, bob } = people;
    await assertIgnored(bob, {
      type: "requestStream",
      id: "gone",
      request: [],
    });
    const id = randomId();
    using _flow = await publish(ann, id);
    using viewed = await view(bob, id);
    const live = async (request: readonly string[] | null) => {
      bob.say({ type: "requestStream", id, request });
      const offer = await bob.next("offer");
      viewed.accept(offer);
      return [...String(offer["sdp"]).matchAll(/^a=sendonly/gm)].length;
    };
    assert.equal(await live(["audio"]), 1);
    assert.equal(await live(null), 2);
    bob.say({ type: "requestStream", id, request: [] });
    assert.deepEqual(await bob.next("close"), { type: "close", id });
  },
);

Deno.test(
  "A-58 A-92 K-4 who loses the right to present loses its flows",
  async () => {
    await using people = await pair();
    const { ann, bob, group } = people;
    await using olga = await Reader.join({
      group,
      username: "olga",
      password: "pw-olga",
    });
    const id = randomId();
    using _flow = await publish(ann, id);
    await bob.next("offer");
    olga.say({ type: "useraction", kind: "unpresent", dest: ann.id });
    assert.deepEqual((await ann.next("joined", "change"))["permissions"], [
      "message",
    ]);
    assert.deepEqual(await ann.next("abort"), { type: "abort", id });
    assert.deepEqual(await ann.next("usermessage"), {
      type: "usermessage",
      kind: "error",
      dest: ann.id,
      privileged: true,
      value: "permission denied",
    });
    assert.deepEqual(await bob.next("close"), { type: "close", id });
  },
);

Deno.test(
  "A-41 A-59 J-4 an id that another has is refused, over groups too, and nobody else notices",
  async () => {
    await using people = await pair();
    const { ann, bob, group } = people;
    const id = randomId();
    using _flow = await publish(ann, id);
    using viewed = await view(bob, id);
    await ann.drain();
    await bob.drain();
    const before = viewed.received;
    for (const where of [group, newGroup("conf")]) {
      await using rogue = await Reader.join({
        group: where,
        username: "rogue",
      });
      rogue.say({ type: "offer", id, sdp: await draftOffer() });
      assert.deepEqual(await rogue.next("abort"), { type: "abort", id });
      const error = await rogue.next("usermessage");
      assert.equal(error["kind"], "error");
      rogue.say({ type: "offer", id: randomId(), sdp: await draftOffer() });
      await rogue.next("answer");
    }
    // The viewer's own offer with an id that it watches.
    bob.say({ type: "offer", id, sdp: await draftOffer() });
    assert.deepEqual(await bob.next("abort"), { type: "abort", id });
    await waitFor(
      "packets",
      () => viewed.received,
      (count) => count > before + 10,
    );
    const seen = (await ann.rest()).filter(({ type }) => type !== "user");
    assert.deepEqual(seen, []);
    assert.equal(bob.closing, undefined);
  },
);

Deno.test("A-12 A-27 flows end with their publisher", async () => {
  await using people = await pair();
  const { ann, bob, group } = people;
  const [first, second] = [randomId(), randomId()];
  using _one = await publish(ann, first);
  await bob.next("offer");
  ann.say({ type: "join", kind: "leave", group });
  assert.deepEqual(await bob.next("close"), { type: "close", id: first });
  await ann.next("joined", "leave");
  await ann.join({ group, username: "ann" });
  using _two = await publish(ann, second);
  await bob.next("offer");
  await ann[Symbol.asyncDispose]();
  await waitForValue(
    "the close",
    () => bob.all("close").find(({ id }) => id === second),
  );
});

/**
 * What is published, and who gets to see it.
 *
 * @module
 */
import assert from "node:assert/strict";

import {
  assertFatal,
  Client,
  heardSince,
  type Message,
  newGroup,
  serverError,
} from "./client.ts";
import {
  Camera,
  EVERYTHING,
  idleOffer,
  kindsOf,
  NOBODY,
  Screen,
} from "./media.ts";
import { readTestSdp, writeTestAnswer } from "../support/test_sdp.ts";

/** A name for a flow that nobody else has. */
function newFlow(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}`;
}

/** A group with somebody who publishes and somebody who watches it. */
class Showing implements AsyncDisposable {
  readonly group = newGroup();
  readonly id = newFlow("cam");
  paul!: Client;
  viewer!: Client;
  camera!: Camera;
  screen!: Screen;
  offer!: Message;

  static async open(): Promise<Showing> {
    const showing = new Showing();
    const { group, id } = showing;
    showing.paul = await Client.as("paul", group);
    showing.viewer = await Client.as("oscar", group);
    await showing.viewer.ask(EVERYTHING);
    showing.camera = await Camera.publish(showing.paul, id);
    const { camera, viewer } = showing;
    showing.offer = await camera.sendUntil(viewer, { type: "offer", id });
    showing.screen = await Screen.watch(viewer, showing.offer);
    await showing.screen.see(camera);
    return showing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.screen[Symbol.dispose]();
    this.camera[Symbol.dispose]();
    await this.viewer.close();
    await this.paul.close();
  }
}

Deno.test("A-42 A-44 A-45 A-51 K-3 B-1 a flow is published, shown and ended", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, id, offer } = showing;
  const { sdp, ...rest } = offer;
  assert.deepEqual(rest, {
    type: "offer",
    id,
    label: "camera",
    source: paul.id,
    username: "paul",
  });
  assert.deepEqual(kindsOf(offer).toSorted(), ["audio", "video"]);
  assert.match(String(sdp), /^a=sendonly/m);
  const [answer] = paul.all({ type: "answer" });
  assert.deepEqual(Object.keys(answer!).sort(), ["id", "sdp", "type"]);
  assert.match(String(answer!["sdp"]), /^a=recvonly/m);
  assert.deepEqual(paul.all({ type: "offer" }), []);
  assert.deepEqual(viewer.all({ type: "close" }), []);
  const [toPaul, toViewer] = await heardSince(
    [paul, viewer],
    () => paul.ask({ type: "close", id }),
  );
  assert.deepEqual(toPaul, []);
  assert.deepEqual(toViewer, [{ type: "close", id }]);
});

Deno.test("A-12 A-27 who leaves takes its flows along", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, group, id } = showing;
  const [, seen] = await heardSince(
    [paul, viewer],
    () => paul.ask({ type: "join", kind: "leave", group }),
  );
  assert.deepEqual(seen, [
    { type: "close", id },
    { type: "user", kind: "delete", id: paul.id, username: "paul" },
  ]);
});

Deno.test("A-40 who may not publish gets abort and an error", async () => {
  await using client = await Client.as("maria", newGroup());
  const [id, old] = [newFlow("cam"), newFlow("old")];
  for (const replace of [undefined, old]) {
    assert.deepEqual(await client.ask(idleOffer(id, replace)), [
      { type: "abort", id },
      serverError(client, "not authorised"),
    ]);
  }
  client.say(idleOffer(""));
  await assertFatal(client, 1002, "empty id");
  await using viewer = await Client.as("oscar", newGroup());
  viewer.say({ type: "answer", id: "", sdp: "v=0\r\n" });
  await assertFatal(viewer, 1002, "empty id");
});

Deno.test("A-41 an offer that cannot be used: abort and an error, and one goes on", async () => {
  await using client = await Client.as("paul", newGroup());
  const id = newFlow("cam");
  for (const sdp of ["", "nonsense", "v=0\r\n", "m=audio 9 X 0\r\n"]) {
    const from = client.heard.length;
    client.say({ type: "offer", id, label: "camera", sdp });
    await client.next({ type: "abort", id }, from);
    const error = await client.next({ type: "usermessage" }, from);
    assert.equal(error["kind"], "error");
    assert.notEqual(error["value"], "");
  }
  client.say(idleOffer(id));
  await client.next({ type: "answer", id });
});

Deno.test("A-41 A-42 an offer for a flow that there is renegotiates it", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, camera, screen } = showing;
  const first = paul.all({ type: "answer" })[0]!;
  const [heard] = await heardSince([viewer], () => camera.offer());
  assert.deepEqual(heard, []);
  const second = paul.all({ type: "answer" })[1]!;
  const ice = ({ sdp }: Message) => readTestSdp(String(sdp)).iceUfrag;
  assert.equal(ice(second), ice(first));
  await screen.see(camera);
});

Deno.test("A-41 A-59 J-4 G.9-8 an id that is somebody's is refused, and nobody else notices", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, camera, screen, group, id } = showing;
  await using here = await Client.as("tom", group);
  await using elsewhere = await Client.as("paul", newGroup());
  for (const client of [here, elsewhere]) {
    await client.ask(EVERYTHING);
    for (const replace of [undefined, id]) {
      const heard = await heardSince([paul, viewer], async () => {
        const from = client.heard.length;
        client.say(idleOffer(id, replace));
        await client.next({ type: "abort", id }, from);
        await client.next({ type: "usermessage", kind: "error" }, from);
      });
      assert.deepEqual(heard, [[], []]);
    }
    assert.equal(client.isOver, false);
  }
  // Neither can one publish under the id of a flow that one is shown.
  await here.next({ type: "offer", id });
  assert.deepEqual(paul.all({ type: "offer" }), []);
  await screen.see(camera);
});

Deno.test("A-43 A-44 A-46 J-9 a flow that replaces another comes in its place, without a close", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, camera, screen, id } = showing;
  const newer = newFlow("cam");
  using next = await Camera.publish(paul, newer, ["audio", "video"], {
    replace: id,
  });
  // Until something comes of the new flow, viewers keep the old one.
  await screen.see(camera);
  assert.deepEqual(viewer.all({ type: "close" }), []);
  assert.deepEqual(viewer.all({ type: "offer", id: newer }), []);
  const offer = await next.sendUntil(viewer, { type: "offer", id: newer });
  assert.equal(offer["replace"], id);
  using second = await Screen.watch(viewer, offer);
  await second.see(next);
  await viewer.settle();
  assert.deepEqual(viewer.all({ type: "close" }), []);
  assert.deepEqual(paul.all({ type: "close" }), []);
  assert.deepEqual(paul.all({ type: "abort" }), []);
});

Deno.test("A-43 what replaces nothing, or another's flow, just opens", async () => {
  await using showing = await Showing.open();
  const { group, viewer, id, camera, screen } = showing;
  await using tom = await Client.as("tom", group);
  for (const replace of [newFlow("none"), id]) {
    using other = await Camera.publish(tom, newFlow("cam"), ["audio"], {
      replace,
    });
    const own = { type: "offer", id: other.id };
    const offer = await other.sendUntil(viewer, own);
    assert.ok(!("replace" in offer));
  }
  assert.deepEqual(viewer.all({ type: "close", id }), []);
  await screen.see(camera);
});

Deno.test("A-46 the old flow is closed if nothing of the new one is wanted", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, id } = showing;
  const request = { camera: ["audio", "video"], "": [] };
  await viewer.ask({ type: "request", request });
  using screenShare = await Camera.publish(paul, newFlow("screen"), ["video"], {
    label: "screenshare",
    replace: id,
  });
  await screenShare.sendUntil(viewer, { type: "close", id });
  assert.deepEqual(viewer.all({ type: "offer", id: screenShare.id }), []);
});

Deno.test("A-47 one offer at a time: what is needed meanwhile comes after the answer", async () => {
  const group = newGroup();
  const id = newFlow("cam");
  await using paul = await Client.as("paul", group);
  await using viewer = await Client.as("oscar", group);
  const want = (...tracks: string[]) =>
    viewer.ask({ type: "request", request: { "": tracks } });
  await want("audio");
  using camera = await Camera.publish(paul, id);
  const first = await camera.sendUntil(viewer, { type: "offer", id });
  assert.deepEqual(kindsOf(first), ["audio"]);
  for (let n = 0; n < 3; n++) {
    assert.deepEqual(await want("audio", "video"), []);
    assert.deepEqual(await want("audio"), []);
  }
  assert.deepEqual(await want("audio", "video"), []);
  assert.deepEqual(await viewer.ask({ type: "renegotiate", id }), []);
  const from = viewer.heard.length;
  using _screen = await Screen.watch(viewer, first);
  const second = await viewer.next({ type: "offer", id }, from);
  assert.deepEqual(kindsOf(second).toSorted(), ["audio", "video"]);
  await viewer.settle();
  assert.equal(viewer.all({ type: "offer", id }, from).length, 1);
});

Deno.test("A-48 an answer for nothing, or a bad one: close; nothing is sent before a good one", async () => {
  const group = newGroup();
  const id = newFlow("cam");
  await using paul = await Client.as("paul", group);
  await using viewer = await Client.as("oscar", group);
  const none = newFlow("none");
  assert.deepEqual(
    await viewer.ask({ type: "answer", id: none, sdp: "v=0\r\n" }),
    [{ type: "close", id: none }],
  );
  viewer.say(EVERYTHING);
  using camera = await Camera.publish(paul, id, ["audio"]);
  await camera.sendUntil(viewer, { type: "offer", id });
  const from = viewer.heard.length;
  for (const sdp of ["nonsense", "v=0\r\n"]) {
    viewer.say({ type: "answer", id, sdp });
  }
  await viewer.next({ type: "close", id }, from);
  const error = await viewer.next({ type: "usermessage" }, from);
  assert.equal(error["kind"], "error");
  assert.equal(viewer.isOver, false);
});

Deno.test("A-49 A-50 candidates: none is an error, those for nothing are dropped", async () => {
  const candidate = {
    candidate: "candidate:1 1 udp 1 127.0.0.1 9 typ host",
    sdpMid: "0",
    sdpMLineIndex: 0,
    usernameFragment: null,
  };
  await using good = await Client.as("paul", newGroup());
  const id = newFlow("cam");
  assert.deepEqual(await good.ask({ type: "ice", id, candidate }), []);
  good.say(idleOffer(id));
  await good.next({ type: "answer", id });
  assert.deepEqual(await good.ask({ type: "ice", id, candidate }), []);
  const table = [
    [{ type: "ice", id, candidate: null }, "null candidate"],
    [{ type: "ice", id }, "null candidate"],
    [{ type: "ice", id: "", candidate }, "empty id"],
    [{ type: "ice", candidate }, "empty id"],
  ] as const;
  for (const [message, text] of table) {
    await using bad = await Client.as("paul", newGroup());
    bad.say(message);
    await assertFatal(bad, 1002, text);
  }
});

Deno.test("A-51 A-53 G.9-5 closing what is not one's own does nothing; an empty id is an error", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, camera, screen, id } = showing;
  const [toViewer, toPaul] = await heardSince(
    [viewer, paul],
    () => viewer.ask({ type: "close", id }, { type: "close", id: "none" }),
  );
  assert.deepEqual([toViewer, toPaul], [[], []]);
  await screen.see(camera);
  viewer.say({ type: "close", id: "" });
  await assertFatal(viewer, 1002, "empty id");
});

Deno.test("A-52 a viewer that aborts gets close, and the flow again when it asks", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, id } = showing;
  for (const aborted of [id, newFlow("none")]) {
    const [own, others] = await heardSince(
      [viewer, paul],
      () => viewer.ask({ type: "abort", id: aborted }),
    );
    assert.deepEqual(own, [{ type: "close", id: aborted }]);
    assert.deepEqual(others, []);
  }
  const from = viewer.heard.length;
  viewer.say(EVERYTHING);
  await viewer.next({ type: "offer", id }, from);
});

Deno.test("A-54 a viewer that asks gets an offer with ICE restart", async () => {
  await using showing = await Showing.open();
  const { viewer, id, offer } = showing;
  const from = viewer.heard.length;
  viewer.say({ type: "renegotiate", id });
  const again = await viewer.next({ type: "offer", id }, from);
  const ice = ({ sdp }: Message) => readTestSdp(String(sdp));
  assert.notEqual(ice(again).iceUfrag, ice(offer).iceUfrag);
  assert.notEqual(ice(again).icePwd, ice(offer).icePwd);
  assert.deepEqual(await viewer.ask({ type: "renegotiate", id: "none" }), []);
});

Deno.test("A-55 nothing is offered to who asks for nothing, and all of what one asks for", async () => {
  await using showing = await Showing.open();
  const { camera, group, id } = showing;
  await using other = await Client.as("oscar", group);
  camera.send();
  await other.settle();
  assert.deepEqual(other.all({ type: "offer" }), []);
  const want = async (request: Message, members: Message) => {
    const from = other.heard.length;
    other.say({ type: "request", request });
    return await other.next(members, from);
  };
  const offered = { type: "offer", id };
  const first = await want({ "": ["audio", "hologram"] }, offered);
  assert.deepEqual(kindsOf(first), ["audio"]);
  using screen = await Screen.watch(other, first);
  const more = await want({ camera: ["audio", "video"], "": [] }, offered);
  assert.deepEqual(kindsOf(more).toSorted(), ["audio", "video"]);
  screen.answer(other, more);
  await screen.see(camera);
  const less = await want({ "": ["video-low"] }, offered);
  assert.deepEqual(kindsOf(less), ["video"]);
  screen.answer(other, less);
  await screen.see(camera);
  await want({ screenshare: ["video"] }, { type: "close", id });
});

Deno.test("A-55 a request that is none, or from outside: 1011", async () => {
  const requests = [[], "audio", { "": "audio" }, { "": [1] }, 5];
  for (const request of requests) {
    await using client = await Client.as("paul", newGroup());
    client.say({ type: "request", request });
    assert.deepEqual(await client.ended(), { code: 1011, reason: "" });
  }
  await using outside = await Client.greet();
  outside.say(EVERYTHING);
  assert.deepEqual(await outside.ended(), { code: 1011, reason: "" });
});

Deno.test("A-56 of one picture, video-low is that one; video wins over it", async () => {
  await using showing = await Showing.open();
  const { group, id } = showing;
  for (const tracks of [["video-low"], ["video-low", "video"]]) {
    await using other = await Client.as("oscar", group);
    other.say({ type: "request", request: { "": tracks } });
    const offer = await other.next({ type: "offer", id });
    assert.deepEqual(kindsOf(offer), ["video"]);
  }
});

Deno.test("A-57 J-10 one flow is asked for by itself; of unknown ones nothing comes", async () => {
  await using showing = await Showing.open();
  const { viewer, camera, screen, id } = showing;
  const want = async (request: unknown, type: string) => {
    const from = viewer.heard.length;
    viewer.say({ type: "requestStream", id, request });
    return await viewer.next({ type, id }, from);
  };
  const less = await want(["audio"], "offer");
  assert.deepEqual(kindsOf(less), ["audio"]);
  screen.answer(viewer, less);
  await screen.see(camera);
  const all = await want(null, "offer");
  assert.deepEqual(kindsOf(all).toSorted(), ["audio", "video"]);
  screen.answer(viewer, all);
  await want([], "close");
  const late = { type: "requestStream", id, request: ["audio"] };
  assert.deepEqual(await viewer.ask(late, { ...late, id: "none" }), []);
  viewer.say({ ...late, request: "audio" });
  assert.deepEqual(await viewer.ended(), { code: 1011, reason: "" });
});

Deno.test("A-58 A-92 K-4 who loses the right to publish loses its flows", async () => {
  await using showing = await Showing.open();
  const { paul, viewer, group, id } = showing;
  await using olga = await Client.as("olga", group);
  const dest = paul.id;
  const [toPaul, toViewer] = await heardSince(
    [paul, viewer],
    () => olga.ask({ type: "useraction", kind: "unpresent", dest }),
  );
  const [change, ...rest] = toPaul!;
  assert.equal(change?.["kind"], "change");
  assert.deepEqual(change?.["permissions"], ["message"]);
  const user = {
    type: "user",
    kind: "change",
    id: paul.id,
    username: "paul",
    permissions: ["message"],
  };
  assert.deepEqual(rest, [
    { type: "abort", id },
    serverError(paul, "permission denied"),
    user,
  ]);
  assert.deepEqual(toViewer, [{ type: "close", id }, user]);
  // protocol.js closes what is aborted.
  assert.deepEqual(await paul.ask({ type: "close", id }), []);
  const [abort] = await paul.ask(idleOffer(id));
  assert.deepEqual(abort, { type: "abort", id });
});

Deno.test("A-48 an answer with nobody behind it gets no media, and disturbs nobody", async () => {
  await using showing = await Showing.open();
  const { camera, screen, group, id } = showing;
  await using other = await Client.as("oscar", group);
  other.say(EVERYTHING);
  const offer = await other.next({ type: "offer", id });
  const sdp = writeTestAnswer(String(offer["sdp"]), NOBODY);
  await other.ask({ type: "answer", id, sdp });
  await screen.see(camera);
  assert.equal(other.isOver, false);
});

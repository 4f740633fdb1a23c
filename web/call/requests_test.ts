import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeEnvironment } from "../client/fake_environment.ts";
import type { ServerConnection } from "../client/server_connection.ts";
import { FlowUses } from "./flow_uses.ts";
import { toFlowRequest, toRequest } from "./requests.ts";

test("each choice asks for what Galène's clients ask for (G.4)", () => {
  assert.deepEqual(toRequest("nothing"), { "": [] });
  assert.deepEqual(toRequest("audio"), { "": ["audio"] });
  assert.deepEqual(toRequest("screenshare"), {
    screenshare: ["audio", "video"],
    "": ["audio"],
  });
  assert.deepEqual(toRequest("everything-low"), {
    "": ["audio", "video-low"],
  });
  assert.deepEqual(toRequest("everything"), { "": ["audio", "video"] });
});

test("flows are asked for once, and only where they differ from all others", async () => {
  const environment = new FakeEnvironment();
  const asked: unknown[] = [];
  const stream = {
    id: "f1",
    up: false,
    closed: false,
    request: (what: unknown) => void asked.push(what),
  };
  const connection = { findByLocalId: () => stream };
  const uses = new FlowUses(
    environment,
    () => connection as unknown as ServerConnection,
    () => "everything",
  );
  uses.set("local", "large");
  await environment.pass(1_000);
  uses.set("local", "unseen");
  uses.set("local", "small");
  await environment.pass(1_000);
  uses.set("local", "small");
  await environment.pass(1_000);
  uses.set("local", "large");
  await environment.pass(1_000);
  assert.deepEqual(asked, [["audio", "video-low"], null]);

  uses.set("local", "unseen");
  uses.stop();
  await environment.pass(1_000);
  assert.equal(asked.length, 2);
});

test("more is asked for at once, less only when that has lasted", async () => {
  const environment = new FakeEnvironment();
  const asked: unknown[] = [];
  const streams = ["a", "b"].map((id) => ({
    id,
    up: false,
    closed: false,
    request: (what: unknown) => void asked.push([id, what]),
  }));
  const find = (localId: string) => streams.find(({ id }) => id === localId);
  const uses = new FlowUses(
    environment,
    () => ({ findByLocalId: find }) as unknown as ServerConnection,
    () => "everything",
  );
  uses.set("a", "unseen");
  uses.set("b", "large");
  await environment.pass(700);
  assert.deepEqual(asked.splice(0), [["a", ["audio"]]]);

  // Scrolled: the one comes into sight, and the other is out of it for a moment.
  uses.set("a", "large");
  uses.set("b", "unseen");
  await environment.pass(100);
  assert.deepEqual(asked.splice(0), [["a", null]]);
  uses.set("b", "large");
  await environment.pass(1_000);
  assert.deepEqual(asked, []);
  uses.set("b", "unseen");
  await environment.pass(500);
  assert.deepEqual(asked, []);
  await environment.pass(200);
  assert.deepEqual(asked, [["b", ["audio"]]]);
  assert.equal(environment.timers, 0);
});

test("a small tile asks for a small picture, an unseen one for none", () => {
  assert.deepEqual(toFlowRequest("everything", "unseen"), ["audio"]);
  assert.deepEqual(toFlowRequest("everything", "small"), [
    "audio",
    "video-low",
  ]);
  assert.equal(toFlowRequest("everything", "large"), null);
  assert.equal(toFlowRequest("everything-low", "small"), null);
  assert.equal(toFlowRequest("nothing", "unseen"), null);
});

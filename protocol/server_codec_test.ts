import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "./errors.ts";
import type { ClientId, FlowId, GroupName, Username } from "./ids.ts";
import { encodeServerMessage, parseServerMessage } from "./server_codec.ts";
import type { ServerMessage } from "./server_message.ts";

const alice = { id: "a1" as ClientId, username: "alice" as Username };
const group = "g" as GroupName;
const flow = "S1" as FlowId;

/** One of each type, with every member that may be empty. */
const MESSAGES: readonly ServerMessage[] = [
  { type: "handshake", version: ["2"] },
  { type: "handshake", version: ["2"], extensions: ["statistics"] },
  { type: "statistics" },
  {
    type: "statistics",
    up: [{ id: flow, tracks: [{ bitrate: 64_000, loss: 0 }] }],
    down: [{
      id: flow,
      maxBitrate: 4_000_000,
      pathLoss: 0.01,
      tracks: [{ bitrate: 0, loss: 0, sid: 0, maxSid: 1, rid: "l" }],
    }],
  },
  { type: "ping" },
  { type: "pong" },
  {
    type: "joined",
    kind: "join",
    group,
    username: alice.username,
    permissions: ["present"],
    status: { name: group, locked: true, clientCount: 1 },
    data: { topic: "x" },
    rtcConfiguration: {
      iceServers: [{ urls: ["stun:x"], credentialType: "password" }],
      iceTransportPolicy: "relay",
    },
  },
  {
    type: "joined",
    kind: "fail",
    group,
    username: "" as Username,
    error: "need-username",
    value: "username required",
  },
  {
    type: "joined",
    kind: "redirect",
    group,
    username: alice.username,
    value: "https://example.org/group/g/",
  },
  {
    type: "user",
    kind: "add",
    ...alice,
    permissions: [],
    data: { raisehand: true },
  },
  { type: "user", kind: "delete", ...alice },
  {
    type: "chat",
    id: "m1",
    source: "a1",
    dest: "",
    username: "alice",
    privileged: true,
    time: "2026-07-29T08:00:00Z",
    kind: "me",
    noecho: false,
    value: "hi",
  },
  {
    type: "chathistory",
    id: "m1",
    source: "a1",
    username: "alice",
    time: "2026-07-29T08:00:00Z",
    kind: "",
    value: { any: [1, null] },
  },
  {
    type: "usermessage",
    kind: "error",
    id: "",
    source: "",
    dest: "a1",
    privileged: true,
    time: "",
    noecho: false,
    error: "flow-id-taken",
    value: "taken",
  },
  {
    type: "offer",
    id: flow,
    label: "camera",
    replace: "S0" as FlowId,
    source: alice.id,
    username: alice.username,
    sdp: "v=0",
  },
  { type: "answer", id: flow, sdp: "v=0" },
  {
    type: "ice",
    id: flow,
    candidate: {
      candidate: "candidate:1",
      sdpMid: "0",
      sdpMLineIndex: 0,
      usernameFragment: null,
    },
  },
  { type: "renegotiate", id: flow },
  { type: "close", id: flow },
  { type: "abort", id: flow },
];

/** Without members that are there and undefined. */
function plain(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message));
}

test("parseServerMessage() gets back what encodeServerMessage() was given", () => {
  for (const message of MESSAGES) {
    const wire: unknown = JSON.parse(encodeServerMessage(message));
    assert.deepEqual(plain(parseServerMessage(wire)), plain(message));
  }
});

test("encodeServerMessage() leaves out what is empty, but for what clients read (A.2)", () => {
  const encoded = encodeServerMessage({
    type: "joined",
    kind: "change",
    group,
    username: "" as Username,
    permissions: [],
    status: { name: group, clientCount: 1 },
    data: undefined,
    rtcConfiguration: {},
  });

  assert.deepEqual(JSON.parse(encoded), {
    type: "joined",
    kind: "change",
    group: "g",
    username: "",
    status: { name: "g", clientCount: 1 },
    rtcConfiguration: {},
  });
});

test("encodeServerMessage() tells members that their group has no data any more (A-76)", () => {
  const encoded = encodeServerMessage({
    type: "joined",
    kind: "change",
    group,
    username: "" as Username,
    permissions: [],
    status: { name: group, clientCount: 1 },
    data: {},
    rtcConfiguration: {},
  });

  assert.deepEqual(JSON.parse(encoded).data, {});
});

test("encodeServerMessage() sends an empty text as a value", () => {
  const chat = MESSAGES.find(({ type }) => type === "chat");
  assert.ok(chat?.type === "chat");

  const encoded = JSON.parse(encodeServerMessage({ ...chat, value: "" }));

  assert.equal(encoded.value, "");
  assert.equal("dest" in encoded, false);
  assert.equal("noecho" in encoded, false);
});

test("parseServerMessage() ignores types that it does not know", () => {
  assert.equal(parseServerMessage({ type: "hologram", id: 5 }), undefined);
});

test("parseServerMessage() refuses a known type that is not what it says", () => {
  for (
    const wrong of [
      5,
      {},
      { type: "offer", id: 5, sdp: "v=0" },
      { type: "joined", kind: "join" },
      { type: "joined", kind: "vanish" },
      { type: "user", kind: "add" },
    ]
  ) {
    assert.throws(() => parseServerMessage(wrong), ProtocolError);
  }
});

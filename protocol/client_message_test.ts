import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeClientMessage, parseClientMessage } from "./client_message.ts";
import { isTooLarge } from "./limited_text.ts";
import { ProtocolError } from "./errors.ts";

/** How a text ends the connection: the close code and what is said. */
function faultOf(json: unknown): [number, string] {
  try {
    decodeClientMessage(typeof json === "string" ? json : JSON.stringify(json));
  } catch (error) {
    assert.ok(error instanceof ProtocolError);
    return [error.closeCode, error.announced ? error.message : ""];
  }
  assert.fail("was accepted");
}

test("parseClientMessage() reads what Galène's library sends as an offer", () => {
  const offer = parseClientMessage({
    type: "offer",
    source: "a1",
    username: "alice",
    kind: "",
    id: "S1",
    replace: null,
    label: "camera",
    sdp: "v=0",
  });

  assert.deepEqual(offer, {
    claims: { source: "a1", username: "alice" },
    type: "offer",
    id: "S1",
    replace: undefined,
    label: "camera",
    sdp: "v=0",
  });
});

test("parseClientMessage() tells an empty user name from none (A-13)", () => {
  const join = { type: "join", kind: "join", group: "g" };

  assert.equal(parseClientMessage(join).claims.username, undefined);
  assert.equal(
    parseClientMessage({ ...join, username: "" }).claims.username,
    "",
  );
});

test("parseClientMessage() keeps any JSON of a value", () => {
  for (const value of [0, "", false, [], { candidate: null }, "hi"]) {
    const message = parseClientMessage({ type: "chat", value });
    assert.deepEqual(
      message.type === "chat" ? message.value : undefined,
      value,
    );
  }
});

test("decodeClientMessage() matches names whatever their case (A-2)", () => {
  const text = '{"TYPE":"offer","Id":"S1","SDP":"v=0","rePlace":"S0"}';

  const message = decodeClientMessage(text);

  assert.equal(message.type === "offer" && message.replace, "S0");
});

test("decodeClientMessage() takes the last of several spellings", () => {
  const message = decodeClientMessage('{"type":"close","id":"a","ID":"b"}');

  assert.equal(message.type === "close" && message.id, "b");
});

test("decodeClientMessage() ignores what follows, nulls and unknown names (A-2)", () => {
  const text = '{"type":"ping","x}y":"\\"}","dest":null} trailing } junk';

  assert.equal(decodeClientMessage(text).type, "ping");
});

test("decodeClientMessage() cannot read a member of the wrong type, used or not (A-2)", () => {
  for (
    const wrong of [
      { type: 5 },
      { type: "ping", sdp: 5 },
      { type: "ping", noecho: "yes" },
      { type: "ping", permissions: ["a", 1] },
      { type: "ping", candidate: "c" },
      { type: "ping", candidate: { sdpMLineIndex: 1.5 } },
      { type: "ping", data: [] },
      { type: "request", request: ["audio"] },
      { type: "request", request: { "": "audio" } },
      { type: "requestStream", id: "S1", request: [1] },
      { type: "tile", id: "S1", pixels: "9" },
    ]
  ) {
    assert.deepEqual(faultOf(wrong), [1011, ""], JSON.stringify(wrong));
  }
});

test("decodeClientMessage() cannot read what is no object", () => {
  for (const text of ["", "null", "5", "[]", '"x"', "{", '{"type":"ping"']) {
    assert.deepEqual(faultOf(text), [1011, ""], text);
  }
});

test("parseClientMessage() names the rule that a message breaks", () => {
  const rules: [object, string][] = [
    [{ type: "foo" }, "unexpected message"],
    [{}, "unexpected message"],
    [{ type: "offer", sdp: "v=0" }, "empty id"],
    [{ type: "close", id: "" }, "empty id"],
    [{ type: "ice", candidate: {} }, "empty id"],
    [{ type: "ice", id: "S1" }, "null candidate"],
    [{ type: "ice", id: "S1", candidate: null }, "null candidate"],
    [{ type: "join", kind: "enter" }, "unknown kind"],
    [{ type: "close", id: "x".repeat(65) }, "id is too long"],
    [
      { type: "offer", id: "S1", sdp: "x".repeat(64_001) },
      "sdp is too long",
    ],
    [
      { type: "offer", id: "S1", label: "x".repeat(65) },
      "label is too long",
    ],
    [
      { type: "join", kind: "join", data: { x: "x".repeat(20_000) } },
      "data is too long",
    ],
  ];
  for (const [message, text] of rules) {
    assert.deepEqual(faultOf(message), [1002, text], JSON.stringify(message));
  }
});

test("parseClientMessage() refuses what is nested too deep to be encoded again", () => {
  const deep = "[".repeat(100) + "]".repeat(100);

  assert.deepEqual(
    faultOf(`{"type":"chat","value":${deep}}`),
    [1002, "message is nested too deep"],
  );
});

test("parseClientMessage() reads a candidate with what browsers leave out", () => {
  const ice = parseClientMessage({
    type: "ice",
    id: "S1",
    candidate: { candidate: "", sdpMid: "0" },
  });

  assert.deepEqual(ice.type === "ice" && ice.candidate, {
    candidate: "",
    sdpMid: "0",
    sdpMLineIndex: null,
    usernameFragment: null,
  });
});

test("parseClientMessage() takes areas of tiles as whole numbers, and no larger than screens are", () => {
  const read = (pixels: unknown) => {
    const message = parseClientMessage({ type: "tile", id: "S1", pixels });
    return message.type === "tile" ? message.pixels : "other";
  };

  assert.equal(read(0), 0);
  assert.equal(read(320 * 180), 57_600);
  assert.equal(read(1e300), 2 ** 26);
  for (const wrong of [undefined, null, -1, 1.5]) {
    assert.throws(() => read(wrong), { closeCode: 1002 });
  }
});

test("parseClientMessage() tells no request for a flow from an empty one (A-57)", () => {
  const read = (request: unknown) => {
    const message = parseClientMessage({
      type: "requestStream",
      id: "S1",
      request,
    });
    return message.type === "requestStream" ? message.request : "other";
  };

  assert.equal(read(null), undefined);
  assert.deepEqual(read([]), { audio: false, video: "none" });
  assert.deepEqual(read(["video-low", "x"]), { audio: false, video: "low" });
});

test("parseClientMessage() does not let data reach prototypes", () => {
  const text = '{"type":"join","kind":"join","data":{"__proto__":{"x":1}}}';

  const message = decodeClientMessage(text);

  assert.equal(message.type === "join" && "x" in message, false);
  assert.equal(({} as { x?: number }).x, undefined);
});

test("isTooLarge() tells data that is too much to tell everybody", () => {
  assert.equal(isTooLarge({ raisehand: true }), false);
  assert.equal(isTooLarge({ text: "x".repeat(16_384) }), true);
});

test("decodeClientMessage() ends in a message or a ProtocolError, whatever the text", () => {
  const json = fc.json().map((value) => `{"type":"offer","id":${value}}`);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), json), (text) => {
    try {
      assert.equal(typeof decodeClientMessage(text).type, "string");
    } catch (error) {
      assert.ok(error instanceof ProtocolError);
    }
  }));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { toEndpoint } from "./endpoint.ts";

const PAGE = "https://example.org/group/maths/?token=x";

test("the page's own server is reached as the page was", () => {
  assert.equal(toEndpoint("", PAGE), "wss://example.org/ws");
  assert.equal(
    toEndpoint("", "http://127.0.0.1:8080/group/a/"),
    "ws://127.0.0.1:8080/ws",
  );
  assert.equal(toEndpoint("", PAGE, "/sub"), "wss://example.org/sub/ws");
});

test("a server behind a proxy may be wrong about its port and about TLS", () => {
  assert.equal(
    toEndpoint("ws://example.org:8080/ws", PAGE),
    "wss://example.org/ws",
  );
});

test("an endpoint on another host counts", () => {
  const other = "wss://media.example.org/ws";

  assert.equal(toEndpoint(other, PAGE), other);
});

test("what is no WebSocket's address does not count", () => {
  for (const told of ["https://evil.example/ws", "javascript:0", "nonsense"]) {
    assert.equal(toEndpoint(told, PAGE), "wss://example.org/ws", told);
  }
});

import assert from "node:assert/strict";

import { translateGaleneFlags } from "./galene_flags.ts";
import { parseServeOptions } from "./serve_options.ts";
import { UsageError } from "./usage_error.ts";

Deno.test("Galène's flags mean what they mean for Galène (F.1)", () => {
  const rows: [string, string[]][] = [
    ["-http :443", ["--https=:443", "--http=off"]],
    ["-insecure", ["--http=:8443", "--https=off"]],
    ["-insecure -http=127.0.0.1:80", ["--http=127.0.0.1:80", "--https=off"]],
    ["-http /run/x.sock", ["--http=/run/x.sock", "--https=off"]],
    ["-insecure=false -mdns=false", []],
    ["-data d -groups=g -static s", ["--data=d", "--groups=g", "--static=s"]],
    ["-recordings r", ["--recordings=r"]],
    ["-udp-range 1234", ["--media-port=1234"]],
    ["-turn=", []],
    ["-turn auto", []],
    ["-relay-only", ["--relay-only"]],
    ["-relay-only=false", []],
    ["-h", ["--help"]],
    ["--http :80 --native off", ["--http", ":80", "--native", "off"]],
  ];
  for (const [line, expected] of rows) {
    assert.deepEqual(translateGaleneFlags(line.split(" ")), expected, line);
  }
  const options = parseServeOptions(["-insecure", "-data", "/srv/data"]);
  assert.ok(options !== "help");
  assert.deepEqual(options.http, { hostname: undefined, port: 8443 });
  assert.equal(options.https, undefined);
  assert.equal(options.dataDirectory, "/srv/data");
});

Deno.test("What Galène's flags cannot do here is said, and what to do instead (F.1)", () => {
  const rows: [string, RegExp][] = [
    ["-turn :1194", /-turn :1194: .* no TURN server of its own/],
    ["-mdns", /-mdns: addresses are announced/],
    ["-udp-range 1000-2000", /one port is enough/],
    ["-cpuprofile f", /DENO_V8_FLAGS=--prof/],
    ["-memprofile f", /DENO_V8_FLAGS=--prof/],
    ["-mutexprofile f", /DENO_V8_FLAGS=--prof/],
    ["-tea", /no flag -tea/],
    ["-data", /-data needs a value/],
  ];
  for (const [line, message] of rows) {
    assert.throws(
      () => parseServeOptions(line.split(" ")),
      (error) => error instanceof UsageError && message.test(error.message),
      line,
    );
  }
});

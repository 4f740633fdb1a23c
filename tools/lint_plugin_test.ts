import assert from "node:assert/strict";
import plugin from "./lint_plugin.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** The rules that complain about a file at this path, in the file's order. */
function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, ROOT + path, source)
    .map(({ id }) => id.replace("nereid/", ""));
}

/** What is said about the file. */
function messages(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, ROOT + path, source)
    .map(({ message }) => message);
}

function importOf(specifier: string): string {
  return `import { x } from "${specifier}";`;
}

Deno.test("layers lets each layer import what is below it", () => {
  for (
    const [path, specifier] of [
      ["protocol/a.ts", "../lib/b.ts"],
      ["signalling/a.ts", "../protocol/b.ts"],
      ["signalling/a.ts", "./b.ts"],
      ["sfu/a.ts", "./transport/b.ts"],
      ["sfu/a.ts", "../protocol/media_plane.ts"],
      ["sfu/transport/dtls/a.ts", "../../rtp/b.ts"],
      ["web/views/a.tsx", "../client/mod.ts"],
      ["web/client/a.ts", "../../protocol/b.ts"],
      ["http/a.ts", "../auth/b.ts"],
      ["app.ts", "./sfu/plane.ts"],
      ["main.ts", "./http/server.ts"],
      ["tests/browser/a.ts", "../../app.ts"],
      ["sfu/rtp/a_test.ts", "../../tests/support/b.ts"],
      ["http/a_test.ts", "../clock.ts"],
    ] as const
  ) {
    assert.deepEqual(
      lint(path, importOf(specifier)),
      [],
      `${path} ${specifier}`,
    );
  }
});

Deno.test("layers refuses imports upwards and sideways", () => {
  for (
    const [path, specifier] of [
      ["lib/a.ts", "../protocol/b.ts"],
      ["protocol/a.ts", "../signalling/b.ts"],
      ["signalling/a.ts", "../sfu/b.ts"],
      ["signalling/a.ts", "../auth/b.ts"],
      ["sfu/a.ts", "../protocol/client_message.ts"],
      ["sfu/a.ts", "../signalling/b.ts"],
      ["sfu/rtp/a.ts", "../transport/ports.ts"],
      ["sfu/transport/a.ts", "../publisher.ts"],
      ["http/a.ts", "../signalling/b.ts"],
      ["http/a.ts", "../app.ts"],
      ["web/client/a.ts", "../views/b.ts"],
      ["web/a.ts", "../signalling/b.ts"],
      ["auth/a.ts", "../clock.ts"],
      ["tests/a.ts", "../main.ts"],
      ["app.ts", "./main.ts"],
      ["lib/a_test.ts", "../protocol/b.ts"],
      ["elsewhere/a.ts", "../lib/b.ts"],
    ] as const
  ) {
    assert.deepEqual(
      lint(path, importOf(specifier)),
      ["layers"],
      `${path} ${specifier}`,
    );
  }
});

Deno.test("layers sees every way to import", () => {
  for (
    const source of [
      `import "../sfu/b.ts";`,
      `import type { x } from "../sfu/b.ts";`,
      `export { x } from "../sfu/b.ts";`,
      `export * from "../sfu/b.ts";`,
      `const b = await import("../sfu/b.ts");`,
      `let b: import("../sfu/b.ts").B;`,
    ]
  ) {
    const found = lint("lib/a.ts", source).filter((rule) => rule === "layers");
    assert.deepEqual(found, ["layers"], source);
  }
});

Deno.test("layers lets some files be imported for their types only", () => {
  const ports = "../transport/ports.ts";
  const path = "sfu/sdp/a.ts";
  assert.deepEqual(lint(path, `import type { P } from "${ports}";`), []);
  assert.deepEqual(lint(path, `export type { P } from "${ports}";`), []);
  assert.deepEqual(messages(path, importOf(ports)), [
    "sfu/sdp may import only types of sfu/transport/ports.ts: write import type",
  ]);
});

Deno.test("layers says what to do", () => {
  assert.deepEqual(messages("lib/a.ts", importOf("../protocol/b.ts")), [
    "lib may not import protocol/b.ts: it may import nothing else. Declare an " +
    "interface on this side and have main.ts or app.ts join the two, or move " +
    "the shared part down",
  ]);
});

Deno.test("packages keeps each package where it belongs", () => {
  const places: Record<string, [good: string[], bad: string[]]> = {
    "werift": [["sfu/transport/a.ts", "tests/a.ts"], ["sfu/a.ts", "http/a.ts"]],
    "hono": [["http/a.ts"], ["app.ts", "auth/a.ts"]],
    "hono/deno": [["http/a.ts"], ["app.ts"]],
    "preact/hooks": [["web/views/a.tsx"], ["web/client/a.ts", "lib/a.ts"]],
    "@preact/signals": [["web/state/a.ts"], ["web/client/a.ts"]],
    "valibot": [["protocol/a.ts", "auth/a.ts"], ["sfu/rtp/a.ts", "lib/a.ts"]],
    "fast-check": [["lib/a_test.ts", "tests/a.ts"], ["lib/a.ts"]],
    "playwright-core": [["tools/a.ts", "tests/a.ts"], ["http/a.ts"]],
    "left-pad": [[], ["lib/a.ts", "main.ts", "tests/a.ts"]],
    "npm:hono@4": [[], ["http/a.ts", "tests/a.ts"]],
    "jsr:@std/assert": [[], ["tests/a.ts"]],
    "https://example.org/x.ts": [[], ["tests/a.ts"]],
  };
  for (const [name, [good, bad]] of Object.entries(places)) {
    for (const path of good) assert.deepEqual(lint(path, importOf(name)), []);
    for (const path of bad) {
      const found = lint(path, importOf(name));
      assert.deepEqual(found, ["packages"], `${path} ${name}`);
    }
  }
});

Deno.test("packages keeps node: out of pure code and browsers", () => {
  const assertions = importOf("node:assert/strict");
  assert.deepEqual(lint("sfu/rtp/a_test.ts", assertions), []);
  assert.deepEqual(lint("web/client/fake_peer.ts", assertions), []);
  assert.deepEqual(lint("sfu/transport/a.ts", importOf("node:crypto")), []);
  assert.deepEqual(lint("lib/a.ts", assertions), ["packages"]);
  assert.deepEqual(lint("web/client/a.ts", assertions), ["packages"]);
  assert.deepEqual(lint("lib/a_test.ts", importOf("node:fs")), ["packages"]);
});

Deno.test("pure refuses clocks, randomness, timers, input and output", () => {
  for (
    const source of [
      "const now = Date.now();",
      "const now = new Date();",
      "const now = Date();",
      "const x = Math.random();",
      "const x = crypto.randomUUID();",
      "const x = performance.now();",
      "setTimeout(() => {}, 1);",
      "const timers = { setTimeout };",
      "console.log(1);",
      "Deno.exit(1);",
      "const x = globalThis.x;",
    ]
  ) {
    for (const path of ["lib/a.ts", "sfu/rtp/a.ts", "signalling/a_test.ts"]) {
      assert.deepEqual(lint(path, source), ["pure"], source);
    }
    assert.deepEqual(lint("sfu/transport/a.ts", source), [], source);
    assert.deepEqual(lint("lib/a_bench.ts", source), [], source);
  }
});

Deno.test("pure lets be what only looks alike", () => {
  for (
    const source of [
      "const date = new Date(0);",
      "const x = Date.UTC(2000, 0) + Math.max(1, 2);",
      "const x = ports.crypto;",
      "const x = { console: 1, fetch() {} };",
      "interface X { process: number; setTimeout(): void }",
      "class X { performance = 1; }",
    ]
  ) {
    assert.deepEqual(lint("lib/a.ts", source), [], source);
  }
});

Deno.test("no-default-export refuses both spellings", () => {
  const rule = ["no-default-export"];
  assert.deepEqual(lint("lib/a.ts", "export default 1;"), rule);
  assert.deepEqual(
    lint("lib/a.ts", "const a = 1; export { a as default };"),
    rule,
  );
  assert.deepEqual(lint("lib/a.ts", "export const a = 1;"), []);
  assert.deepEqual(lint("tools/lint_plugin.ts", "export default 1;"), []);
});

Deno.test("no-enum refuses enums", () => {
  assert.deepEqual(lint("lib/a.ts", "export enum A { B }"), ["no-enum"]);
  assert.deepEqual(lint("lib/a.ts", "const enum A { B }"), ["no-enum"]);
});

Deno.test("no-module-state refuses variables of modules", () => {
  const rule = ["no-module-state"];
  assert.deepEqual(lint("lib/a.ts", "let a = 1;"), rule);
  assert.deepEqual(lint("lib/a.ts", "export let a = 1;"), rule);
  assert.deepEqual(lint("lib/a.ts", "const a = 1;"), []);
  assert.deepEqual(lint("lib/a.ts", "function f() { let a = 1; }"), []);
  assert.deepEqual(lint("lib/a_test.ts", "let a = 1;"), []);
});

Deno.test("file-size wants a reason for long files", () => {
  const long = "const a = 1;\n".repeat(401);
  const reason = "// Long because: a table is read at a glance\n";
  assert.deepEqual(lint("lib/a.ts", long), ["file-size"]);
  assert.deepEqual(lint("lib/a.ts", reason + long), []);
  assert.deepEqual(lint("lib/a.ts", "const a = 1;\n".repeat(400)), []);
  assert.deepEqual(lint("tests/a.ts", long), []);
  assert.deepEqual(lint("lib/a_test.ts", long), []);
});

Deno.test("files outside of the project are none of our business", () => {
  const source = `import "../main.ts"; let a = Date.now(); enum B {}`;
  const found = Deno.lint.runPlugin(plugin, "/elsewhere/lib/a.ts", source);
  assert.deepEqual(found.map(({ id }) => id), [
    "nereid/no-module-state",
    "nereid/no-enum",
  ]);
});

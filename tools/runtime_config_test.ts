import assert from "node:assert/strict";
import { toRuntimeConfig } from "./runtime_config.ts";

const CONFIG = {
  workspace: ["./lib"],
  imports: { hono: "npm:hono@4.1.0", esbuild: "npm:esbuild@0.2.0" },
  tasks: { invite: {}, test: {} },
  lint: { plugins: ["./tools/lint_plugin.ts"] },
};

Deno.test("toRuntimeConfig() keeps what the server uses, and no more", () => {
  assert.deepEqual(toRuntimeConfig(CONFIG, new Set(["hono@4.1.0"])), {
    workspace: ["./lib"],
    imports: { hono: "npm:hono@4.1.0" },
    tasks: { invite: {} },
  });
});

Deno.test("toRuntimeConfig() does not believe in a server without packages", () => {
  assert.throws(() => toRuntimeConfig(CONFIG, new Set(["hono@4.0.0"])));
});

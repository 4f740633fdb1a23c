import assert from "node:assert/strict";

import { BusyError, Limiter } from "./limiter.ts";

Deno.test("Limiter.run() keeps to its number, in order, whatever becomes of tasks", async () => {
  const limiter = new Limiter(2, 2);
  const order: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const start = (name: string) =>
    limiter.run(async () => {
      order.push(name);
      const gate = Promise.withResolvers<void>();
      gates.set(name, gate);
      await gate.promise;
      return name;
    });

  const a = start("a");
  const b = start("b").catch(() => "failed");
  const c = start("c");
  const d = start("d");
  assert.deepEqual(order, ["a", "b"]);
  await assert.rejects(start("e"), BusyError);

  gates.get("b")?.reject(new Error("no"));
  assert.equal(await b, "failed");
  assert.deepEqual(order, ["a", "b", "c"]);
  gates.get("a")?.resolve();
  assert.equal(await a, "a");
  assert.deepEqual(order, ["a", "b", "c", "d"]);
  gates.get("c")?.resolve();
  gates.get("d")?.resolve();
  assert.deepEqual(await Promise.all([c, d]), ["c", "d"]);
});

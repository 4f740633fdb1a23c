import assert from "node:assert/strict";
import { findAilment } from "./health.ts";

async function askOf(respond: () => Response): Promise<string | undefined> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  const server = Deno.serve({ path, onListen() {} }, respond);
  try {
    return await findAilment(path);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("findAilment() finds none in a server that answers on a Unix socket", async () => {
  assert.equal(await askOf(() => new Response("[]")), undefined);
});

Deno.test("findAilment() tells of a server that fails", async () => {
  const failed = () => new Response("oh", { status: 500 });
  assert.equal(await askOf(failed), "it answers 500");
});

Deno.test("findAilment() tells of a server that is not there", async () => {
  assert.match(await findAilment("/nowhere/socket") ?? "", /./);
  assert.match(await findAilment("http://127.0.0.1:1") ?? "", /./);
});

Deno.test("findAilment() does not wait for ever", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const accepted = listener.accept();
  const ailment = await findAilment(`http://127.0.0.1:${port}`, 20);
  (await accepted).close();
  listener.close();
  assert.match(ailment ?? "", /timed? ?out/i);
});

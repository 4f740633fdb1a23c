/**
 * Serving on a Unix socket, as behind a reverse proxy on the same machine.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { openTestDirectory } from "../support/test_directory.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Sends a request as a proxy would, and gives the whole answer. */
async function ask(path: string, target: string): Promise<string> {
  const connection = await Deno.connect({ transport: "unix", path });
  const lines = [
    `GET ${target} HTTP/1.1`,
    "Host: calls.example",
    "Connection: close",
    "",
    "",
  ];
  await connection.write(new TextEncoder().encode(lines.join("\r\n")));
  return await new Response(connection.readable).text();
}

/** Starts a server on the socket, and gives it when it is ready. */
async function start(
  socket: string,
  flags: readonly string[],
): Promise<Deno.ChildProcess> {
  const process = new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      "--allow-run",
      "cli/serve.ts",
      ...flags,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of process.stdout.values({ preventCancel: true })) {
    text += decoder.decode(bytes, { stream: true });
    const [, ready] = /^ready (.*)$/m.exec(text) ?? [];
    if (ready === undefined) continue;
    assert.equal(JSON.parse(ready).socket, socket);
    return process;
  }
  throw new Error(`The server did not start: ${text}`);
}

Deno.test("A server on a Unix socket answers, also where a killed one has left its file (D-1)", async () => {
  await using directory = await openTestDirectory();
  const socket = `${directory.path}/nereid.sock`;
  // What is left of a socket whose process has gone without a word.
  const leave = `Deno.listen({ transport: "unix", path: "${socket}" });
    Deno.kill(Deno.pid, "SIGKILL");`;
  await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--unstable-net", leave],
  }).output();
  await Deno.stat(socket);

  const process = await start(socket, [
    `--data=${directory.path}/data`,
    `--groups=${directory.path}/groups`,
    `--http=${socket}`,
    "--https=off",
    "--media-port=0",
  ]);
  const answer = await ask(socket, "/group/lobby/.status");
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.match(answer, /"location":"http:\/\/calls\.example\/group\/lobby\/"/);
  assert.match(answer, /"endpoint":"ws:\/\/calls\.example\/ws"/);
  process.kill("SIGTERM");
  await process.stdout.cancel();
  assert.equal((await process.status).code, 0);
  await assert.rejects(Deno.stat(socket), Deno.errors.NotFound);
});

Deno.test("A server starts with the command line of a Galène server (F.1)", async () => {
  await using directory = await openTestDirectory();
  const { path } = directory;
  const socket = `${path}/galene.sock`;
  await Deno.mkdir(`${path}/static`);
  await Deno.writeTextFile(`${path}/static/galene.html`, "its page");
  await Deno.mkdir(`${path}/our groups`);
  await Deno.writeTextFile(`${path}/our groups/maths.json`, "{}");
  await Deno.mkdir(`${path}/data`);
  await Deno.writeTextFile(
    `${path}/data/config.json`,
    '{"proxyURL": "https://calls.example/"}',
  );

  const line = `-insecure -http ${socket} -static=${path}/static/ ` +
    `-data ${path}/data/ -udp-range 0 -turn=`;
  const process = await start(socket, [
    ...line.split(" "),
    "-groups",
    `${path}/our groups/`,
  ]);
  assert.match(await ask(socket, "/group/maths/"), /\r\nits page$/);
  assert.match(
    await ask(socket, "/group/maths/.status"),
    /"location":"https:\/\/calls\.example\/group\/maths\/"/,
  );
  process.kill("SIGTERM");
  await process.stdout.cancel();
  assert.equal((await process.status).code, 0);
});

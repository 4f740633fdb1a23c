/**
 * Starting and stopping the server as a whole: in a process of its own, with
 * the permissions it has in earnest, on real ports and files.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { openTestDirectory } from "./support/test_directory.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Started {
  readonly process: Deno.ChildProcess;
  /** What it printed, up to the line that says it is ready. */
  readonly text: string;
  readonly http: string;
  readonly https: string;
}

function spawn(directory: string, flags: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      "--allow-run",
      "cli/serve.ts",
      `--data=${directory}/data`,
      `--groups=${directory}/groups`,
      `--static=${directory}/static`,
      "--log-level=debug",
      "--public-address=127.0.0.1",
      ...flags,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function start(directory: string): Promise<Started> {
  const process = spawn(directory, [
    "--http=127.0.0.1:0",
    "--https=127.0.0.1:0",
    "--media-port=0",
  ]);
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of process.stdout.values({ preventCancel: true })) {
    text += decoder.decode(bytes, { stream: true });
    const [, ready] = /^ready (.*)$/m.exec(text) ?? [];
    if (ready === undefined) continue;
    const { http, https } = JSON.parse(ready);
    return { process, text, http, https };
  }
  const log = await new Response(process.stderr).text();
  throw new Error(`The server did not start: ${text}\n${log}`);
}

/** Stops it and gives what it logged; asserts that it ended well. */
async function stop({ process }: Started): Promise<string> {
  process.kill("SIGTERM");
  await process.stdout.cancel();
  const [log, { code }] = await Promise.all([
    new Response(process.stderr).text(),
    process.status,
  ]);
  assert.equal(code, 0, log);
  return log;
}

/** All messages from joining with a token until the server closes. */
async function joinUntilClosed(
  started: Started,
  token: string,
  whenJoined: () => void,
): Promise<{ messages: Record<string, unknown>[]; close: CloseEvent }> {
  const socket = new WebSocket(`${started.http.replace("http", "ws")}/ws`);
  const messages: Record<string, unknown>[] = [];
  const close = new Promise<CloseEvent>((resolve) => {
    socket.onclose = resolve;
  });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    messages.push(message);
    if (message.type === "joined" && message.kind === "join") whenJoined();
  };
  socket.onopen = () => {
    const say = (message: unknown) => socket.send(JSON.stringify(message));
    say({ type: "handshake", version: ["2"], id: "c1" });
    say({ type: "join", kind: "join", group: "lobby", username: "ann", token });
  };
  return { close: await close, messages };
}

function tokensOf(text: string): string[] {
  return [...text.matchAll(/\?token=([\w-]+)/g)].map(([, token = ""]) => token);
}

Deno.test("The first start makes a lobby; a restart keeps it, its tokens and the certificate", async () => {
  await using directory = await openTestDirectory();
  const first = await start(directory.path);
  const tokens = tokensOf(first.text);
  assert.equal(new Set(tokens).size, 2, first.text);
  const [operator = ""] = tokens;
  const pem = await Deno.readTextFile(`${directory.path}/data/cert.pem`);
  using client = Deno.createHttpClient({ caCerts: [pem] });
  const status = await fetch(`${first.https}/group/lobby/.status`, { client });
  assert.equal((await status.json()).name, "lobby");
  const firstLog = await stop(first);

  const second = await start(directory.path);
  assert.deepEqual(tokensOf(second.text), [], "the links are shown once");
  const again = await fetch(`${second.https}/group/lobby/.status`, { client });
  assert.equal(again.status, 200, "the certificate is the same");
  await again.body?.cancel();
  const stopped = Promise.withResolvers<string>();
  const { messages, close } = await joinUntilClosed(second, operator, () => {
    stop(second).then(stopped.resolve, stopped.reject);
  });
  const secondLog = await stopped.promise;

  const joined = messages.find(({ kind }) => kind === "join");
  assert.equal(joined?.["username"], "ann");
  assert.ok((joined?.["permissions"] as string[]).includes("op"));
  // The group is locked first, and then everybody is sent away.
  const change = messages.find(({ kind }) => kind === "change");
  assert.equal((change?.["status"] as { locked?: boolean }).locked, true);
  const last = messages.at(-1);
  assert.equal(last?.["kind"], "kicked");
  assert.equal(last?.["value"], "server is shutting down");
  assert.equal(close.code, 1000);
  for (const secret of tokens) {
    assert.ok(!firstLog.includes(secret) && !secondLog.includes(secret));
  }
});

Deno.test("A server that cannot start says why, without a stack", async () => {
  await using directory = await openTestDirectory();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const attempts: [string, RegExp][] = [
    [
      `--http=127.0.0.1:${taken.addr.port}`,
      /^Cannot listen on 127\.0\.0\.1:\d+: another program uses it/m,
    ],
    ["--public-address=example.org", /^Cannot announce address "example.org"/m],
    ["--nonsense", /^Unknown option '--nonsense'/m],
  ];
  for (const [flag, message] of attempts) {
    const process = spawn(directory.path, [
      "--https=off",
      "--media-port=0",
      "--http=127.0.0.1:0",
      flag,
    ]);
    const { code, stdout, stderr } = await process.output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 1, text);
    assert.match(text, message);
    assert.doesNotMatch(text, /\n\s+at /);
    assert.equal(stdout.length, 0);
  }
  await assert.rejects(Deno.stat(`${directory.path}/groups`));
});

import assert from "node:assert/strict";

import { createTestLog } from "../tests/support/test_log.ts";
import { makeCertificate } from "./certificate.ts";
import type { FetchHandler } from "./routes.ts";
import { ListenError } from "./listeners.ts";
import { openServers, type ServerOptions, type Servers } from "./server.ts";

const ANYWHERE = { hostname: undefined, port: 0 };
const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

function open(
  options: Partial<ServerOptions> & { readonly fetch: FetchHandler },
): Servers {
  return openServers({
    http: undefined,
    https: undefined,
    log: createTestLog(),
    ...options,
  });
}

Deno.test("openServers() serves HTTPS on all addresses, IPv6 and IPv4", async () => {
  const certificate = await makeCertificate(
    ["localhost", "127.0.0.1", "::1"],
    new Date(),
  );
  const servers = open({
    https: { address: ANYWHERE, certificate },
    fetch: (request, { hostname }) =>
      Promise.resolve(new Response(`${new URL(request.url).host} ${hostname}`)),
  });
  const { port } = servers.https ?? assert.fail();
  using client = Deno.createHttpClient({ caCerts: [certificate.cert] });

  for (
    const [host, peer] of [["127.0.0.1", /127\.0\.0\.1$/], ["[::1]", /::1$/]]
  ) {
    const response = await fetch(`https://${host}:${port}/`, { client });
    const text = await response.text();
    assert.ok(text.startsWith(`${host}:${port} `), text);
    assert.match(text, new RegExp(peer ?? ""));
  }

  assert.equal(servers.http, undefined);
  await servers.close(0);
});

Deno.test("openServers() compresses what is text", async () => {
  const text = "let x = 1;\n".repeat(1000);
  const servers = open({
    http: LOOPBACK,
    fetch: () =>
      Promise.resolve(
        new Response(text, { headers: { "Content-Type": "text/javascript" } }),
      ),
  });
  // By hand, as `fetch` undoes the compression and takes the header away.
  const { hostname, port } = servers.http ?? assert.fail();
  using connection = await Deno.connect({ hostname, port });
  await connection.write(new TextEncoder().encode(
    "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n",
  ));
  const answer = new Uint8Array(
    await new Response(connection.readable).arrayBuffer(),
  );

  assert.match(new TextDecoder().decode(answer), /content-encoding: gzip/i);
  assert.ok(answer.length < text.length / 2);
  await servers.close(0);
});

Deno.test("openServers() lives on when its handler fails", async () => {
  const log = createTestLog();
  const servers = open({
    http: LOOPBACK,
    log,
    fetch: (request) => {
      if (request.url.endsWith("/bug")) throw new Error("a secret of ours");
      return Promise.resolve(new Response("fine"));
    },
  });
  const base = `http://127.0.0.1:${servers.http?.port}`;

  const failed = await fetch(`${base}/bug`);
  assert.equal(failed.status, 500);
  assert.equal(await failed.text(), "Internal server error\n");
  assert.equal(await (await fetch(base)).text(), "fine");
  assert.match(String(log.lines[0]?.fields["error"]), /a secret of ours/);
  await servers.close(0);
});

Deno.test("openServers() says what to do if a port is taken, and leaves nothing open", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const fetch = () => Promise.resolve(new Response());
  const certificate = await makeCertificate(["localhost"], new Date());

  assert.throws(
    () => open({ fetch, http: { hostname: "127.0.0.1", port } }),
    (error) =>
      error instanceof ListenError &&
      error.message.startsWith(
        `Cannot listen on 127.0.0.1:${port}: another program uses it`,
      ) && error.message.includes("--http"),
  );
  // The plain one, opened before, is closed again: else the sanitizer objects.
  assert.throws(
    () =>
      open({
        fetch,
        http: LOOPBACK,
        https: { address: { hostname: "127.0.0.1", port }, certificate },
      }),
    /--https/,
  );
  assert.throws(
    () => open({ fetch, http: { hostname: "192.0.2.99", port: 0 } }),
    /this machine does not have that address/,
  );
});

Deno.test("Servers.close() waits for answers, but not for ever", async () => {
  const started = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const servers = open({
    http: LOOPBACK,
    fetch: () => {
      started.resolve();
      return answer.promise;
    },
  });
  const url = `http://127.0.0.1:${servers.http?.port}`;
  const patient = fetch(url);
  await started.promise;

  const closed = servers.close(60_000);
  answer.resolve(new Response("in time"));
  assert.equal(await (await patient).text(), "in time");
  await closed;
  await servers.close(0);

  const reached = Promise.withResolvers<void>();
  const stuck = open({
    http: LOOPBACK,
    fetch: () => {
      reached.resolve();
      return new Promise(() => {});
    },
  });
  const lost = assert.rejects(fetch(`http://127.0.0.1:${stuck.http?.port}`));
  await reached.promise;
  await stuck.close(1);
  await lost;
});

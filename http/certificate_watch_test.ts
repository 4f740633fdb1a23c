import assert from "node:assert/strict";

import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import { type CertificatePair, makeCertificate } from "./certificate.ts";
import { CertificateWatch } from "./certificate_watch.ts";
import { openServers } from "./server.ts";

async function put(directory: string, pair: Partial<CertificatePair>) {
  for (const [name, text] of Object.entries(pair)) {
    // As those programs do that renew certificates.
    await Deno.writeTextFile(`${directory}/${name}.new`, text);
    await Deno.rename(`${directory}/${name}.new`, `${directory}/${name}.pem`);
  }
}

/** Says what a server says on a WebSocket that has been open for long. */
async function echo(socket: WebSocket, text: string): Promise<string> {
  const heard = new Promise<string>((resolve) => {
    socket.onmessage = ({ data }) => resolve(data);
  });
  socket.send(text);
  return await heard;
}

Deno.test("A new certificate on disk is shown to those who come, and nobody's call ends (D-2)", async () => {
  await using directory = await openTestDirectory();
  const { path } = directory;
  const [first, second, third] = await Promise.all(
    [1, 2, 3].map(() => makeCertificate(["localhost"], new Date())),
  );
  assert.ok(first && second && third);
  await put(path, first);
  const log = createTestLog();
  const servers = openServers({
    http: undefined,
    https: {
      address: { hostname: "127.0.0.1", port: 0 },
      certificate: first,
    },
    fetch: (request) => {
      if (request.headers.get("Upgrade") === null) {
        return Promise.resolve(new Response("fine"));
      }
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(data);
      return Promise.resolve(response);
    },
    log,
  });
  const url = `https://localhost:${servers.https?.port}/`;
  const connects = async ({ cert }: CertificatePair) => {
    using client = Deno.createHttpClient({ caCerts: [cert] });
    return await fetch(url, { client }).then(
      async (response) => await response.text() === "fine",
      () => false,
    );
  };
  const watch = await CertificateWatch.open({
    directory: path,
    use: (pair) => servers.useCertificate(pair),
    log,
  });
  using caller = Deno.createHttpClient({ caCerts: [first.cert] });
  const socket = new WebSocket(url.replace("https", "wss"), {
    client: caller,
  } as never); // Deno's own option, of which its types do not know
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });

  await put(path, second);
  await watch.poll();
  assert.ok(await connects(first), "a change must last from look to look");
  await watch.poll();
  assert.ok(await connects(second));
  assert.ok(!await connects(first));
  assert.equal(await echo(socket, "still here"), "still here");

  // Broken, half, and gone pairs: the one before stays, and the log says so.
  const broken: Partial<CertificatePair>[] = [
    { cert: "garbage" },
    { cert: third.cert },
    { key: third.key, cert: first.cert },
  ];
  for (const pair of broken) {
    log.lines.length = 0;
    await put(path, pair);
    await watch.poll();
    await watch.poll();
    await watch.poll();
    assert.deepEqual(log.lines.map(({ level }) => level), ["error"]);
    assert.ok(await connects(second), JSON.stringify(Object.keys(pair)));
  }
  log.lines.length = 0;
  await Deno.remove(`${path}/key.pem`);
  await watch.poll();
  await watch.poll();
  assert.match(log.lines[0]?.text ?? "", /stays in use/);
  assert.ok(await connects(second));

  await put(path, third);
  await watch.poll();
  await watch.poll();
  assert.ok(await connects(third));
  assert.equal(await echo(socket, "and now"), "and now");
  const closed = new Promise((resolve) => {
    socket.onclose = resolve;
  });
  socket.close();
  await closed;
  await servers.close(0);
});

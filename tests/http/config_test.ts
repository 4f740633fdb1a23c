/**
 * `data/config.json` as a running server follows it.
 *
 * @module
 */
import assert from "node:assert/strict";

import { openRawWebSocket } from "./raw_upgrade.ts";
import { TestServer } from "../support/server.ts";
import { join } from "./join.ts";

const ANN = { group: "maths", username: "ann", password: "pw" };

const GROUPS = {
  maths: {
    "public": true,
    "users": { "ann": { "password": "pw", "permissions": "present" } },
  },
};

Deno.test("The configuration takes effect without a restart, a broken one has none (E-7, D-3, D-17, A-1)", async () => {
  await using server = await TestServer.start({ groups: GROUPS });
  const path = `${server.folder}/data/config.json`;
  const configure = (config: unknown) =>
    Deno.writeTextFile(path, JSON.stringify(config));
  const follow = async (target: string) => {
    const response = await fetch(`${server.http}${target}`, {
      redirect: "manual",
    });
    await response.body?.cancel();
    return [response.status, response.headers.get("Location")];
  };
  const fromElsewhere = () =>
    openRawWebSocket(server.http, "https://friend.example");
  const endpoint = async () =>
    (await (await fetch(`${server.http}/public-groups.json`)).json())[0]
      .endpoint;
  const canChangePassword = async () => {
    const { status } = await join(server.http, ANN);
    return (status as { canChangePassword?: boolean }).canChangePassword;
  };

  assert.equal(await fromElsewhere(), 403);
  assert.equal(await endpoint(), `${server.http.replace("http", "ws")}/ws`);
  assert.equal(await canChangePassword(), undefined);

  await configure({
    canonicalHost: "calls.example:8443",
    allowOrigin: ["https://Friend.example"],
    proxyURL: "https://calls.example/sub",
    writableGroups: true,
  });
  assert.deepEqual(await follow("/group/maths/?token=secret"), [
    301,
    "https://calls.example:8443/sub/group/maths/?token=secret",
  ]);
  assert.equal(await fromElsewhere(), 101);
  assert.equal(await endpoint(), "wss://calls.example/sub/ws");
  assert.equal(await canChangePassword(), true);

  await configure({ canonicalHosts: "nonsense.example" });
  assert.equal((await follow("/"))[0], 301);
  assert.equal(await endpoint(), "wss://calls.example/sub/ws");
  assert.match(
    server.log(),
    /config\.json, line 1, field "canonicalHosts": there is no such field/,
  );

  await Deno.remove(path);
  assert.equal(await fromElsewhere(), 403);
  assert.equal(await canChangePassword(), undefined);
});

Deno.test("A server does not start with a configuration that it cannot use (E-7)", async () => {
  const started = TestServer.start({ config: { writableGroup: true } });

  await assert.rejects(
    started,
    /Cannot use .*config\.json, line 1, field "writableGroup": there is no such field\n/,
  );
});

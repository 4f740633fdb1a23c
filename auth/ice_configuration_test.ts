import assert from "node:assert/strict";

import { instantAt, type Now, wallTimeAt } from "../lib/time.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import { IceConfiguration } from "./ice_configuration.ts";

const HOUR_MS = 3_600_000;

async function openOn(dataDirectory: string, relayOnly = false) {
  const log = createTestLog();
  let hours = 0;
  const clock = {
    now: (): Now => ({
      instant: instantAt(hours * HOUR_MS),
      wall: wallTimeAt(hours * HOUR_MS),
    }),
  };
  const ice = await IceConfiguration.open({
    dataDirectory,
    relayOnly,
    clock,
    log,
  });
  return { ice, log, pass: (more: number) => hours += more };
}

const LIMITED = JSON.stringify([{
  urls: ["turn:turn.example.org"],
  credential: "s3cret",
  credentialType: "hmac-sha1",
}]);

Deno.test("IceConfiguration follows its file, and keeps the last good one (B-62)", async () => {
  await using directory = await openTestDirectory();
  const file = `${directory.path}/ice-servers.json`;
  const { ice, log } = await openOn(directory.path);
  assert.deepEqual(ice.current, {});
  assert.equal(await ice.poll(), undefined);

  await Deno.writeTextFile(file, '[{"urls": ["stun:a"]}]');
  const changed = await ice.poll();
  assert.deepEqual(changed?.iceServers?.[0]?.urls, ["stun:a"]);
  assert.equal(ice.current, changed);
  assert.equal(await ice.poll(), undefined);

  await Deno.writeTextFile(file, '[{"urls": ["stun:b"], "secret": "s3cret"}]');
  assert.equal(await ice.poll(), undefined);
  assert.equal(ice.current, changed);
  const [line] = log.lines;
  assert.equal(line?.level, "error");
  assert.match(line.text, /line 1, field "0.secret": there is no such field/);
  assert.doesNotMatch(JSON.stringify(log.lines), /s3cret/);

  await Deno.remove(file);
  assert.deepEqual(await ice.poll(), {});
});

Deno.test("IceConfiguration makes new passwords long before the old ones end (B-61)", async () => {
  await using directory = await openTestDirectory();
  await Deno.writeTextFile(`${directory.path}/ice-servers.json`, LIMITED);
  const { ice, pass } = await openOn(directory.path);
  const name = () => ice.current.iceServers?.[0]?.username;
  assert.equal(name(), `${24 * 3600}`);
  pass(11);
  assert.equal(await ice.poll(), undefined);
  pass(1);
  assert.notEqual(await ice.poll(), undefined);
  assert.equal(name(), `${36 * 3600}`);
});

Deno.test("IceConfiguration does not begin with a file that cannot be used (B-60)", async () => {
  await using directory = await openTestDirectory();
  await Deno.writeTextFile(`${directory.path}/ice-servers.json`, "{}");
  await assert.rejects(openOn(directory.path), /ice-servers.json: .* a list/);
});

Deno.test("IceConfiguration warns of --relay-only without a relay (B-64)", async () => {
  await using directory = await openTestDirectory();
  const { ice, log } = await openOn(directory.path, true);
  assert.deepEqual(ice.current, { iceTransportPolicy: "relay" });
  assert.match(log.lines[0]!.text, /Nobody can connect: --relay-only/);
  await Deno.writeTextFile(`${directory.path}/ice-servers.json`, LIMITED);
  assert.equal((await openOn(directory.path, true)).log.lines.length, 0);
});

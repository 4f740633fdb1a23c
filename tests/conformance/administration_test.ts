/**
 * What the administrative interface is used for, and what comes of it.
 *
 * @module
 */
import assert from "node:assert/strict";

import { admin, adminJson, makeGroup, tryLogin } from "./ask.ts";
import { Client } from "./client.ts";

async function statusOf(answer: Promise<{ readonly status: number }>) {
  return (await answer).status;
}

Deno.test("D-8 D-50 other methods are told which ones there are", async () => {
  const group = await makeGroup();
  const rows = [
    [".stats", "PUT", ["OPTIONS", "HEAD", "GET"]],
    [".groups/", "DELETE", ["OPTIONS", "HEAD", "GET"]],
    [`.groups/${group}`, "POST", ["OPTIONS", "HEAD", "GET", "PUT", "DELETE"]],
    [`.groups/${group}/.users/`, "PUT", ["OPTIONS", "HEAD", "GET"]],
    [`.groups/${group}/.keys`, "GET", ["OPTIONS", "PUT", "DELETE"]],
    [`.groups/${group}/.tokens/`, "PUT", ["OPTIONS", "HEAD", "GET", "POST"]],
  ] as const;
  for (const [path, method, methods] of rows) {
    const { status, headers } = await admin(method, path);
    assert.equal(status, 405, path);
    const allowed = (headers.get("Allow") ?? "").split(", ");
    assert.deepEqual(allowed.sort(), [...methods].sort(), path);
  }
});

Deno.test("D-52 who is in a group stays when it is deleted", async () => {
  const group = await makeGroup({}, { paul: { password: "pw" } });
  await using paul = await Client.as("paul", group);
  assert.equal(await statusOf(admin("DELETE", `.groups/${group}`)), 204);
  await paul.settle();
  assert.equal(
    await tryLogin(group, { username: "paul", password: "pw" }),
    "group does not exist",
  );
});

Deno.test("D-57 E-31 tokens for all groups are made where no group is named", async () => {
  const token = {
    permissions: ["present"],
    expires: "2999-01-01T00:00:00Z",
    username: "gil",
    includeSubgroups: true,
  };
  const made = await adminJson("POST", ".groups/.tokens/", token);
  assert.equal(made.status, 201);
  const name = made.headers.get("Location") ?? "";
  for (const group of ["alone", await makeGroup()]) {
    assert.deepEqual(await tryLogin(group, { token: name }), ["present"]);
  }
  const path = `.groups/.tokens/${name}`;
  assert.equal(await statusOf(admin("DELETE", path)), 204);
});

Deno.test("D-57 E-12 a chat program invites to rooms that make themselves, as Zulip does", async () => {
  const hall = await makeGroup({ "auto-subgroups": true });
  const room = `${hall}/topic-${crypto.randomUUID().slice(0, 8)}`;
  const made = await adminJson("POST", `.groups/${room}/.tokens/`, {
    username: "Zoe",
    permissions: ["present", "message"],
    expires: "2999-01-01T00:00:00Z",
  });
  assert.equal(made.status, 201);
  const token = made.headers.get("Location") ?? "";
  assert.deepEqual(await tryLogin(room, { token }), ["present", "message"]);
  assert.equal(await tryLogin(`${hall}/other`, { token }), "not authorised");
});

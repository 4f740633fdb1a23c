/**
 * Section C: recordings, and the pages on which one has them.
 *
 * @module
 */
import assert from "node:assert/strict";

import { waitFor } from "../support/wait_for.ts";
import { type Answer, ask } from "./ask.ts";
import { Client, heardSince, newGroup, serverError } from "./client.ts";
import { Camera } from "./media.ts";
import { serverFolder, serverUrl, testOwn } from "./target.ts";

const RECORD = { type: "groupaction", kind: "record" };
const UNRECORD = { type: "groupaction", kind: "unrecord" };
const RECORDER = { type: "user", username: "RECORDING" };

/** What a browser sends of a name and a password. */
function basic(username: string, password: string): Record<string, string> {
  return { "Authorization": `Basic ${btoa(`${username}:${password}`)}` };
}

const OLGA = basic("olga", "pw-olga");
const PAUL = basic("paul", "pw-paul");

/** One of the users of a group that may be recorded. */
function enter(username: string, group: string): Promise<Client> {
  return Client.join({ group, username, password: `pw-${username}` });
}

/** Somebody who publishes, and an operator who records it. */
class Recorded implements AsyncDisposable {
  readonly group = newGroup("conf-recording");
  olga!: Client;
  paul!: Client;
  camera!: Camera;

  static async open(
    kinds: readonly ("audio" | "video")[] = ["audio"],
  ): Promise<Recorded> {
    const recorded = new Recorded();
    const { group } = recorded;
    recorded.olga = await enter("olga", group);
    recorded.paul = await enter("paul", group);
    const { olga, paul } = recorded;
    await olga.ask(RECORD);
    const id = `cam-${crypto.randomUUID().slice(0, 8)}`;
    recorded.camera = await Camera.publish(paul, id, kinds);
    return recorded;
  }

  get path(): string {
    return `/recordings/${this.group}/`;
  }

  /** The names of the files that there are, when there are so many. */
  async files(count: number): Promise<string[]> {
    return await waitFor(
      `${count} files`,
      async () => {
        this.camera.send();
        const { text } = await ask(this.path, "GET", OLGA);
        return [...text.matchAll(/<bdi>([^<]*)<\/bdi><\/a>/g)]
          .map(([, name]) => name!);
      },
      (names) => names.length >= count,
    );
  }

  /** The address of a file. */
  toFile(name: string): string {
    return this.path + encodeURIComponent(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.camera[Symbol.dispose]();
    await this.paul.close();
    await this.olga.ask(UNRECORD);
    await this.olga.close();
  }
}

/** Sends a form to a group's list. */
async function post(
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(serverUrl() + path, {
    method: "POST",
    headers,
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

Deno.test("A-32 A-73 C-13 a recorder comes, which everybody sees; a second one does not", async () => {
  const group = newGroup("conf-recording");
  await using olga = await enter("olga", group);
  await using paul = await enter("paul", group);
  const [own, other] = await heardSince([olga, paul], () => olga.say(RECORD));
  assert.deepEqual(own, other);
  const [{ id, ...rest } = {}] = own!;
  assert.deepEqual(rest, {
    ...RECORDER,
    kind: "add",
    permissions: ["system"],
  });
  assert.match(String(id), /^[0-9a-f]{32}$/);
  const heard = await olga.ask(RECORD);
  assert.deepEqual(heard, [serverError(olga, "already recording")]);
  await olga.ask(UNRECORD);
});

Deno.test("A-74 C-12 unrecord and kick take the recorder away; without one, nothing happens", async () => {
  const group = newGroup("conf-recording");
  await using olga = await enter("olga", group);
  assert.deepEqual(await olga.ask(UNRECORD), []);
  for (const end of ["unrecord", "kick"]) {
    await olga.ask(RECORD);
    const [{ id } = {}] = olga.all({ ...RECORDER, kind: "add" }).slice(-1);
    const [heard] = await heardSince(
      [olga],
      () =>
        olga.say(
          end === "kick"
            ? { type: "useraction", kind: "kick", dest: id }
            : UNRECORD,
        ),
    );
    assert.deepEqual(heard, [{ ...RECORDER, kind: "delete", id }]);
  }
});

Deno.test("A-73 A-74 who may not record is told so", async () => {
  const group = newGroup("conf-recording");
  await using paul = await enter("paul", group);
  for (const what of [RECORD, UNRECORD]) {
    const heard = await paul.ask(what);
    assert.deepEqual(heard, [serverError(paul, "not authorised")]);
  }
});

Deno.test("C-2 C-6 C-23 a file for what somebody publishes, with the time and the name", async () => {
  await using recorded = await Recorded.open();
  const [name = ""] = await recorded.files(1);
  assert.match(name, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-paul\.webm$/);
  const list = await ask(recorded.path, "GET", OLGA);
  assert.match(list.headers.get("Content-Type") ?? "", /^text\/html/);
  assert.equal(list.headers.get("Cache-Control"), "no-cache");
  assert.match(list.text, /<button[^>]*>Delete<\/button>/);
  const put = await ask(recorded.path, "PUT", OLGA);
  assert.equal(put.status, 405);
});

testOwn(
  "C-1 recordings are their owner's only, a folder for each group",
  async () => {
    await using recorded = await Recorded.open();
    const [name = ""] = await recorded.files(1);
    const folder = `${serverFolder()}/recordings/${recorded.group}`;
    const modeOf = async (path: string) =>
      (await Deno.stat(path)).mode! & 0o777;
    assert.equal(await modeOf(folder), 0o700);
    assert.equal(await modeOf(`${folder}/${name}`), 0o600);
  },
);

Deno.test("C-6 C-7 a flow that is replaced goes on in another file", async () => {
  await using recorded = await Recorded.open(["audio", "video"]);
  await recorded.files(1);
  const { camera: old, paul } = recorded;
  const options = { replace: old.id };
  recorded.camera = await Camera.publish(
    paul,
    `${old.id}b`,
    ["audio", "video"],
    options,
  );
  old[Symbol.dispose]();
  const files = await recorded.files(2);
  assert.equal(files.length, 2);
});

Deno.test("C-25 a recording can be had whole, in part, and not twice", async () => {
  await using recorded = await Recorded.open();
  const [name = ""] = await recorded.files(1);
  await recorded.olga.ask(UNRECORD);
  const path = recorded.toFile(name);
  const whole = await waitFor(
    "a file that does not change",
    async () => {
      const { text, headers } = await ask(path, "GET", OLGA);
      const again = await ask(path, "HEAD", OLGA);
      const isSame = again.headers.get("ETag") === headers.get("ETag");
      return { text, etag: headers.get("ETag") ?? "", isSame };
    },
    ({ isSame }) => isSame,
  );
  const { etag, text } = whole;
  assert.match(etag, /^"\d+-\d+"$/);
  assert.ok(text.includes("webm"));
  const part = await ask(path, "GET", { ...OLGA, "Range": "bytes=0-9" });
  assert.equal(part.status, 206);
  assert.match(part.headers.get("Content-Range") ?? "", /^bytes 0-9\/\d+$/);
  const known = await ask(path, "GET", { ...OLGA, "If-None-Match": etag });
  assert.equal(known.status, 304);
  assert.match(known.headers.get("Cache-Control") ?? "", /no-cache/);
});

Deno.test("C-20 C-21 D-20 paths without a slash, and without a group", async () => {
  for (const path of ["/recordings", "/recordings/conf-recording"]) {
    const { status, headers } = await ask(path);
    assert.equal(status, 308);
    const place = headers.get("Location")?.replace(serverUrl(), "");
    assert.equal(place, `${path}/`);
  }
  const { status, text } = await ask("/recordings/");
  assert.deepEqual([status, text.trim()], [400, "Bad group name"]);
});

Deno.test("C-22 J-16 who may record may have recordings; strangers learn nothing", async () => {
  await using recorded = await Recorded.open();
  const [name = ""] = await recorded.files(1);
  const there = [recorded.path, recorded.toFile(name)];
  const notThere = ["/recordings/nowhere/", `${recorded.path}none.webm`];
  const strangers = [{}, PAUL, basic("olga", "wrong"), basic("root", "pw")];
  for (const headers of strangers) {
    const answers = [];
    for (const path of [...there, ...notThere]) {
      const { status, headers: got, text } = await ask(path, "GET", headers);
      assert.match(
        got.get("WWW-Authenticate") ?? "",
        /^basic realm="recordings\//i,
      );
      answers.push([status, text]);
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal(answers[0]?.[0], 401);
  }
  for (const path of there) {
    assert.equal((await ask(path, "GET", OLGA)).status, 200);
  }
});

Deno.test("C-24 J-16 who may record may delete, but no page of somebody else's in their name", async () => {
  await using recorded = await Recorded.open();
  const [filename = ""] = await recorded.files(1);
  await recorded.olga.ask(UNRECORD);
  const { path } = recorded;
  const wanted = { q: "delete", filename };
  const elsewhere = { ...OLGA, "Origin": "https://evil.example" };
  const forged = await post(path, wanted, elsewhere);
  assert.equal(forged.status, 403);
  assert.equal((await post(path, wanted, PAUL)).status, 401);
  const wrong = [{ q: "delete" }, { ...wanted, q: "x" }, {
    q: "delete",
    filename: "../x.webm",
  }];
  for (const fields of wrong) {
    const answer = await post(path, fields as Record<string, string>, OLGA);
    assert.equal(answer.status, 400);
  }
  const none = { q: "delete", filename: "none.webm" };
  assert.equal((await post(path, none, OLGA)).status, 404);
  const done = await post(path, wanted, OLGA);
  assert.equal(done.status, 303);
  assert.equal(done.headers.get("Location")?.replace(serverUrl(), ""), path);
  assert.equal((await ask(recorded.toFile(filename), "GET", OLGA)).status, 404);
});

Deno.test("C-26 nothing but recordings can be had", async () => {
  const paths = [
    "/recordings/conf-recording/..%2f..%2fdata%2fconfig.json",
    "/recordings/conf-recording/%2e%2e%2f%2e%2e%2fgroups%2fclub.json",
    "/recordings/..%2fgroups/",
    "/recordings/conf-recording/%5c..%5c..%5cx.webm",
  ];
  for (const path of paths) {
    const { status, text } = await ask(path, "GET", OLGA);
    assert.ok(status >= 300 && status < 500, `${path}: ${status}`);
    assert.doesNotMatch(text, /users/);
  }
});

/** Section E: who is let into which group, and as what. */
import assert from "node:assert/strict";

import { SignJWT } from "jose";

import { type Joining, newGroup, Reader } from "./reader.ts";
import { serverFolder, testOwn } from "./target.ts";

/** As what somebody is let in, or the text with which they are refused. */
async function outcomeOf(joining: Joining): Promise<string> {
  await using client = await Reader.greet();
  const answer = await client.join(joining);
  const permissions = answer["permissions"] ?? [];
  return answer["kind"] === "join"
    ? `${answer["username"]}: ${permissions}`
    : String(answer["value"]);
}

const REFUSED = "not authorised";

Deno.test("E-20 E-22 H.2 passwords of every type", async () => {
  const ask = (username: string, password: string) =>
    outcomeOf({ group: "conf-passwords", username, password });
  for (const username of ["plain", "pbkdf2", "bcrypt"]) {
    const as = `${username}: present,message`;
    assert.equal(await ask(username, "pass"), as);
    for (const wrong of ["", "Pass", "pass ", "wrong"]) {
      assert.equal(await ask(username, wrong), REFUSED);
    }
  }
  assert.equal(await ask("anything", "goes"), "anything: present,message");
  assert.equal(await ask("nothing", ""), REFUSED);
  assert.equal(await ask("stranger", "pass"), REFUSED);
  // A named user has one entry, and the wildcard is for others.
  const named = { group: newGroup("conf"), username: "olga", password: "x" };
  assert.equal(await outcomeOf(named), REFUSED);
});

Deno.test(
  "E-2 E-1 names that are legal, and that are not",
  async () => {
    const group = newGroup("conf");
    for (const username of ["a/b", "Ann Lee", "żółw", "a.b"]) {
      assert.equal(
        await outcomeOf({ group, username }),
        `${username}: present,message`,
      );
    }
    for (const username of ["../x", "/x", "x/", "a\\b", "a//b", "."]) {
      assert.equal(await outcomeOf({ group, username }), REFUSED);
    }
  },
);

Deno.test("E-23 sets of permissions, spelt out", async () => {
  const group = newGroup("conf");
  const as = (username: string) =>
    outcomeOf({ group, username, password: `pw-${username}` });
  assert.equal(await as("olga"), "olga: op,present,message,caption,token");
  assert.equal(await as("paul"), "paul: present,message");
  assert.equal(await as("mia"), "mia: message");
  assert.equal(await as("otto"), "otto: ");
  assert.equal(await as("carl"), "carl: caption");
  assert.equal(await as("ada"), "ada: admin");
  assert.equal(await as("tess"), "tess: present,message,token");
});

Deno.test(
  "E-12 a subgroup inherits where that is allowed",
  async () => {
    const group = newGroup("conf/deep/er");
    assert.equal(
      await outcomeOf({ group, username: "x" }),
      "x: present,message",
    );
    assert.equal(
      await outcomeOf({
        group: "conf-strict/sub",
        username: "paul",
        password: "pw-paul",
      }),
      "group does not exist",
    );
  },
);

Deno.test(
  "E-31 E-32 E-33 tokens: group, time, name, and rights as they are written",
  async () => {
    const group = newGroup("conf");
    const by = (token: string, where = group, username?: string) =>
      outcomeOf({
        group: where,
        token,
        ...(username !== undefined && { username }),
      });
    assert.equal(await by("conf-named"), "tina: message");
    assert.equal(await by("conf-named", group, "olga"), "tina: message");
    assert.equal(await by("conf-named", "conf"), "tina: message");
    assert.equal(await by("conf-named", "conf-strict"), REFUSED);
    assert.equal(await by("conf-exact", "conf"), "tina: present");
    assert.equal(await by("conf-exact"), REFUSED);
    assert.equal(await by("conf-expired"), REFUSED);
    assert.equal(await by("conf-endless"), REFUSED);
    assert.equal(await by("conf-recorder", "conf-recording"), "rita: op");
  },
);

Deno.test(
  "E-40 E-41 E-42 E-43 E-44 tokens that a group's key has signed",
  async () => {
    const secret = Uint8Array.fromBase64(
      "H7pCkktUl5KyPCZ7CKw09y1j460tfIv4dRcS1XstUKY",
      { alphabet: "base64url" },
    );
    const now = Math.floor(Date.now() / 1000);
    const by = async (
      claims: Record<string, unknown>,
      { header = {}, key = secret, username = "paula", group = "conf-keys" } =
        {},
    ) => {
      const token = await new SignJWT({
        sub: "john",
        aud: "https://anywhere.example:8443/group/conf-keys/",
        permissions: ["present"],
        iat: now,
        exp: now + 60,
        ...claims,
      }).setProtectedHeader({ alg: "HS256", ...header }).sign(key);
      return await outcomeOf({ group, token, username });
    };
    // First, as refusals take their time: expired, within the five seconds.
    assert.equal(await by({ exp: now - 1 }), "john: present");
    assert.equal(await by({}), "john: present");
    assert.equal(await by({ permissions: ["op", "token"] }), "john: op,token");
    assert.equal(await by({ permissions: undefined }), "john: ");
    assert.equal(await by({ sub: "" }), "paula: present");
    assert.equal(await by({ sub: undefined }), "paula: present");
    assert.equal(
      await by({ sub: undefined }, { username: "olga" }),
      ": present",
    );
    assert.equal(
      await by({ aud: ["x", "http://y/group/conf-keys/"] }),
      "john: present",
    );
    const sub = { group: newGroup("conf-keys") };
    assert.equal(await by({}, sub), REFUSED);
    assert.equal(await by({ "include-subgroups": true }, sub), "john: present");
    for (
      const claims of [
        { aud: "https://x/group/conf/" },
        { aud: "https://x/group/conf-keys" },
        { exp: now - 10 },
        { exp: undefined },
        { nbf: now + 60 },
        { iat: now + 60 },
        { permissions: "present" },
      ]
    ) assert.equal(await by(claims), REFUSED, JSON.stringify(claims));
    assert.equal(await by({}, { header: { kid: "other" } }), REFUSED);
    assert.equal(await by({}, { key: new Uint8Array(32) }), REFUSED);
  },
);

testOwn(
  "E-10 E-11 A-101 a file that has changed takes effect, and one that breaks disturbs nobody",
  async () => {
    const path = `${serverFolder()}/groups/changing.json`;
    const write = (text: string) => Deno.writeTextFile(path, text);
    const description = (displayName: string) =>
      JSON.stringify({
        displayName,
        "wildcard-user": {
          password: { type: "wildcard" },
          permissions: "present",
        },
      });
    await write(description("one"));
    await using ann = await Reader.join({
      group: "changing",
      username: "ann",
    });
    await write(description("two, changed"));
    await using _bob = await Reader.join({
      group: "changing",
      username: "bob",
    });
    const change = await ann.next("joined", "change");
    assert.equal(
      (change["status"] as { displayName: string }).displayName,
      "two, changed",
    );
    assert.deepEqual(change["permissions"], ["present", "message"]);
    await write('{"displayName": "three", "unheard-of": 1}');
    const late: Joining = { group: "changing", username: "late" };
    assert.equal(await outcomeOf(late), "internal server error");
    ann.say({ type: "chat", value: "still here" });
    assert.equal((await ann.next("chat"))["value"], "still here");
    await write(description("four, mended"));
    assert.equal(await outcomeOf(late), "late: present,message");
  },
);

Deno.test(
  "E.2 obsolete forms of a description are understood",
  async () => {
    assert.equal(
      await outcomeOf({
        group: "conf-obsolete",
        username: "ole",
        password: "pw-ole",
      }),
      "ole: op,present,message,caption,token",
    );
    assert.equal(
      await outcomeOf({
        group: newGroup("conf-obsolete"),
        username: "x",
        password: "any",
      }),
      "x: present,message",
    );
  },
);

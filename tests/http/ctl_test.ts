/**
 * The program that administers servers, against a running one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join as joinPath } from "node:path";
import { fileURLToPath } from "node:url";

import { COMMANDS, runCtl } from "../../cli/ctl/run_ctl.ts";
import { openTestDirectory } from "../support/test_directory.ts";
import type { TestServer } from "../support/server.ts";
import { startAdministered } from "./admin_client.ts";
import { join } from "./join.ts";

/** What the program has printed, and its exit code. */
interface Said {
  readonly code: number;
  readonly out: string;
  readonly complaint: string;
}

async function say(
  args: readonly string[],
  environment: Record<string, string> = { HOME: "/nonexistent" },
): Promise<Said> {
  const out: string[] = [];
  const complaints: string[] = [];
  const code = await runCtl(args, {
    environment,
    now: () => new Date(),
    prompt: () => Promise.resolve("prompted"),
    print: (text) => out.push(text),
    complain: (text) => complaints.push(text),
  });
  return { code, out: out.join("\n"), complaint: complaints.join("\n") };
}

/** Runs commands as root; asserts that they are done, and gives what they say. */
function asRoot(server: TestServer) {
  return async (...args: string[]): Promise<string> => {
    const said = await say([
      "-server",
      server.http,
      "-admin-username=root",
      "--admin-password",
      "pw",
      ...args,
    ]);
    assert.equal(said.code, 0, `${args}: ${said.complaint}`);
    return said.out;
  };
}

Deno.test("ctl makes, lists, shows, changes and deletes groups (F.2)", async () => {
  await using server = await startAdministered();
  const ctl = asRoot(server);

  await ctl("create-group", "-group", "maths/a b", "-auto-subgroups");
  await ctl("create-group", "-group=art", "-json", '{"public": true}');
  assert.equal(await ctl("list-groups"), "art\nmaths/a b\nzz");
  assert.equal(await ctl("list-groups", "a*", "zz"), "art\nzz");
  assert.equal(await ctl("-json", "list-groups", "a*"), '["art"]');
  assert.equal(await ctl("list-groups", "--json", "a*"), '["art"]');
  await ctl(
    "update-group",
    "-group",
    "art",
    "-unrestricted-tokens",
    "-json",
    '{"public": null, "displayName": "Art"}',
  );
  assert.deepEqual(JSON.parse(await ctl("show-group", "-group", "art")), {
    "displayName": "Art",
    "unrestricted-tokens": true,
  });
  await ctl("update-group", "-group", "art", "-unrestricted-tokens=false");
  assert.deepEqual(JSON.parse(await ctl("show-group", "-group", "art")), {
    "displayName": "Art",
  });
  await ctl("delete-group", "-group", "maths/a b");
  assert.equal(await ctl("list-groups"), "art\nzz");
});

Deno.test("ctl makes users who can join (F.2)", async () => {
  await using server = await startAdministered({ maths: {} });
  const ctl = asRoot(server);
  const inMaths = (command: string, ...args: string[]) =>
    ctl(command, "-group", "maths", ...args);
  const kind = async (username: string, password: string) =>
    (await join(server.http, { group: "maths", username, password }))["kind"];

  await inMaths("create-user", "-user", "ann");
  await inMaths("create-user", "-user", "bob/x", "-permissions", "op");
  await inMaths("create-user", "-wildcard", "-permissions", '["message"]');
  assert.equal(await inMaths("list-users"), "ann\nbob/x");
  assert.equal(await inMaths("list-users", "b*/*"), "bob/x");
  assert.equal(
    await inMaths("list-users", "-l"),
    "ann          present\nbob/x        op",
  );
  await inMaths("update-user", "-user", "ann", "-permissions", "observe");
  assert.equal(
    await inMaths("list-users", "-l", "-json", "ann"),
    '[{"permissions":"observe","user":"ann"}]',
  );

  await inMaths("set-password", "-user", "ann", "-password", "one");
  assert.equal(await kind("ann", "one"), "join");
  await inMaths("set-password", "-user", "ann");
  assert.equal(await kind("ann", "prompted"), "join");
  const pbkdf2 = ["-type", "pbkdf2", "-iterations", "10", "-password", "two"];
  await inMaths("set-password", "-user", "ann", ...pbkdf2);
  assert.equal(await kind("ann", "two"), "join");
  assert.equal(await kind("ann", "one"), "fail");
  await inMaths("set-password", "-wildcard", "-type", "wildcard");
  assert.equal(await kind("stranger", "x"), "join");
  await inMaths("delete-password", "-wildcard");
  assert.equal(await kind("stranger", "x"), "fail");
  await inMaths("delete-user", "-user", "ann");
  await inMaths("delete-user", "-wildcard");
  assert.equal(await inMaths("list-users"), "bob/x");
});

Deno.test("ctl makes tokens that let in, until they are revoked (F.2)", async () => {
  await using server = await startAdministered({ maths: {} });
  const ctl = asRoot(server);
  const permissions = async (token: string, group = "maths") =>
    (await join(server.http, { group, username: "ann", token }))["permissions"];
  const ofMaths = ["-group", "maths"];

  const token = await ctl("create-token", ...ofMaths, "-user", "olga");
  assert.match(token, /^[\w-]{22}$/);
  assert.equal(await ctl("list-tokens", ...ofMaths), token);
  assert.match(
    await ctl("list-tokens", ...ofMaths, "-l"),
    new RegExp(`^${token} +olga +\\[mp\\] +20.*Z$`),
  );
  assert.deepEqual(await permissions(token), ["present", "message"]);
  const change = ["-permissions", "message", "-duration", "1h"];
  await ctl("update-token", ...ofMaths, "-token", token, ...change);
  assert.deepEqual(await permissions(token), ["message"]);
  await ctl("revoke-token", ...ofMaths, "-token", token);
  assert.equal(await permissions(token), undefined);
  await ctl("delete-token", ...ofMaths, "-token", token);
  assert.equal(await ctl("list-tokens", ...ofMaths), "");

  const all = ["-group", "", "-include-subgroups", "-permissions", "op"];
  const global = JSON.parse(await ctl("create-token", ...all, "-json"));
  assert.ok((await permissions(global.token, "zz") as string[]).includes("op"));
  assert.equal(await ctl("list-tokens", "-group", ""), global.token);

  const admin = JSON.parse(
    await ctl("-json", "create-token", ...all, "-permissions", "admin"),
  );
  const said = await say([
    "-server",
    server.http,
    "-admin-token",
    admin.token,
    "list-groups",
  ]);
  assert.deepEqual(said, { code: 0, out: "maths\nzz", complaint: "" });
});

Deno.test("ctl says what is wrong, and how wrong by its exit code (F.2)", async () => {
  await using server = await startAdministered({ maths: {} });
  const at = ["-server", server.http];
  const root = [...at, "-admin-username", "root", "-admin-password", "pw"];
  const rows: [string[], number, RegExp][] = [
    [
      [...root, "show-group", "-group", "none"],
      1,
      /^HTTP error: 404 Not Found$/,
    ],
    [
      [...at, "list-groups"],
      1,
      /^HTTP error: 401 Unauthorized \(give the name/,
    ],
    [
      [...root, "create-group", "-group", "maths"],
      1,
      /^HTTP error: 412 .*exists/,
    ],
    [
      [
        ...root,
        "create-user",
        "-group",
        "maths",
        "-user",
        "x",
        "-json",
        '{"permissions":"king"}',
      ],
      1,
      /^HTTP error: 400 Bad Request \(.*unknown permission/,
    ],
    [["-server", "http://127.0.0.1:9", "list-groups"], 1, /^Cannot reach http/],
    [
      ["-server", server.https, "list-groups"],
      1,
      /^Cannot trust .* use -insecure/,
    ],
    [[...root, "show-group"], 1, /^Give -group$/],
    [[...root, "show-group", "-group", ""], 1, /name of a group/],
    [[...root, "delete-user", "-group", "maths"], 1, /-user or -wildcard/],
    [[...root, "create-group", "-group", "x", "-json", "[]"], 1, /an object/],
    [[...root, "create-token", "-group", "x", "-duration", "y"], 1, /24h/],
    [[...root, "list-groups", "-x"], 1, /no flag -x/],
    [[...root, "make-tea"], 1, /no command make-tea/],
    [[...root, "show-group", "maths"], 1, /too much: maths/],
    [["-server", "example.org", "list-groups"], 1, /no address/],
    [["-config", "/nonexistent.json", "list-groups"], 1, /no such file/],
  ];
  for (const [args, code, complaint] of rows) {
    const said = await say(args);
    assert.equal(said.code, code, args.join(" "));
    assert.match(said.complaint, complaint);
    assert.equal(said.out, "");
  }
  const asJson = await say([...root, "-json", "show-group", "-group", "none"]);
  assert.deepEqual(JSON.parse(asJson.complaint), {
    error: "HTTP error: 404 Not Found",
    status: 404,
  });
});

Deno.test("ctl prepares a server, and then knows how to reach it (F.2)", async () => {
  await using server = await startAdministered();
  await using directory = await openTestDirectory();
  const environment = { XDG_CONFIG_HOME: `${directory.path}/xdg` };
  const config = `${server.folder}/data/config.json`;
  const setup = [
    "-server",
    server.https,
    "-admin-username",
    "olga",
    "initial-setup",
    "-config",
    config,
  ];
  const refused = await say(setup, environment);
  assert.equal(refused.code, 1);
  assert.match(refused.complaint, /config\.json: it exists already/);

  await Deno.remove(config);
  assert.equal((await say(setup, environment)).code, 0);
  const own = `${directory.path}/xdg/galene/galenectl.json`;
  for (const path of [config, own]) {
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  }
  assert.match(await Deno.readTextFile(config), /"\$2a\$12\$/);
  const listed = await say(["-insecure", "list-groups"], environment);
  assert.deepEqual(listed, { code: 0, out: "zz", complaint: "" });
  const other = ["-insecure", "-admin-password", "x", "list-groups"];
  assert.equal((await say(other, environment)).code, 1, "flags win");

  await Deno.writeTextFile(own, '{\n"servers": 1}');
  const broken = await say(["list-groups"], environment);
  assert.equal(broken.code, 1);
  assert.match(broken.complaint, /line 2, field "servers": there is no such/);
});

Deno.test("ctl hashes passwords for those who edit files (F.2)", async () => {
  const hash = async (...args: string[]) =>
    JSON.parse((await say(["hash-password", ...args])).out);

  assert.match((await hash()).key, /^\$2a\$08\$/);
  assert.match((await hash("-cost", "5", "-password", "x")).key, /^\$2a\$05\$/);
  assert.deepEqual(await hash("-type", "wildcard"), { type: "wildcard" });
  const sizes = ["-iterations", "7", "-key", "16", "-salt", "4"];
  const { key, salt, ...rest } = await hash("-type", "pbkdf2", ...sizes);
  assert.deepEqual(rest, { type: "pbkdf2", hash: "sha-256", iterations: 7 });
  assert.deepEqual([key.length, salt.length], [32, 8]);
  for (
    const wrong of [
      ["-type", "md5"],
      ["-cost", "31"],
      ["-password", ""],
      ["-type", "wildcard", "-password", "x"],
    ]
  ) {
    assert.equal((await say(["hash-password", ...wrong])).code, 1);
  }
});

Deno.test("ctl completes commands and flags in bash", async () => {
  const { out } = await say(["completion"]);
  const complete = async (...words: string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const script = [
      out,
      `COMP_WORDS=(nereidctl ${quoted})`,
      `COMP_CWORD=${words.length}`,
      "_nereidctl",
      'echo "${COMPREPLY[*]}"',
    ].join("\n");
    const { stdout } = await new Deno.Command("bash", {
      args: ["-c", script],
    }).output();
    return new TextDecoder().decode(stdout).trim();
  };

  assert.equal(await complete("list-"), "list-groups list-users list-tokens");
  assert.equal(await complete("-admin-t"), "-admin-token");
  assert.equal(
    await complete("-json", "create-token", "-inc"),
    "-include-subgroups",
  );
  assert.equal(await complete("show-group", ""), "-group");
  assert.match((await say(["completion", "-shell", "zsh"])).out, /^autoload/);
  assert.equal((await say(["completion", "-shell", "sh"])).code, 1);
});

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the program as `deno task ctl` does, with the same permissions. */
async function runProgram(args: readonly string[], input = ""): Promise<Said> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  const [, ...run] = tasks.ctl.command.split(" ");
  const child = new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: [...run, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), complaint: decode(stderr) };
}

Deno.test("ctl as a program of its own helps, and takes a password from a pipe", async () => {
  const help = await runProgram(["-help"]);
  assert.equal(help.code, 0);
  for (const { name } of COMMANDS) assert.ok(help.out.includes(name), name);
  assert.match((await runProgram(["show-group", "-help"])).out, /-group/);
  const hashed = await runProgram(
    ["hash-password", "-cost", "4"],
    "pässword\nmore",
  );
  assert.match(hashed.out, /^\{"type":"bcrypt","key":"\$2a\$04\$.*\}\n$/);
  const nothing = await runProgram(["hash-password"]);
  assert.deepEqual([nothing.code, nothing.complaint], [
    1,
    "No password was given\n",
  ]);
  assert.equal((await runProgram(["make-tea"])).code, 1);
});

Deno.test("ctl as a program of its own reaches a server with its own certificate", async () => {
  await using server = await startAdministered();
  const list = (...flags: string[]) =>
    runProgram([
      "-server",
      server.https,
      "-admin-username=root",
      "-admin-password=pw",
      ...flags,
      "list-groups",
    ]);

  const wary = await list();
  assert.equal(wary.code, 1);
  assert.match(wary.complaint, /^Cannot trust https.*use -insecure\n$/);
  assert.deepEqual(await list("-insecure"), {
    code: 0,
    out: "zz\n",
    complaint: "",
  });
});

Deno.test("ctl is installed as README says, and works from anywhere", async () => {
  await using server = await startAdministered();
  await using directory = await openTestDirectory();
  const project = fileURLToPath(new URL("../..", import.meta.url));
  const readme = await Deno.readTextFile(joinPath(project, "README.md"));
  const [, flags = ""] =
    /^deno (install --global(?:.*\\\n)*.*)$/m.exec(readme) ??
      [];
  assert.notEqual(flags, "", "README no longer says how to install it");
  const args = flags.replaceAll("\\\n", " ").split(/\s+/);
  await run(Deno.execPath(), args, project, directory.path);

  const program = joinPath(directory.path, "bin", "nereidctl");
  const listed = await run(
    program,
    [
      "-server",
      server.http,
      "-admin-username=root",
      "-admin-password=pw",
      "list-groups",
    ],
    directory.path,
    directory.path,
  );
  assert.equal(listed, "zz\n");
});

/** Runs a program, as somebody who installs in `home`; what it prints. */
async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  home: string,
): Promise<string> {
  const { PATH = "" } = Deno.env.toObject();
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: {
      // The shell script that is installed starts `deno` by name.
      PATH: `${dirname(Deno.execPath())}:${PATH}`,
      DENO_INSTALL_ROOT: home,
    },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, decode(stderr));
  return decode(stdout);
}

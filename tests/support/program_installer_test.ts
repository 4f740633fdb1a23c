import assert from "node:assert/strict";
import { installLacking, type Machine } from "./program_installer.ts";
import type { RequiredProgram } from "./required_programs.ts";

const REQUIRED: readonly RequiredProgram[] = [
  { program: "chromium", debianPackage: "chromium", purpose: "browser tests" },
  { program: "ip", debianPackage: "iproute2", purpose: "a private network" },
];

/** A machine with these files, where commands do as `succeeds` says. */
function machineWith(
  files: string[],
  isRoot: boolean,
  succeeds: (command: string) => boolean = () => true,
) {
  const commands: string[] = [];
  const said: string[] = [];
  const machine: Machine = {
    searchPath: "/bin:relative:/usr/bin",
    isRoot,
    exists: (path) => files.includes(path),
    run(command) {
      const line = command.join(" ");
      commands.push(line);
      const done = succeeds(line);
      if (done && line.includes("apt-get install")) {
        files.push("/usr/bin/chromium", "/usr/sbin/ip");
      }
      return done;
    },
    say: (line) => said.push(line),
  };
  return { machine, commands, said };
}

Deno.test("installLacking() does nothing where nothing is lacking", () => {
  const { machine, commands, said } = machineWith(
    ["/usr/bin/chromium", "/usr/sbin/ip"],
    false,
  );

  assert.equal(installLacking(REQUIRED, machine), true);
  assert.deepEqual([commands, said], [[], []]);
});

Deno.test("installLacking() says what it installs, and does as root", () => {
  const { machine, commands, said } = machineWith(
    ["/usr/bin/apt-get", "/bin/ip"],
    true,
  );

  assert.equal(installLacking(REQUIRED, machine), true);
  assert.deepEqual(commands, [
    "env DEBIAN_FRONTEND=noninteractive apt-get update",
    "env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium",
  ]);
  assert.deepEqual(said, [
    "Lacking: chromium (package chromium), browser tests.",
    "Installing chromium with apt-get.",
  ]);
});

Deno.test("installLacking() uses sudo where that asks for no password", () => {
  const { machine, commands } = machineWith(
    ["/usr/bin/apt-get", "/usr/bin/sudo"],
    false,
  );

  assert.equal(installLacking(REQUIRED, machine), true);
  assert.deepEqual(commands, [
    "sudo -n true",
    "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update",
    "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium iproute2",
  ]);
});

for (
  const { why, files, succeeds } of [
    { why: "no apt-get", files: [], succeeds: () => true },
    { why: "there is no sudo", files: ["/bin/apt-get"], succeeds: () => true },
    {
      why: "ask for a password",
      files: ["/bin/apt-get", "/bin/sudo"],
      succeeds: (command: string) => command !== "sudo -n true",
    },
  ]
) {
  Deno.test(`installLacking() says what to install if it cannot: ${why}`, () => {
    const { machine, commands, said } = machineWith(files, false, succeeds);

    assert.equal(installLacking(REQUIRED, machine), false);
    assert.equal(commands.some((line) => line.includes("install")), false);
    assert.ok(said.some((line) => line.includes(why)));
    assert.equal(
      said.at(-1),
      "Please run, as root: apt-get install chromium iproute2",
    );
  });
}

Deno.test("installLacking() fails if apt-get does", () => {
  const { machine, said } = machineWith(
    ["/bin/apt-get"],
    true,
    (command) => !command.includes("install"),
  );

  assert.equal(installLacking(REQUIRED, machine), false);
  assert.match(said.at(-1) ?? "", /did not bring chromium, ip/);
});

Deno.test("installLacking() tries to install though the update fails", () => {
  const { machine } = machineWith(
    ["/bin/apt-get"],
    true,
    (command) => !command.includes("update"),
  );

  assert.equal(installLacking(REQUIRED, machine), true);
});

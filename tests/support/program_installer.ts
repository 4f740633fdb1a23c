import { findProgram, type RequiredProgram } from "./required_programs.ts";

/** What the installer asks of the machine. */
export interface Machine {
  /** As in the environment: folders with colons between. */
  readonly searchPath: string;
  readonly isRoot: boolean;
  exists(path: string): boolean;
  /** Runs a command with its output shown; whether it succeeded. */
  run(command: readonly string[]): boolean;
  /** Says something to the person who waits. */
  say(line: string): void;
}

/**
 * Installs what is lacking, with Debian's `apt-get`.
 *
 * Never leaves anything out silently: what cannot be installed is named, with
 * the command that would do it.
 *
 * @returns whether everything is there now
 */
export function installLacking(
  required: readonly RequiredProgram[],
  machine: Machine,
): boolean {
  const lacking = findLacking(required, machine);
  if (lacking.length === 0) return true;
  const packages = [...new Set(lacking.map((each) => each.debianPackage))];
  for (const { program, debianPackage, purpose } of lacking) {
    machine.say(`Lacking: ${program} (package ${debianPackage}), ${purpose}.`);
  }

  const prefix = findPrefix(machine);
  if (typeof prefix === "string") {
    machine.say(`Cannot install it: ${prefix}.`);
    machine.say(`Please run, as root: apt-get install ${packages.join(" ")}`);
    return false;
  }
  machine.say(`Installing ${packages.join(", ")} with apt-get.`);
  // An outdated list of packages is no reason to give up: they may be there.
  machine.run([...prefix, "apt-get", "update"]);
  const installed = machine.run([
    ...prefix,
    "apt-get",
    "install",
    "--yes",
    "--no-install-recommends",
    ...packages,
  ]);
  const left = findLacking(required, machine);
  if (installed && left.length === 0) return true;
  machine.say(
    `Cannot go on: apt-get did not bring ${
      left.map((each) => each.program).join(", ") || "all of it"
    }. See above for its reason.`,
  );
  return false;
}

function findLacking(
  required: readonly RequiredProgram[],
  machine: Machine,
): RequiredProgram[] {
  return required.filter(({ program }) =>
    findProgram(program, machine.searchPath, machine.exists) === undefined
  );
}

/** What goes before `apt-get`, or why it cannot be run. */
function findPrefix(machine: Machine): readonly string[] | string {
  const find = (program: string) =>
    findProgram(program, machine.searchPath, machine.exists);
  if (find("apt-get") === undefined) {
    return "this system has no apt-get (the names are those of Debian)";
  }
  const environment = ["env", "DEBIAN_FRONTEND=noninteractive"];
  if (machine.isRoot) return environment;
  if (find("sudo") === undefined) return "not root, and there is no sudo";
  if (!machine.run(["sudo", "-n", "true"])) {
    return "not root, and sudo would ask for a password";
  }
  return ["sudo", "-n", ...environment];
}

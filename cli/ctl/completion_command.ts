import { UsageError } from "../usage_error.ts";
import type { Command } from "./command.ts";
import type { FlagSpecs } from "./go_flags.ts";

/** The name that the program is installed by. */
const PROGRAM = "nereidctl";

/**
 * Makes the command that prints what a shell needs to complete all others.
 *
 * @param globals the flags before a command
 */
export function createCompletionCommand(
  commands: readonly Command[],
  globals: FlagSpecs,
): Command {
  const completion: Command = {
    name: "completion",
    help: "print what bash or zsh needs to complete commands and flags",
    flags: { shell: { type: "string", help: "bash (default) or zsh" } },
    run({ flags }) {
      const shell = flags.get("shell") ?? "bash";
      if (shell !== "bash" && shell !== "zsh") {
        throw new UsageError(`Cannot use -shell ${shell}: give bash or zsh`);
      }
      const script = toBash([...commands, completion], globals);
      const text = shell === "bash" ? script : `${FOR_ZSH}\n${script}`;
      return Promise.resolve({ text, json: text });
    },
  };
  return completion;
}

/** Lets zsh understand what is written for bash. */
const FOR_ZSH = "autoload -U +X bashcompinit && bashcompinit";

function toBash(commands: readonly Command[], globals: FlagSpecs): string {
  const names = commands.map(({ name }) => name);
  return [
    `_${PROGRAM}() {`,
    "  local word command= words=",
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case $word in ${names.join("|")}) command=$word ;; esac`,
    "  done",
    "  case $command in",
    `    '') words='${[...toFlags(globals), ...names].join(" ")}' ;;`,
    ...commands.map(({ name, flags }) =>
      `    ${name}) words='${toFlags(flags).join(" ")}' ;;`
    ),
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    "}",
    `complete -F _${PROGRAM} ${PROGRAM}`,
  ].join("\n");
}

function toFlags(flags: FlagSpecs): readonly string[] {
  return Object.keys(flags).map((name) => `-${name}`);
}

import type { CallSession } from "../call_session.ts";
import { STRINGS } from "../../strings.ts";
import {
  type Command,
  type CommandContext,
  isAllowed,
  toUsage,
} from "./command.ts";
import { GROUP_COMMANDS } from "./group_commands.ts";
import { OWN_COMMANDS } from "./own_commands.ts";
import { USER_COMMANDS } from "./user_commands.ts";

/**
 * All commands, by name, but for the one that Enter chooses after a mere slash:
 * that does no harm.
 */
export const COMMANDS: readonly Command[] = [
  {
    name: "help" as const,
    run: ({ session, store }: CommandContext) =>
      help(session, store.state.peek().me.permissions),
  },
  ...[...OWN_COMMANDS, ...USER_COMMANDS, ...GROUP_COMMANDS]
    .toSorted((a, b) => a.name < b.name ? -1 : 1),
];

/** The commands that may be meant by what has been written so far. */
export function completionsOf(
  written: string,
  permissions: readonly string[],
): readonly Command[] {
  const begun = /^\/([a-z-]*)$/.exec(written)?.[1];
  if (begun === undefined) return [];
  return COMMANDS.filter((command) =>
    isAllowed(command, permissions) && command.name.startsWith(begun)
  );
}

/**
 * Does what was written in the chat: a command after `/`, words otherwise.
 * `//` begins words that begin with `/`.
 *
 * @returns why that is not possible, in words
 */
export function submit(
  context: CommandContext,
  text: string,
): string | undefined {
  const { session, store } = context;
  const { chat, me } = store.state.peek();
  if (!text.startsWith("/") || text.startsWith("//")) {
    session.actions.say(text.replace(/^\/\//, "/"), chat.to);
    return undefined;
  }
  const [, name = "", rest = ""] = /^\/(\S*)\s*(.*)$/s.exec(text) ?? [];
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) return STRINGS.commands.unknown({ name });
  if (!isAllowed(command, me.permissions)) {
    return STRINGS.commands.notAllowed({ name });
  }
  return command.run(context, rest.trim()) ?? undefined;
}

function help(session: CallSession, permissions: readonly string[]): void {
  const lines = COMMANDS
    .filter((command) => isAllowed(command, permissions))
    .map((command) =>
      `\`${toUsage(command)}\` ${STRINGS.commands[command.name]}`
    );
  session.actions.note([STRINGS.commands.listTitle, ...lines].join("\n"));
}

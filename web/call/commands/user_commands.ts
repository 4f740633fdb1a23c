import type { UserActionKind } from "../../client/actions.ts";
import { chooseFile } from "../../media/choose_file.ts";
import type { Person } from "../../state/session_state.ts";
import { STRINGS } from "../../strings.ts";
import type { CallSession } from "../call_session.ts";
import {
  type Command,
  type CommandContext,
  type CommandName,
  findPerson,
  toUsage,
} from "./command.ts";
import { splitWord } from "./words.ts";

type Plain = Exclude<UserActionKind, "kick" | "setdata">;

/** What is done about one person, whose name comes first. */
function about(
  given: Omit<Command, "run">,
  act: (
    context: CommandContext,
    person: Person,
    text: string,
  ) => string | undefined | void,
): Command {
  return {
    ...given,
    run: (context, rest) => {
      const [name, text] = splitWord(rest);
      if (name === "") return usageOf(given);
      const { people } = context.store.state.peek();
      const found = findPerson(people, name);
      if (found.kind === "not-found") return found.problem;
      return act(context, found.person, text);
    },
  };
}

/** What an operator can do to somebody without saying anything. */
function plain(name: CommandName & Plain): Command {
  return about(
    { name, parameters: "user", needs: ["op"] },
    ({ session }, { id }) => session.actions.act(name, id),
  );
}

/** How a command is used, in words. */
export function usageOf(command: Omit<Command, "run">): string {
  const { name } = command;
  const usage = toUsage({ ...command, run: () => undefined });
  const parameters = usage.slice(usage.indexOf(" ") + 1);
  return STRINGS.commands.usage({ name, parameters });
}

async function sendFile(session: CallSession, to: string): Promise<void> {
  const file = await chooseFile("");
  const { connection } = session;
  if (file === undefined || connection === undefined) return;
  session.files.send(connection, to, file);
}

/** Commands about other people. */
export const USER_COMMANDS: readonly Command[] = [
  about(
    { name: "msg", parameters: "userMessage", needs: ["message"] },
    ({ session }, { id }, text) => {
      if (text === "") {
        return usageOf({ name: "msg", parameters: "userMessage" });
      }
      session.actions.say(text, id);
    },
  ),
  about(
    { name: "sendfile", parameters: "user", needs: ["message"] },
    ({ session }, { id }) => void sendFile(session, id),
  ),
  about(
    { name: "kick", parameters: "userReason", needs: ["op"] },
    ({ session }, { id }, text) => session.actions.remove(id, text),
  ),
  about(
    { name: "warn", parameters: "userMessage", needs: ["op"] },
    ({ session }, { id }, text) => {
      if (text === "") {
        return usageOf({ name: "warn", parameters: "userMessage" });
      }
      session.actions.warn(id, text);
    },
  ),
  about(
    { name: "mute", parameters: "user", needs: ["op"] },
    ({ session }, { id }) => session.actions.mute(id),
  ),
  ...([
    "identify",
    "op",
    "unop",
    "present",
    "unpresent",
    "shutup",
    "unshutup",
  ] as const).map(plain),
];

import { assertNever } from "../../../lib/assert_never.ts";
import {
  isPreference,
  parsePreferences,
  type Preferences,
} from "../../media/preferences.ts";
import { chooseFile } from "../../media/choose_file.ts";
import { STRINGS } from "../../strings.ts";
import { applySetting } from "../apply_setting.ts";
import type { Command, CommandContext } from "./command.ts";
import { usageOf } from "./user_commands.ts";
import { splitWord } from "./words.ts";

/** Shows what is set, or sets it; JSON, or else the text itself. */
function set(
  context: CommandContext,
  rest: string,
): string | undefined {
  const { session, preferences } = context;
  const [name, text] = splitWord(rest);
  const current = preferences.current.peek();
  if (name !== "" && !isPreference(name)) {
    return STRINGS.commands.badSetting({ name });
  }
  if (name !== "" && text !== "") {
    preferences.update(change(current, name, toJson(text)));
    void applySetting(context, name, current);
  }
  const shown = name === ""
    ? Object.entries(preferences.current.peek())
    : [[name, preferences.current.peek()[name as keyof Preferences]]];
  session.actions.note(
    shown.map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
      .join("\n"),
  );
  return undefined;
}

function unset(
  context: CommandContext,
  rest: string,
): string | undefined {
  const { preferences } = context;
  const [name] = splitWord(rest);
  if (!isPreference(name)) return STRINGS.commands.badSetting({ name });
  const current = preferences.current.peek();
  preferences.update(change(current, name, undefined));
  void applySetting(context, name, current);
  return undefined;
}

/** What does not fit is as if nobody had set it. */
function change(
  current: Preferences,
  name: string,
  value: unknown,
): Preferences {
  return parsePreferences({ ...current, [name]: value });
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function shareScreen({ session, notices }: CommandContext) {
  const problem = await session.screen.start();
  if (problem === undefined) return;
  notices.show("error", STRINGS.problems.screen[problem]);
}

async function testRelay({ session }: CommandContext) {
  const outcome = await session.testRelay();
  const words = STRINGS.commands;
  switch (outcome.kind) {
    case "works": {
      const ms = Math.round(outcome.rttMs);
      return session.actions.note(words.relayWorks({ ms }));
    }
    case "no-relay":
      return session.actions.note(words.noRelay);
    case "fails":
      return session.actions.note(words.relayFails);
    default:
      assertNever(outcome);
  }
}

async function presentFile({ session, notices }: CommandContext) {
  const file = await chooseFile("video/*,audio/*");
  if (file === undefined || await session.screen.startFile(file)) return;
  notices.show("error", STRINGS.problems.file);
}

/** Commands about oneself. */
export const OWN_COMMANDS: readonly Command[] = [
  {
    name: "me",
    parameters: "text",
    needs: ["message"],
    run: ({ session, store }, rest) => {
      if (rest === "") return usageOf({ name: "me", parameters: "text" });
      session.actions.say(rest, store.state.peek().chat.to, true);
    },
  },
  { name: "raise", run: ({ session }) => session.actions.raiseHand(true) },
  { name: "unraise", run: ({ session }) => session.actions.raiseHand(false) },
  { name: "leave", run: ({ session }) => session.leave() },
  {
    name: "sharescreen",
    needs: ["present"],
    run: (context) => void shareScreen(context),
  },
  {
    name: "unsharescreen",
    run: ({ session }) => session.screen.stop(),
  },
  {
    name: "presentfile",
    needs: ["present"],
    run: (context) => void presentFile(context),
  },
  {
    name: "renegotiate",
    run: ({ session }) => void session.renegotiate(),
  },
  { name: "relay-test", run: (context) => void testRelay(context) },
  {
    name: "replace",
    needs: ["present"],
    run: ({ session }) => void session.publishing.refresh(),
  },
  { name: "set", parameters: "key", run: set },
  { name: "unset", parameters: "name", run: unset },
];

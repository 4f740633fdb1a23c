import { STRINGS } from "../../strings.ts";
import type { Command, CommandContext } from "./command.ts";
import { usageOf } from "./user_commands.ts";
import { parseExpiration, splitWord, tokenOf } from "./words.ts";

/** Lets an invitation end at a time. */
function endInvitation(
  { session }: CommandContext,
  link: string,
  time: string,
): string | undefined {
  const expiresMs = parseExpiration(time, Date.now());
  if (expiresMs === undefined) {
    return STRINGS.commands.badTime({ text: time });
  }
  session.actions.endInvitation(tokenOf(link), expiresMs);
  return undefined;
}

/** `[name] [time]`; a single word that reads as a time is one. */
function invite({ session }: CommandContext, rest: string): string | undefined {
  const [first, second] = splitWord(rest);
  const alone = second === "" && first !== "" &&
    /^\d/.test(first) && parseExpiration(first, Date.now()) !== undefined;
  const [username, time] = alone ? ["", first] : [first, second];
  const expiresMs = parseExpiration(time, Date.now());
  if (expiresMs === undefined) {
    return STRINGS.commands.badTime({ text: time });
  }
  session.actions.invite({
    username,
    mayPresent: true,
    notBeforeMs: undefined,
    expiresMs,
  });
  return undefined;
}

/** Commands about the group. */
export const GROUP_COMMANDS: readonly Command[] = [
  {
    name: "lock",
    parameters: "message",
    needs: ["op"],
    run: ({ session }, rest) => session.actions.lock(rest),
  },
  {
    name: "unlock",
    needs: ["op"],
    run: ({ session }) => session.actions.unlock(),
  },
  {
    name: "clear",
    needs: ["op"],
    run: ({ session }) => session.actions.clearChat(),
  },
  {
    name: "muteall",
    needs: ["op"],
    run: ({ session }) => session.actions.mute(""),
  },
  {
    name: "wall",
    parameters: "text",
    needs: ["op"],
    run: ({ session }, rest) => {
      if (rest === "") return usageOf({ name: "wall", parameters: "text" });
      session.actions.warn("", rest);
    },
  },
  {
    name: "subgroups",
    needs: ["op"],
    run: ({ session }) => session.actions.listSubgroups(),
  },
  {
    name: "record",
    needs: ["record"],
    run: ({ session }) => session.actions.record(true),
  },
  {
    name: "unrecord",
    needs: ["record"],
    run: ({ session }) => session.actions.record(false),
  },
  { name: "invite", parameters: "invite", needs: ["token"], run: invite },
  {
    name: "reinvite",
    parameters: "linkTime",
    needs: ["op", "token"],
    run: (context, rest) => {
      const [link, time] = splitWord(rest);
      return link === ""
        ? usageOf({ name: "reinvite", parameters: "linkTime" })
        : endInvitation(context, link, time);
    },
  },
  {
    name: "revoke",
    parameters: "link",
    needs: ["op", "token"],
    run: ({ session }, rest) => {
      const [link] = splitWord(rest);
      if (link === "") return usageOf({ name: "revoke", parameters: "link" });
      session.actions.endInvitation(tokenOf(link), Date.now() - 1_000);
    },
  },
  {
    name: "listtokens",
    needs: ["op", "token"],
    run: ({ session }) => session.actions.listInvitations(),
  },
];

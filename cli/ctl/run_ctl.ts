import { FileFormatError } from "../../auth/file_format_error.ts";
import { createPasswordHasher } from "../../auth/password_hasher.ts";
import { UsageError } from "../usage_error.ts";
import { ApiError, createApiClient } from "./api_client.ts";
import { type Command, Flags } from "./command.ts";
import { createCompletionCommand } from "./completion_command.ts";
import { defaultConfigPath, readCtlConfig } from "./ctl_config.ts";
import { type FlagSpecs, parseGoFlags } from "./go_flags.ts";
import { GROUP_COMMANDS } from "./group_commands.ts";
import { PASSWORD_COMMANDS } from "./make_password.ts";
import { SETUP_COMMANDS } from "./setup_command.ts";
import { TOKEN_COMMANDS } from "./token_commands.ts";
import { USER_COMMANDS } from "./user_commands.ts";

/** What the program has of its surroundings. */
export interface CtlSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly prompt: (question: string) => Promise<string>;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

const WORKING_COMMANDS: readonly Command[] = [
  ...SETUP_COMMANDS,
  ...PASSWORD_COMMANDS,
  ...GROUP_COMMANDS,
  ...USER_COMMANDS,
  ...TOKEN_COMMANDS,
];

const GLOBAL_FLAGS: FlagSpecs = {
  "server": {
    type: "string",
    help: "address (default https://localhost:8443)",
  },
  "insecure": { type: "boolean", help: "believe any certificate" },
  "config": { type: "string", help: "this program's configuration file" },
  "admin-username": { type: "string", help: "the administrator's name" },
  "admin-password": { type: "string", help: "and password" },
  "admin-token": { type: "string", help: "a token in place of those" },
  "json": { type: "boolean", help: "print the result as one line of JSON" },
  "help": { type: "boolean", help: "this text, or that of a command" },
};

/** All commands, in the order in which they are listed. */
export const COMMANDS: readonly Command[] = [
  ...WORKING_COMMANDS,
  createCompletionCommand(WORKING_COMMANDS, GLOBAL_FLAGS),
];

/** Whether it was done: 1 is for all errors, as of `galenectl`. */
export type ExitCode = 0 | 1;

/**
 * Runs the program that administers servers.
 *
 * With `-json`, errors are JSON, too: `{"error": "…", "status": 404}`, on
 * standard error.
 */
export async function runCtl(
  args: readonly string[],
  surroundings: CtlSurroundings,
): Promise<ExitCode> {
  // What is wrong may be so before it is known how to say it.
  let isJson = args.some((arg) => /^--?json$/.test(arg));
  const { print, complain } = surroundings;
  try {
    const given = parseArguments(args);
    if (given.kind === "help") {
      print(given.text);
      return 0;
    }
    isJson = given.isJson;
    const { text, json } = await runCommand(given, surroundings);
    if (isJson) print(JSON.stringify(json));
    else if (text !== "") print(text);
    return 0;
  } catch (error) {
    const isKnown = error instanceof UsageError || error instanceof ApiError ||
      error instanceof FileFormatError;
    if (!isKnown) throw error;
    const status = error instanceof ApiError ? error.status : undefined;
    complain(
      isJson ? JSON.stringify({ error: error.message, status }) : error.message,
    );
    return 1;
  }
}

type Arguments =
  | { readonly kind: "help"; readonly text: string }
  | {
    readonly kind: "command";
    readonly command: Command;
    readonly globals: Flags;
    readonly flags: Flags;
    readonly patterns: readonly string[];
    readonly isJson: boolean;
  };

/** @throws {UsageError} */
function parseArguments(args: readonly string[]): Arguments {
  const before = parseGoFlags(args, GLOBAL_FLAGS);
  const globals = new Flags(before.values);
  const [name, ...rest] = before.rest;
  if (globals.has("help") || name === undefined || name === "help") {
    return { kind: "help", text: toHelp() };
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    throw new UsageError(`There is no command ${name}. See -help`);
  }
  const { values, rest: patterns } = parseGoFlags(rest, {
    // After some commands, -json has another meaning, and a value.
    json: GLOBAL_FLAGS["json"] ?? { type: "boolean", help: "" },
    help: { type: "boolean", help: "this text" },
    ...command.flags,
  });
  const flags = new Flags(values);
  if (flags.has("help")) return { kind: "help", text: toCommandHelp(command) };
  if (patterns.length > 0 && !command.takesPatterns) {
    throw new UsageError(`There is too much: ${patterns.join(" ")}`);
  }
  const ownJson = command.flags["json"] === undefined && flags.has("json");
  const isJson = globals.has("json") || ownJson;
  return { kind: "command", command, globals, flags, patterns, isJson };
}

async function runCommand(
  { command, globals, flags, patterns }: Extract<
    Arguments,
    { kind: "command" }
  >,
  { environment, now, prompt }: CtlSurroundings,
) {
  const configFlag = globals.get("config");
  const configPath = configFlag ?? defaultConfigPath(environment);
  const isSetup = SETUP_COMMANDS.includes(command);
  const config = isSetup
    ? {}
    : await readCtlConfig(configPath, configFlag !== undefined);
  const server = globals.get("server") ?? config["server"] ??
    "https://localhost:8443";
  if (!URL.canParse(server) || !/^https?:/.test(server)) {
    throw new UsageError(`Cannot use -server ${server}: it is no address`);
  }
  const username = globals.get("admin-username") ?? config["admin-username"];
  const password = globals.get("admin-password") ?? config["admin-password"];
  const token = globals.get("admin-token") ?? config["admin-token"];
  using hasher = createPasswordHasher(1);
  return await command.run({
    api: createApiClient({
      server,
      insecure: globals.has("insecure"),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(token === undefined ? {} : { token }),
    }),
    flags,
    patterns,
    hasher,
    now,
    prompt,
    server,
    configPath,
    adminUsername: username,
    adminPassword: password,
  });
}

function toHelp(): string {
  return [
    "Administers a server of Galène's protocol",
    "",
    "Usage: npx -y deno@2.9.6 task ctl [FLAGS] COMMAND [FLAGS]",
    "",
    ...toLines(GLOBAL_FLAGS),
    "",
    ...COMMANDS.map(({ name, help }) => `  ${name.padEnd(18)} ${help}`),
    "",
    "What a command takes: COMMAND -help. The exit code is 0 if it was done, else 1.",
    "The flags may stand in ~/.config/galene/galenectl.json, too.",
  ].join("\n");
}

function toCommandHelp({ name, help, flags, takesPatterns }: Command): string {
  const more = takesPatterns ? " [PATTERN…]" : "";
  return [
    `${name}: ${help}`,
    "",
    `Usage: npx -y deno@2.9.6 task ctl [FLAGS] ${name} [FLAGS]${more}`,
    "",
    ...toLines(flags),
  ].join("\n");
}

function toLines(flags: FlagSpecs): readonly string[] {
  return Object.entries(flags).map(([name, { type, help }]) => {
    const value = type === "boolean" ? "" : ` ${type.toUpperCase()}`;
    return `  ${`-${name}${value}`.padEnd(24)} ${help}`;
  });
}

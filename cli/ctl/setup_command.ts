import { UsageError } from "../usage_error.ts";
import { type Command, DONE } from "./command.ts";

/** The cost of the administrator's hash: it is worth more than a user's. */
const ADMIN_COST = 12;

/** The command that prepares a server for administration. */
export const SETUP_COMMANDS: readonly Command[] = [
  {
    name: "initial-setup",
    help: "write a server's config.json and this program's own configuration",
    flags: {
      config: {
        type: "string",
        help: "the server's file to write (default config.json)",
      },
    },
    async run(context) {
      const { adminUsername, flags, hasher, server, configPath } = context;
      if (!adminUsername) {
        throw new UsageError("Give -admin-username before initial-setup");
      }
      const password = context.adminPassword ??
        await context.prompt(`New password for ${adminUsername}: `);
      let key: string;
      try {
        key = await hasher.hashBcrypt(password, ADMIN_COST);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new UsageError(`Cannot use the password: ${error.message}`);
      }
      await writeNew(flags.get("config") ?? "config.json", {
        writableGroups: true,
        users: {
          [adminUsername]: {
            password: { type: "bcrypt", key },
            permissions: "admin",
          },
        },
      });
      await writeNew(configPath, {
        server,
        "admin-username": adminUsername,
        "admin-password": password,
      });
      return DONE;
    },
  },
];

/** @throws {UsageError} if there is such a file already */
async function writeNew(path: string, json: unknown): Promise<void> {
  const folder = /^(.*)\//.exec(path)?.[1];
  if (folder) await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await Deno.writeTextFile(
      path,
      `${JSON.stringify(json, undefined, 4)}\n`,
      { createNew: true, mode: 0o600 },
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new UsageError(`Cannot write ${path}: it exists already`);
  }
}

import { UsageError } from "../usage_error.ts";
import type { Command, CommandContext, Flags } from "./command.ts";
import type { FlagSpecs } from "./go_flags.ts";

/** How a password is to be made. */
export const PASSWORD_FLAGS: FlagSpecs = {
  password: { type: "string", help: "the password" },
  type: { type: "string", help: "bcrypt (default), pbkdf2 or wildcard" },
  iterations: { type: "number", help: "of pbkdf2 (default 4096)" },
  cost: { type: "number", help: "of bcrypt (default 8)" },
  key: { type: "number", help: "bytes of pbkdf2's key (default 32)" },
  salt: { type: "number", help: "bytes of pbkdf2's salt (default 8)" },
};

/** The command that prints a hash, for those who edit files by hand. */
export const PASSWORD_COMMANDS: readonly Command[] = [
  {
    name: "hash-password",
    help: "print a hashed password for a group's file",
    flags: PASSWORD_FLAGS,
    async run(context) {
      const json = await makePassword(context);
      return { text: JSON.stringify(json), json };
    },
  },
];

/**
 * Makes a password of a file from the flags; asks for it if it is not there.
 *
 * @throws {UsageError} if there is no such type, or none of such a password
 */
export async function makePassword(
  context: Pick<CommandContext, "flags" | "hasher" | "prompt">,
): Promise<Readonly<Record<string, unknown>>> {
  const { flags, hasher, prompt } = context;
  const type = flags.get("type") ?? "bcrypt";
  const limits = checkLimits(flags);
  if (type === "wildcard") {
    if (flags.get("password") === undefined) return { type };
    throw new UsageError("There is no password with -type wildcard");
  }
  if (type !== "bcrypt" && type !== "pbkdf2") {
    throw new UsageError(
      `Cannot use -type ${type}: give bcrypt, pbkdf2 or wildcard`,
    );
  }
  const password = flags.get("password") ?? await prompt("New password: ");
  if (type === "bcrypt") {
    try {
      return { type, key: await hasher.hashBcrypt(password, limits.cost) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new UsageError(`Cannot use the password: ${error.message}`);
    }
  }
  const { iterations, keyBytes, saltBytes } = limits;
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const key = await hasher.derivePbkdf2(password, salt, iterations, keyBytes);
  return {
    type,
    hash: "sha-256",
    key: key.toHex(),
    salt: salt.toHex(),
    iterations,
  };
}

/** @throws {UsageError} if a server would not take it */
function checkLimits(flags: Flags): {
  readonly iterations: number;
  readonly cost: number;
  readonly keyBytes: number;
  readonly saltBytes: number;
} {
  const within = (
    name: string,
    otherwise: number,
    least: number,
    most: number,
  ) => {
    const value = flags.number(name, otherwise);
    if (value >= least && value <= most) return value;
    throw new UsageError(`Cannot use -${name} ${value}: ${least} to ${most}`);
  };
  return {
    iterations: within("iterations", 4096, 1, 10_000_000),
    cost: within("cost", 8, 4, 15),
    keyBytes: within("key", 32, 1, 1024),
    saltBytes: within("salt", 8, 1, 1024),
  };
}

import type { PasswordHasher } from "../../auth/password_hasher.ts";
import { UsageError } from "../usage_error.ts";
import type { ApiClient } from "./api_client.ts";
import type { FlagSpecs } from "./go_flags.ts";

/** What a command says when it is done: for people, and for programs. */
export interface CommandResult {
  /** Lines, without a newline at the end; may be empty. */
  readonly text: string;
  readonly json: unknown;
}

/** What a command may use. */
export interface CommandContext {
  readonly api: ApiClient;
  readonly flags: Flags;
  /** What follows the flags. */
  readonly patterns: readonly string[];
  readonly hasher: PasswordHasher;
  readonly now: () => Date;
  /** Asks for a secret, which is not shown. */
  readonly prompt: (question: string) => Promise<string>;
  /** What is given for the whole program, before the command. */
  readonly server: string;
  readonly configPath: string;
  readonly adminUsername: string | undefined;
  readonly adminPassword: string | undefined;
}

/** One of the program's commands. */
export interface Command {
  readonly name: string;
  /** What it does, in a line. */
  readonly help: string;
  readonly flags: FlagSpecs;
  /** Whether arguments may follow the flags: patterns of names. */
  readonly takesPatterns?: boolean;
  run(context: CommandContext): Promise<CommandResult>;
}

/** The flags that were given, by name. */
export class Flags {
  readonly #values: ReadonlyMap<string, string>;

  /** Takes what was parsed. */
  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** A flag's value, if it was given. */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Whether a boolean flag is set. */
  has(name: string): boolean {
    return this.#values.get(name) === "true";
  }

  /** A number, or what it is if not given. */
  number(name: string, otherwise: number): number {
    return Number(this.#values.get(name) ?? otherwise);
  }

  /**
   * A flag that has to be given.
   *
   * @throws {UsageError} if it is not
   */
  need(name: string): string {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw new UsageError(`Give -${name}`);
  }
}

/** A result that has nothing to say. */
export const DONE: CommandResult = { text: "", json: null };

/** The path of a group, encoded. */
export function toGroupUrl(group: string): string {
  if (group === "") throw new UsageError("Give the name of a group");
  return group.split("/").map(encodeURIComponent).join("/");
}

/** Some common flags. */
export const GROUP_FLAG: FlagSpecs = {
  group: { type: "string", help: "name of the group" },
};

import { UsageError } from "../usage_error.ts";

/** A flag that a command has. */
export interface FlagSpec {
  /** `boolean` flags have no value, unless it follows an equals sign. */
  readonly type: "string" | "boolean" | "number";
  /** What it is for, in a line. */
  readonly help: string;
}

/** The flags of a command, by name. */
export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

/** What was given on a command line. */
export interface ParsedFlags {
  /** As text; a boolean is `true` or `false`. Flags not given are absent. */
  readonly values: ReadonlyMap<string, string>;
  /** What follows the flags. */
  readonly rest: readonly string[];
}

/**
 * Reads flags as programs in Go do: with one dash or two, the value after a
 * space or an equals sign, up to the first argument that is no flag or to `--`.
 *
 * @throws {UsageError} if there is no such flag, or its value is missing or wrong
 */
export function parseGoFlags(
  args: readonly string[],
  specs: FlagSpecs,
): ParsedFlags {
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (arg === "--") return { values, rest: args.slice(index + 1) };
    const [, name, , inline] = /^--?([^-=][^=]*)(=(.*))?$/s.exec(arg) ?? [];
    if (name === undefined) return { values, rest: args.slice(index) };
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) throw new UsageError(`There is no flag -${name}`);
    let value = inline;
    if (value === undefined) {
      if (spec.type === "boolean") value = "true";
      else value = args[index += 1];
    }
    if (value === undefined) {
      throw new UsageError(`Flag -${name} needs a value`);
    }
    values.set(name, checkValue(name, spec, value));
  }
  return { values, rest: [] };
}

function checkValue(name: string, { type }: FlagSpec, value: string): string {
  if (type === "boolean") {
    if (/^(1|t|true)$/i.test(value)) return "true";
    if (/^(0|f|false)$/i.test(value)) return "false";
    throw new UsageError(`Flag -${name} is true or false, not ${value}`);
  }
  if (type === "number" && !/^\d{1,9}$/.test(value)) {
    throw new UsageError(`Flag -${name} is a number, not ${value}`);
  }
  return value;
}

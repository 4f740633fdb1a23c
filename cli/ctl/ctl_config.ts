import * as v from "valibot";

import {
  FileFormatError,
  parseObject,
  toFileFormatError,
} from "../../auth/file_format_error.ts";
import { UsageError } from "../usage_error.ts";

const CtlConfigSchema = v.strictObject({
  "server": v.optional(v.string()),
  "admin-username": v.optional(v.string()),
  "admin-password": v.optional(v.string()),
  "admin-token": v.optional(v.string()),
});

/** What `galenectl.json` says: where the server is, and who one is there. */
export type CtlConfig = v.InferOutput<typeof CtlConfigSchema>;

/**
 * Where the file is if nobody says otherwise: where Galène's tool looks, too.
 *
 * @param environment `XDG_CONFIG_HOME` and `HOME` count
 */
export function defaultConfigPath(
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const folder = environment["XDG_CONFIG_HOME"] ||
    `${environment["HOME"] ?? ""}/.config`;
  return `${folder}/galene/galenectl.json`;
}

/**
 * Reads the file.
 *
 * @param isWanted whether it has to be there
 * @throws {UsageError} if it is not there
 * @throws {FileFormatError} if it cannot be used
 */
export async function readCtlConfig(
  path: string,
  isWanted: boolean,
): Promise<CtlConfig> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (!isWanted) return {};
    throw new UsageError(`Cannot use ${path}: there is no such file`);
  }
  return parseCtlConfig(text, path);
}

/** @throws {FileFormatError} if it cannot be used */
function parseCtlConfig(text: string, path: string): CtlConfig {
  const result = v.safeParse(CtlConfigSchema, parseObject(text, path));
  if (!result.success) throw toFileFormatError(result.issues[0], text, path);
  const { server } = result.output;
  if (server !== undefined && !/^https?:\/\//.test(server)) {
    throw new FileFormatError(path, "server", "it is no address");
  }
  return result.output;
}

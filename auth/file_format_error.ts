import { isRecord } from "./json.ts";
import { findLine, findSyntaxError } from "./json_lines.ts";

/** What is wrong with a field: an issue of valibot's is one. */
export interface FieldIssue {
  readonly message: string;
  readonly expected?: string | null;
  /** From the outermost field on. */
  readonly path?: readonly { readonly key?: unknown }[] | undefined;
}

/** A file cannot be used; the text names the file, the field and the line. */
export class FileFormatError extends Error {
  override readonly name = "FileFormatError";

  /** Makes the error for a field of a file; `field` may be empty. */
  constructor(
    readonly file: string,
    readonly field: string,
    readonly problem: string,
    /** Counted from 1, where it is known. */
    readonly line?: number,
  ) {
    const place = line === undefined ? file : `${file}, line ${line}`;
    const where = field === "" ? place : `${place}, field "${field}"`;
    super(`Cannot use ${where}: ${problem}`);
  }
}

/**
 * Reads a text that should be JSON.
 *
 * @throws {FileFormatError} if it is not; the text itself, which may hold
 *   passwords, is not in it
 */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error))
      .replace(/, .*"[^"]* is not valid JSON$/s, "");
    throw new FileFormatError(
      file,
      "",
      `it is not JSON: ${problem}`,
      findSyntaxError(text),
    );
  }
}

/**
 * Reads a text that should be a JSON object.
 *
 * @throws {FileFormatError} if it is not
 */
export function parseObject(
  text: string,
  file: string,
): Readonly<Record<string, unknown>> {
  const json = parseJson(text, file);
  if (isRecord(json)) return json;
  throw new FileFormatError(file, "", "it is not an object");
}

/** Makes an error of what is wrong with a field, with its line in the text. */
export function toFileFormatError(
  issue: FieldIssue,
  text: string,
  file: string,
): FileFormatError {
  const keys = issue.path?.map(({ key }) => String(key)) ?? [];
  return new FileFormatError(
    file,
    keys.join("."),
    issue.expected === "never" ? "there is no such field" : issue.message,
    findLine(text, keys),
  );
}

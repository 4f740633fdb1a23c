import type { Log, LogFields, LogLevel } from "./lib/log.ts";

export type { Log, LogFields, LogLevel } from "./lib/log.ts";

/** All levels, least first: the order says which ones a threshold lets pass. */
export const LOG_LEVELS: readonly LogLevel[] = [
  "debug",
  "info",
  "warn",
  "error",
];

/**
 * Makes a log of lines `2026-07-29T10:00:00.000Z warn Text key=value`.
 *
 * @param threshold levels below this one are dropped
 * @param write takes a finished line without its newline
 */
export function createLog(
  threshold: LogLevel,
  write: (line: string) => void = writeToStandardError,
): Log {
  const at = (level: LogLevel) => (text: string, fields: LogFields = {}) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(threshold)) return;
    write(formatLine(new Date(), level, text, fields));
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}

/** Writes one line of the log; whatever is in it, it stays one line. */
export function formatLine(
  date: Date,
  level: LogLevel,
  text: string,
  fields: LogFields,
): string {
  const words = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${quoteIfNeeded(String(value))}`);
  const oneLine = text.replaceAll(CONTROL, " ");
  return [date.toISOString(), level, oneLine, ...words].join(" ");
}

/** What could forge another line or colour a terminal. */
// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

function quoteIfNeeded(value: string): string {
  if (/^[\w.:/@[\]+-]+$/.test(value)) return value;
  return JSON.stringify(value.replaceAll(CONTROL, " "));
}

function writeToStandardError(line: string): void {
  console.error(line);
}

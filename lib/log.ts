/** How much a line of the log matters, least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What goes with a line: short, machine-readable, and never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Takes notes of what happens, for whoever runs the server.
 *
 * `debug`: for developers. `info`: seldom and normal. `warn`: somebody should
 * look some day. `error`: a bug of ours, or something does not work. Passwords,
 * tokens and message texts never go in here; names and addresses may.
 */
export type Log = Readonly<
  Record<LogLevel, (text: string, fields?: LogFields) => void>
>;

/** A log that forgets everything, for tests that are not about the log. */
export const SILENT_LOG: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};

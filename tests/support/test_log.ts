import type { Log, LogFields, LogLevel } from "../../lib/log.ts";

/** A line that a {@linkcode createTestLog} has taken. */
export interface TestLogLine {
  readonly level: LogLevel;
  readonly text: string;
  readonly fields: LogFields;
}

/** A log that keeps what it is told. */
export function createTestLog(): Log & { readonly lines: TestLogLine[] } {
  const lines: TestLogLine[] = [];
  const at = (level: LogLevel) => (text: string, fields: LogFields = {}) => {
    lines.push({ level, text, fields });
  };
  return {
    lines,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}

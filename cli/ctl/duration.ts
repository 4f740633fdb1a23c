import { UsageError } from "../usage_error.ts";

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a duration as Go writes it, such as `24h` or `1h30m`, and with days
 * besides, and gives milliseconds.
 *
 * @throws {UsageError} if it is none
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  const isWhole = parts.map(([part]) => part).join("") === text;
  if (parts.length === 0 || !isWhole) {
    throw new UsageError(`Cannot use duration ${text}: give one such as 24h`);
  }
  return parts.reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (UNITS_MS[unit] ?? 0),
    0,
  );
}

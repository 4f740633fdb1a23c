import { toTimeField } from "./time_field.ts";

/** How long invitations last unless one says otherwise, as Galène's do. */
const VALIDITY_MS = 2 * 86_400_000;

/** From when, if not from now on, and until when an invitation is good. */
export interface Validity {
  readonly notBeforeMs: number | undefined;
  readonly expiresMs: number;
}

/** What the field for its end says at first. */
export function usualEnd(nowMs: number): string {
  return toTimeField(nowMs + VALIDITY_MS);
}

/**
 * Reads the fields for both times, of which the first may be empty.
 *
 * @returns nothing if it would be over already, or before it begins
 */
export function parseValidity(
  from: string,
  until: string,
  nowMs: number,
): Validity | undefined {
  const expiresMs = Date.parse(until);
  const notBeforeMs = from === "" ? undefined : Date.parse(from);
  const isGood = expiresMs > nowMs &&
    (notBeforeMs === undefined || notBeforeMs < expiresMs);
  return isGood ? { notBeforeMs, expiresMs } : undefined;
}

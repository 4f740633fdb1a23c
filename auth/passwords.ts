import { createHash, timingSafeEqual } from "node:crypto";

import { assertNever } from "../lib/assert_never.ts";
import type { StoredPassword } from "./group_file.ts";

/**
 * Whether a password is the one that is stored.
 *
 * @param given empty if nothing was typed
 */
export function checkPassword(stored: StoredPassword, given: string): boolean {
  switch (stored.kind) {
    case "plain":
      return isSame(stored.key, given);
    case "wildcard":
      return true;
    case "none":
    case "unsupported":
      return false;
    default:
      return assertNever(stored);
  }
}

/** Compares in a time that depends on neither text, nor on where they differ. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

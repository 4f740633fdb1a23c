import { createHash, timingSafeEqual } from "node:crypto";

import { assertNever } from "../lib/assert_never.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import type { StoredPassword } from "./stored_password.ts";

/** What came of checking a password. `unusable`: the file is to blame. */
export type PasswordOutcome = "right" | "wrong" | "unusable";

/**
 * Whether a password is the one that is stored.
 *
 * @param given empty if nothing was typed
 * @throws {BusyError} if too many passwords wait to be checked
 */
export async function checkPassword(
  stored: StoredPassword,
  given: string,
  hasher: PasswordHasher,
): Promise<PasswordOutcome> {
  switch (stored.kind) {
    case "plain":
      return judge(isSame(encode(stored.key), encode(given)));
    case "wildcard":
      return "right";
    case "none":
      return "wrong";
    case "pbkdf2": {
      const { key, salt, iterations } = stored;
      return judge(isSame(
        key,
        await hasher.derivePbkdf2(given, salt, iterations, key.length),
      ));
    }
    case "bcrypt":
      return judge(await hasher.verifyBcrypt(given, stored.key));
    case "unusable":
      return "unusable";
    default:
      return assertNever(stored);
  }
}

function judge(isRight: boolean): PasswordOutcome {
  return isRight ? "right" : "wrong";
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Compares in a time that depends on neither value, nor on where they differ. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const digest = (bytes: Uint8Array) =>
    createHash("sha256").update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b));
}

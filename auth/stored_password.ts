import { costOfBcrypt } from "./bcrypt_format.ts";
import type { PasswordDocument } from "./group_document.ts";

/** How somebody proves who they are. `none`: in no way, never. */
export type StoredPassword =
  | { readonly kind: "none" }
  | { readonly kind: "plain"; readonly key: string }
  | { readonly kind: "wildcard" }
  /** PBKDF2 with SHA-256 (RFC 8018 §5.2). */
  | {
    readonly kind: "pbkdf2";
    readonly key: Uint8Array<ArrayBuffer>;
    readonly salt: Uint8Array<ArrayBuffer>;
    readonly iterations: number;
  }
  /** The hash in its usual form, `$2a$10$…`. */
  | { readonly kind: "bcrypt"; readonly key: string }
  /** The file says something that cannot be used. */
  | { readonly kind: "unusable"; readonly problem: string };

/**
 * The most that a password may cost to check. Users may write their own hash,
 * so a higher bound lets one of them keep a core busy for longer: these are
 * some seconds on a slow machine.
 */
const MAX_PBKDF2_ITERATIONS = 10_000_000;
const MAX_BCRYPT_COST = 15;
const MAX_KEY_BYTES = 1024;

/** Makes of a password in a file what it can be checked by. */
export function toStoredPassword(
  password: PasswordDocument | undefined,
): StoredPassword {
  if (password === undefined) return { kind: "none" };
  if (typeof password === "string") return { kind: "plain", key: password };
  const { type, key } = password;
  switch (type ?? "") {
    case "":
      return { kind: "none" };
    case "wildcard":
      return { kind: "wildcard" };
    case "plain":
      return key == null ? unusable("it has no key") : { kind: "plain", key };
    case "pbkdf2":
      return toPbkdf2(password);
    case "bcrypt":
      return toBcrypt(key ?? "");
    default:
      return unusable(`there is no type ${type}`);
  }
}

function toPbkdf2(
  { hash, key, salt, iterations }: Exclude<PasswordDocument, string>,
): StoredPassword {
  if (hash !== "sha-256") return unusable(`there is no hash ${hash}`);
  const keyBytes = fromHex(key ?? "");
  const saltBytes = fromHex(salt ?? "");
  if (keyBytes === undefined || keyBytes.length === 0) {
    return unusable("its key is not in hexadecimal");
  }
  if (saltBytes === undefined) return unusable("its salt is not hexadecimal");
  if (keyBytes.length > MAX_KEY_BYTES) return unusable("its key is too long");
  const isCount = Number.isInteger(iterations) && (iterations ?? 0) > 0;
  if (!isCount) return unusable("it has no number of iterations");
  if ((iterations ?? 0) > MAX_PBKDF2_ITERATIONS) {
    return unusable(`it has more than ${MAX_PBKDF2_ITERATIONS} iterations`);
  }
  return {
    kind: "pbkdf2",
    key: keyBytes,
    salt: saltBytes,
    iterations: iterations ?? 0,
  };
}

function toBcrypt(key: string): StoredPassword {
  const cost = costOfBcrypt(key);
  if (cost === undefined) return unusable("its key is not a bcrypt hash");
  if (cost > MAX_BCRYPT_COST) {
    return unusable(`it costs ${cost}, more than ${MAX_BCRYPT_COST}`);
  }
  return { kind: "bcrypt", key };
}

function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  return /^([0-9a-f]{2})*$/i.test(text) ? Uint8Array.fromHex(text) : undefined;
}

function unusable(problem: string): StoredPassword {
  return { kind: "unusable", problem };
}

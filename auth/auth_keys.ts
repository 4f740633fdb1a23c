import { type CryptoKey, importJWK, type JWK } from "jose";

/** A key as it stands in a group's file or in a JWK set (RFC 7517 §4). */
export type AuthKey = Readonly<Record<string, unknown>>;

/** A key that tokens are signed by cannot be used; the text says why. */
export class AuthKeyError extends Error {
  override readonly name = "AuthKeyError";
}

/** The algorithms that there are (RFC 7518 §3.1), with the type of their keys. */
const KEY_TYPES: ReadonlyMap<unknown, string> = new Map([
  ["HS256", "oct"],
  ["HS384", "oct"],
  ["HS512", "oct"],
  ["ES256", "EC"],
  ["RS256", "RSA"],
]);

/** How long the secret of an algorithm is, in bytes: no less, and no more. */
const SECRET_BYTES: ReadonlyMap<unknown, number> = new Map([
  ["HS256", 32],
  ["HS384", 48],
  ["HS512", 64],
]);

/** What of a key is bytes. */
const BYTE_FIELDS = ["k", "x", "y", "n", "e"] as const;

/** The most bytes that the exponent of an RSA key may have. */
const MAX_EXPONENT_BYTES = 8;

/** The names of the algorithms that tokens may be signed by. */
export function isKnownAlgorithm(algorithm: unknown): algorithm is string {
  return KEY_TYPES.has(algorithm);
}

/**
 * Makes a key usable for checking signatures.
 *
 * @throws {AuthKeyError} if it is not what its algorithm wants
 */
export async function importAuthKey(
  key: AuthKey,
): Promise<CryptoKey | Uint8Array> {
  const { alg, kty } = key;
  const type = KEY_TYPES.get(alg);
  if (type === undefined) {
    throw new AuthKeyError(`there is no algorithm ${JSON.stringify(alg)}`);
  }
  if (kty !== type) {
    throw new AuthKeyError(`a key for ${alg} is of type ${type}`);
  }
  const sizes = checkBytes(key);
  const wanted = SECRET_BYTES.get(alg);
  if (wanted !== undefined && sizes.get("k") !== wanted) {
    throw new AuthKeyError(`a key for ${alg} has ${wanted} bytes`);
  }
  if ((sizes.get("e") ?? 0) > MAX_EXPONENT_BYTES) {
    throw new AuthKeyError("the exponent is too long");
  }
  if (type === "EC" && (key["crv"] !== "P-256" || !isOnP256(key))) {
    throw new AuthKeyError("a key for ES256 is a point of the curve P-256");
  }
  try {
    return await importJWK(toPublicJwk(key), String(alg));
  } catch (error) {
    throw new AuthKeyError("its numbers are not those of a key", {
      cause: error,
    });
  }
}

/** The sizes of what is bytes, in base64url without padding (RFC 7515 §2). */
function checkBytes(key: AuthKey): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const field of BYTE_FIELDS) {
    const text = key[field];
    if (text === undefined) continue;
    if (typeof text !== "string" || !/^[\w-]+$/.test(text)) {
      throw new AuthKeyError(`"${field}" is not base64url without padding`);
    }
    sizes.set(field, Math.floor(text.length * 3 / 4));
  }
  return sizes;
}

/** The prime of the field and the constant of P-256 (FIPS 186-4 §D.1.2.3). */
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** Whether the point is on the curve: WebCrypto here does not look. */
function isOnP256({ x, y }: AuthKey): boolean {
  const [xn, yn] = [toNumber(x), toNumber(y)];
  if (xn === undefined || yn === undefined || xn >= P || yn >= P) return false;
  return (yn * yn - xn * xn * xn + 3n * xn - B) % P === 0n;
}

/** A coordinate: 32 bytes in base64url. */
function toNumber(text: unknown): bigint | undefined {
  if (typeof text !== "string" || text.length !== 43) return undefined;
  const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
  return BigInt(`0x${bytes.toHex()}`);
}

/**
 * Only what checking needs: a private key would be imported as one, and
 * `key_ops` or `use` might not allow what the key is here for.
 */
function toPublicJwk(key: AuthKey): JWK {
  const fields = ["kty", "alg", "crv", ...BYTE_FIELDS];
  return Object.fromEntries(
    fields.filter((field) => key[field] !== undefined)
      .map((field) => [field, key[field]]),
  );
}

/** The cost of a bcrypt hash, or `undefined` if it is not one. */
export function costOfBcrypt(hash: string): number | undefined {
  const [, digits] = /^\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash) ?? [];
  const cost = Number(digits);
  return cost >= 4 && cost <= 31 ? cost : undefined;
}

/** What bcrypt looks at of a password; the rest has no effect, or is refused. */
export const MAX_BCRYPT_PASSWORD_BYTES = 72;

/** The header `Authorization` for a name and a password (RFC 7617 §2.1). */
export function toBasicAuthorization(
  username: string,
  password: string,
): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** What an `Authorization` header says. */
export type ApiCredentials =
  | {
    readonly kind: "basic";
    readonly username: string;
    readonly password: string;
  }
  | { readonly kind: "bearer"; readonly token: string };

/** Reads an `Authorization` header (RFC 7617, RFC 6750 §2.1). */
export function parseAuthorization(
  header: string | null,
): ApiCredentials | undefined {
  if (header === null) return undefined;
  const token = parseBearer(header);
  if (token !== undefined) return { kind: "bearer", token };
  const [, base64] = /^\s*basic\s+([A-Za-z\d+/=]+)\s*$/i.exec(header) ?? [];
  if (base64 === undefined) return undefined;
  const text = decodeBase64(base64);
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon < 0) return undefined;
  return {
    kind: "basic",
    username: text.slice(0, colon),
    password: text.slice(colon + 1),
  };
}

/** The token of a header `Bearer TOKEN`. */
export function parseBearer(header: string): string | undefined {
  return /^\s*bearer\s+(\S+)\s*$/i.exec(header)?.[1];
}

function decodeBase64(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.fromBase64(base64);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined; // SyntaxError or TypeError: neither base64 nor UTF-8
  }
}

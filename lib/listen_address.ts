/** Where to listen: an address, or all of them. */
export interface ListenAddress {
  /** Without brackets; `undefined`: all addresses, IPv6 and IPv4. */
  readonly hostname: string | undefined;
  /** 0: any free one. */
  readonly port: number;
}

/** Where to listen on this machine only: a socket that is a file. */
export interface UnixAddress {
  readonly path: string;
}

/**
 * Reads `ADDRESS:PORT`, `[ADDRESS]:PORT`, `:PORT` or `PORT`.
 *
 * @returns `undefined` if it is none of these
 */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^:[\]]*)):)?(\d{1,5})$/i.exec(text);
  if (match === null) return undefined;
  const [, bracketed, plain, digits] = match;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  return { hostname: bracketed ?? (plain || undefined), port };
}

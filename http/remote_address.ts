import type { ClientLink } from "./client_link.ts";

/** Where a connection comes from. */
export interface RemoteAddress {
  readonly hostname: string;
  readonly port: number;
}

/** Who makes a request, and by what way. */
export interface Requester extends RemoteAddress {
  /** Whether it comes by HTTPS; absent: it does not. */
  readonly isSecure?: boolean;
  /** The client's connection; absent where nobody guards it, as in tests. */
  readonly link?: ClientLink;
}

/**
 * The address for people: `203.0.113.7:4711` or `[2001:db8::7]:4711`. An IPv4
 * client of a dual-stack socket is shown as what it is.
 */
export function formatAddress(remote: RemoteAddress): string {
  const host = toPlainHost(remote.hostname);
  return host.includes(":")
    ? `[${host}]:${remote.port}`
    : `${host}:${remote.port}`;
}

/**
 * What counts as one place for bounds per address: an IPv4 address, or the /64
 * network of an IPv6 one, since that is what one subscriber is given.
 */
export function toNetwork(remote: RemoteAddress): string {
  const host = toPlainHost(remote.hostname);
  if (!host.includes(":")) return host;
  const [head = "", tail] = host.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** Whether the connection comes from this machine. */
export function isLoopback(remote: RemoteAddress): boolean {
  const host = toPlainHost(remote.hostname);
  return host === "::1" || host.startsWith("127.");
}

/**
 * The network for bounds on failed logins: empty from this machine itself, where
 * a reverse proxy may have everybody behind it.
 */
export function networkOf(remote: RemoteAddress): string {
  return isLoopback(remote) ? "" : toNetwork(remote);
}

/** Takes `::ffff:192.0.2.1` for 192.0.2.1 (RFC 4291 §2.5.5.2). */
function toPlainHost(hostname: string): string {
  return hostname.replace(/^::ffff:(?=\d+\.)/i, "");
}

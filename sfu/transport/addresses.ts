/**
 * Which addresses to announce as ICE host candidates.
 *
 * @module
 */
import {
  addressScope,
  decodeIpAddress,
  encodeIpAddress,
  toPlainAddress,
} from "./ip_address.ts";
import type { AnnouncedAddress } from "./ports.ts";

/** What {@linkcode announcedAddresses} chooses from. */
export interface AddressChoice {
  /** The machine's addresses, as text. */
  readonly machine: readonly string[];
  /**
   * What the operator wants announced instead: addresses, each with a port of
   * its own if it differs from ours (`192.0.2.1`, `192.0.2.1:7000`,
   * `2001:db8::1`, `[2001:db8::1]:7000`). Empty: the machine's own.
   */
  readonly publicAddresses: readonly string[];
  /** The address that the socket is bound to. */
  readonly host: string;
  /** The port that the socket is bound to. */
  readonly port: number;
  /**
   * Whether `127.0.0.1` and `::1` are announced, so that browsers on this
   * machine connect without a network: always, as the last candidates, or only
   * if there is nothing else.
   */
  readonly loopback: "last" | "if-alone";
}

/**
 * The addresses to announce, best first, each once.
 *
 * @throws {RangeError} if a public address is not an IP address that others can
 *   reach, or its port is not one
 */
export function announcedAddresses(choice: AddressChoice): AnnouncedAddress[] {
  const bound = decodeIpAddress(toPlainAddress(choice.host));
  const { port } = choice;
  const isReachable = (bytes: Uint8Array) =>
    bound === undefined || addressScope(bound) === "unusable"
      // The unspecified address of IPv6 takes both families, that of IPv4 one.
      ? bound?.length !== 4 || bytes.length === 4
      : encodeIpAddress(bytes) === encodeIpAddress(bound);
  const own = choice.machine.map((text) =>
    decodeIpAddress(toPlainAddress(text))
  )
    .filter((bytes) => bytes !== undefined).filter(isReachable);
  const inScope = (scope: string) =>
    own.filter((bytes) => addressScope(bytes) === scope)
      .map((bytes) => ({ host: encodeIpAddress(bytes), port }));

  const main = choice.publicAddresses.length > 0
    ? choice.publicAddresses.map((text) => parsePublicAddress(text, port))
    : inScope("global");
  const local = choice.loopback === "last" || main.length === 0
    ? inScope("loopback")
    : [];
  return unique([...main, ...local]);
}

/** The addresses of this machine's interfaces that are up. */
export function machineAddresses(): string[] {
  return Deno.networkInterfaces().map(({ address }) => address);
}

/**
 * Reads one `--public-address`.
 *
 * @throws {RangeError} see {@linkcode announcedAddresses}
 */
export function parsePublicAddress(
  text: string,
  defaultPort: number,
): AnnouncedAddress {
  const [, bracketed, plain, portText] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const bytes = decodeIpAddress(bracketed ?? plain ?? text);
  const port = portText === undefined ? defaultPort : Number(portText);
  if (bytes === undefined || addressScope(bytes) === "unusable") {
    throw new RangeError(
      `Cannot announce address "${text}": not an IP address of a machine`,
    );
  }
  if (port < 1 || port > 65_535) {
    throw new RangeError(
      `Cannot announce address "${text}": the port is not in 1 to 65535`,
    );
  }
  return { host: toPlainAddress(encodeIpAddress(bytes)), port };
}

/**
 * The same `--public-address` for the socket that many ports further: if it has
 * a port of its own, that is so much further, too.
 */
export function shiftPublicAddress(text: string, offset: number): string {
  const [, ports] = PUBLIC_ADDRESS_PORT.exec(text) ?? [];
  if (ports === undefined) return text;
  return `${text.slice(0, -ports.length)}${Number(ports) + offset}`;
}

/** A port behind an address in brackets, or behind one without colons. */
const PUBLIC_ADDRESS_PORT = /^(?:\[[^\]]*\]|[^:]*):([0-9]{1,5})$/;

function unique(addresses: AnnouncedAddress[]): AnnouncedAddress[] {
  const seen = new Set<string>();
  return addresses.filter(({ host, port }) => {
    const key = `${host} ${port}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

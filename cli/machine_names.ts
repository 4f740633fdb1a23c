/**
 * How others may call this machine, the likeliest first: what the operator
 * announces, its own addresses (IPv4 before IPv6), its host name.
 *
 * @param publicAddresses IP addresses, with or without a port
 */
export function machineNames(
  publicAddresses: readonly string[],
): readonly string[] {
  const announced = publicAddresses.map((text) =>
    text.replace(/^\[(.*)\].*$/, "$1").replace(/^([\d.]+):\d+$/, "$1")
  );
  const own = Deno.networkInterfaces()
    .map(({ address }) => address)
    .filter((address) => !/^(127\.|::1$|fe80:)/i.test(address))
    .sort((a, b) => Number(a.includes(":")) - Number(b.includes(":")));
  return [...announced, ...own, Deno.hostname()];
}

/** A host name or IP address as it stands in a URL. */
export function toUrlHost(name: string): string {
  return name.includes(":") ? `[${name}]` : name;
}

/** The parts of a `proxyURL`, each of which may be missing. */
const PROXY_URL = /^(?:([a-z]+):)?(?:\/\/([^/]*))?(.*)$/i;

/**
 * How browsers reach this server, without a slash at the end: what `proxyURL`
 * says of scheme, host and path, and else what the request says.
 *
 * @param requestUrl of the request that is to be answered
 */
export function toBaseUrl(
  proxyUrl: string | undefined,
  requestUrl: string,
): string {
  const request = new URL(requestUrl);
  const [, scheme, host] = PROXY_URL.exec(proxyUrl ?? "") ?? [];
  // What comes by a Unix socket has a scheme of Deno's own, `http+unix:`.
  const ownScheme = request.protocol === "https:" ? "https" : "http";
  return `${scheme ?? ownScheme}://${host ?? request.host}${
    toBasePath(proxyUrl)
  }`;
}

/**
 * Below which path browsers see the server, which does not see it itself:
 * `/sub`, or nothing.
 */
export function toBasePath(proxyUrl: string | undefined): string {
  const path = PROXY_URL.exec(proxyUrl ?? "")?.[3] ?? "";
  return path.replace(/\/+$/, "");
}

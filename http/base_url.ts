/** The parts of a `proxyURL`, each of which may be missing. */
const PROXY_URL = /^(?:([a-z]+):)?(?:\/\/([^/]*))?(.*)$/i;

/**
 * How browsers reach this server, without a slash at the end: what `proxyURL`
 * says of scheme, host and path, and else what the request says.
 *
 * @param requestUrl of the request that is to be answered
 * @param isSecure whether that has come by HTTPS, if its URL does not say so
 */
export function toBaseUrl(
  proxyUrl: string | undefined,
  requestUrl: string,
  isSecure = /^https:/i.test(requestUrl),
): string {
  const request = new URL(requestUrl);
  const [, scheme, host] = PROXY_URL.exec(proxyUrl ?? "") ?? [];
  const ownScheme = isSecure ? "https" : "http";
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

/**
 * Whether a browser says that a page of another site makes this request. Browsers
 * add to whatever they send the password that was typed once, so a page anywhere
 * could delete something in a user's name. Programs say nothing of sites, and
 * send a password only if they mean it.
 *
 * @param baseUrl how browsers see this server
 */
export function isFromElsewhere(request: Request, baseUrl: string): boolean {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = request.headers.get("Origin");
  return origin !== null && origin !== new URL(baseUrl).origin;
}

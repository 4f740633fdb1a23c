/**
 * Whether a request may go on, by its `If-Match` and `If-None-Match` (RFC 9110
 * §13.1, §13.2.2).
 *
 * @param etag of what there is; `undefined` if there is nothing
 * @returns the status to answer with, or `undefined` to go on
 */
export function checkPreconditions(
  method: string,
  etag: string | undefined,
  headers: Headers,
): 304 | 412 | undefined {
  const ifMatch = headers.get("If-Match");
  if (ifMatch !== null && !matchesEtag(etag, ifMatch)) return 412;
  const ifNoneMatch = headers.get("If-None-Match");
  if (ifNoneMatch === null || !matchesEtag(etag, ifNoneMatch)) return undefined;
  return method === "GET" || method === "HEAD" ? 304 : 412;
}

/** Whether a list of entity tags, or `*`, has one; weak ones equal nothing. */
export function matchesEtag(etag: string | undefined, list: string): boolean {
  if (etag === undefined) return false;
  if (list.trim() === "*") return true;
  return [...list.matchAll(/(W\/)?"[^"]*"/g)].some(([tag]) => tag === etag);
}

/** What a client's fragment of SDP says (RFC 8840 §9). */
export interface SdpFragment {
  readonly iceUfrag: string;
  readonly icePwd: string;
}

/** The most bytes that a fragment may have: one has some ten candidates. */
export const MAX_FRAGMENT_LENGTH = 65_536;

/**
 * Reads a fragment (`application/trickle-ice-sdpfrag`), or the same of a whole
 * offer. Its candidates are of
 * no use: the server is ICE-lite (RFC 8445 §2.5) and learns where a client is
 * from the client's own, authenticated checks. What is not understood is passed
 * over (D-39).
 *
 * @returns `undefined` if it is malformed: a line that is none of SDP's, an
 * `a=mid` outside of a section, no credentials, or several
 */
export function parseSdpFragment(text: string): SdpFragment | undefined {
  if (text.length > MAX_FRAGMENT_LENGTH) return undefined;
  const ufrags = new Set<string>();
  const pwds = new Set<string>();
  let hasSection = false;
  for (const line of text.split(/\r?\n/)) {
    if (line === "") continue;
    if (!/^[a-z]=/.test(line)) return undefined;
    if (line.startsWith("m=")) hasSection = true;
    else if (line.startsWith("a=mid:") && !hasSection) return undefined;
    addValue(ufrags, line, "a=ice-ufrag:");
    addValue(pwds, line, "a=ice-pwd:");
  }
  const [iceUfrag, ...ufragsToo] = ufrags;
  const [icePwd, ...pwdsToo] = pwds;
  if (iceUfrag === undefined || icePwd === undefined) return undefined;
  // A peer of ours has one transport: sections may repeat it, not differ.
  if (ufragsToo.length > 0 || pwdsToo.length > 0) return undefined;
  return { iceUfrag, icePwd };
}

/** An offer that says the same with other ICE credentials: an ICE restart. */
export function withCredentials(offer: string, fragment: SdpFragment): string {
  return offer
    .replaceAll(/^a=ice-ufrag:.*$/gm, () => `a=ice-ufrag:${fragment.iceUfrag}`)
    .replaceAll(/^a=ice-pwd:.*$/gm, () => `a=ice-pwd:${fragment.icePwd}`);
}

/** The part of an answer that a client needs to restart ICE (RFC 9725 §4.3.2). */
export function toFragment(answer: string): string {
  const lines = answer.split(/\r?\n/);
  const first = lines.findIndex((line) => line.startsWith("m="));
  const rest = lines.slice(first + 1);
  const next = rest.findIndex((line) => line.startsWith("m="));
  const section = next < 0 ? rest : rest.slice(0, next);
  const pick = (from: readonly string[], ...prefixes: readonly string[]) =>
    from.filter((line) => prefixes.some((prefix) => line.startsWith(prefix)));
  return [
    ...pick(lines.slice(0, first), "a=ice-lite"),
    ...pick(section, "a=ice-ufrag:", "a=ice-pwd:"),
    ...lines.slice(first, first + 1),
    ...pick(section, "a=mid:", "a=candidate:", "a=end-of-candidates"),
    "",
  ].join("\r\n");
}

function addValue(to: Set<string>, line: string, prefix: string): void {
  // `a=ice-pwd` and the like are tokens of printable ASCII: no line can hide.
  if (line.startsWith(prefix)) to.add(line.slice(prefix.length).trim());
}

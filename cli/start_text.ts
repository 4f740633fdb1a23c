import type { FirstGroup } from "../auth/first_start.ts";
import { toInviteLink } from "../auth/invitations.ts";

/** Where the server is, for people. */
export interface ServerPlaces {
  /** For browsers on this machine: `http://localhost:8080`, if there is any. */
  readonly local: string | undefined;
  /** For all others: `https://192.0.2.1:8443`, if there is any. */
  readonly remote: string | undefined;
}

/**
 * What the server prints when it is ready: where it is, and, at the first
 * start, the links to join with. They are secrets, and printed only here.
 */
export function toStartText(
  { local, remote }: ServerPlaces,
  first: FirstGroup | undefined,
): string {
  const lines = ["", "Nereid is running.", ""];
  if (local !== undefined) lines.push(`  On this machine:     ${local}/`);
  if (remote !== undefined) lines.push(`  From other machines: ${remote}/`);
  lines.push("");
  if (first !== undefined) {
    const links = (token: string) =>
      [local, remote].filter((base) => base !== undefined)
        .map((base) => `    ${toInviteLink(base, first.group, token)}`);
    lines.push(
      `As there was no group yet, there is one now: ${first.group}. Nobody gets in without`,
      "one of these links, which are good for a year and not shown again:",
      "",
      "  For you, the operator:",
      ...links(first.operatorToken),
      "",
      "  For your guests:",
      ...links(first.guestToken),
      "",
      `More links: npx -y deno@2.9.6 task invite ${first.group}`,
      "",
    );
  }
  if (remote !== undefined) {
    lines.push(
      "Unless you put one of your own in its place, the certificate for HTTPS is",
      "self-signed: browsers warn of it once, and go on if told to.",
      "",
    );
  }
  return lines.join("\n");
}

import { makeTokenSecret, type TokenStore } from "./tokens.ts";

/** As what somebody is invited. */
export type Role = "operator" | "guest";

/** To what, as what and for how long somebody is invited. */
export interface Invitation {
  readonly group: string;
  readonly role: Role;
  readonly days: number;
  /** What they are called; without it they choose. */
  readonly username?: string;
  /** Whether the group lets its operators record (`allow-recording`). */
  readonly allowRecording?: boolean;
}

/** How long an invitation is good if nobody says otherwise. */
export const DEFAULT_DAYS = 365;

/** A token's permissions are literal, so the sets are spelt out (E-23, E-33). */
const PERMISSIONS: Readonly<Record<Role, readonly string[]>> = {
  operator: ["op", "present", "message", "caption", "token"],
  guest: ["present", "message"],
};

const DAY_MS = 86_400_000;

/** Keeps a token for an invitation and returns it. It is a secret. */
export async function invite(
  tokens: TokenStore,
  invitation: Invitation,
  now: Date,
): Promise<string> {
  const token = makeTokenSecret();
  await tokens.add({
    token,
    group: invitation.group,
    includeSubgroups: false,
    permissions: permissionsOf(invitation),
    expires: new Date(now.getTime() + invitation.days * DAY_MS),
    issuedAt: now,
    ...(invitation.username === undefined
      ? {}
      : { username: invitation.username }),
  });
  return token;
}

/** Operators may record by the same rule as those with a password (E-23). */
function permissionsOf({ role, allowRecording = false }: Invitation) {
  const permissions = PERMISSIONS[role];
  const mayRecord = role === "operator" && allowRecording;
  return mayRecord ? [...permissions, "record"] : permissions;
}

/**
 * The link that an invitation is. The slash before the question mark matters:
 * other servers of this protocol lose the token without it.
 *
 * @param base scheme, host and port, such as `https://example.org:8443`
 */
export function toInviteLink(
  base: string,
  group: string,
  token: string,
): string {
  const path = group.split("/").map(encodeURIComponent).join("/");
  const link = new URL(`/group/${path}/`, base);
  link.searchParams.set("token", token);
  return link.href;
}

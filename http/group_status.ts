import { toGroupPath } from "./group_path.ts";
import type { GroupStatus } from "./ports.ts";

/**
 * A group's state as everybody may read it, in Galène's format: whether it is
 * locked and how many are there is told of public groups only, and of a group
 * that is elsewhere little more than where.
 *
 * @param base how browsers reach the server, see `toBaseUrl()`
 */
export function toPublicStatus(
  group: GroupStatus,
  base: string,
): Readonly<Record<string, unknown>> {
  const { name, displayName, description, redirect } = group;
  if (redirect !== undefined) {
    return { name, redirect, displayName, description };
  }
  return {
    name,
    location: `${base}${toGroupPath(name)}`,
    endpoint: `${base.replace(/^http/i, "ws")}/ws`,
    displayName,
    description,
    authServer: group.authServer,
    authPortal: group.authPortal,
    ...(group.public
      ? { locked: group.locked || undefined, clientCount: group.clientCount }
      : {}),
  };
}

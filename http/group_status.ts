import { toGroupPath } from "./group_path.ts";
import type { GroupStatus } from "./ports.ts";

/**
 * A group's state as everybody may read it, in Galène's format: whether it is
 * locked and how many are there is told of public groups only, and of a group
 * that is elsewhere little more than where.
 *
 * @param requestUrl of the request: the links have its scheme and host
 */
export function toPublicStatus(
  group: GroupStatus,
  requestUrl: string,
): Readonly<Record<string, unknown>> {
  const { name, displayName, description, redirect } = group;
  if (redirect !== undefined) {
    return { name, redirect, displayName, description };
  }
  const location = new URL(toGroupPath(name), requestUrl);
  const endpoint = new URL("/ws", requestUrl);
  endpoint.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return {
    name,
    location: location.href,
    endpoint: endpoint.href,
    displayName,
    description,
    authServer: group.authServer,
    authPortal: group.authPortal,
    ...(group.public
      ? { locked: group.locked || undefined, clientCount: group.clientCount }
      : {}),
  };
}

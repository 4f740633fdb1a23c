import type { GroupFile } from "../auth/group_file.ts";
import type { GroupFiles } from "../auth/group_files.ts";
import { assertNever } from "../lib/assert_never.ts";
import type { GroupsPort, GroupStatus } from "./ports.ts";

/** What only the running groups know. */
export interface Occupancy {
  readonly clientCount: number;
  readonly locked: boolean;
}

/** Joins what is on disk about groups with what goes on in them. */
export function createGroupsPort(
  files: GroupFiles,
  occupancyOf: (group: string) => Occupancy,
): GroupsPort {
  const status = async (name: string): Promise<GroupStatus | undefined> => {
    const found = await files.find(name);
    switch (found.kind) {
      case "found":
        return toStatus(name, found.group, occupancyOf(name));
      case "illegal-name":
      case "not-found":
        return undefined;
      case "broken":
        throw new Error(`Cannot tell of group "${name}": its file is broken`);
      default:
        return assertNever(found);
    }
  };
  return {
    status,
    async publicGroups() {
      const groups: GroupStatus[] = [];
      for (const name of await files.list()) {
        const found = await files.find(name);
        if (found.kind !== "found" || !found.group.public) continue;
        groups.push(toStatus(name, found.group, occupancyOf(name)));
      }
      return groups;
    },
  };
}

function toStatus(
  name: string,
  group: GroupFile,
  occupancy: Occupancy,
): GroupStatus {
  const { displayName, description, redirect, authServer, authPortal } = group;
  return {
    name,
    public: group.public,
    ...occupancy,
    ...(displayName ? { displayName } : {}),
    ...(description ? { description } : {}),
    ...(redirect ? { redirect } : {}),
    ...(authServer ? { authServer } : {}),
    ...(authPortal ? { authPortal } : {}),
  };
}

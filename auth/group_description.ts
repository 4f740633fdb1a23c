import { wallTimeAt } from "../lib/time.ts";
import type { GroupName } from "../protocol/ids.ts";
import type { GroupDescription } from "../signalling/group_description.ts";
import type { Config } from "./config.ts";
import type { GroupFile } from "./group_file.ts";

/** What of a group's file signalling needs: all but users and passwords. */
export function toGroupDescription(
  name: GroupName,
  group: GroupFile,
  { writableGroups }: Config,
): GroupDescription {
  const { displayName, description, redirect, authServer, authPortal } = group;
  const { maxClients, notBefore, expires } = group;
  return {
    name,
    ...(displayName ? { displayName } : {}),
    ...(description ? { description } : {}),
    ...(redirect ? { redirect } : {}),
    ...(authServer ? { authServer } : {}),
    ...(authPortal ? { authPortal } : {}),
    ...(maxClients === 0 ? {} : { maxClients }),
    ...(notBefore === undefined
      ? {}
      : { notBefore: wallTimeAt(notBefore.getTime()) }),
    ...(expires === undefined
      ? {}
      : { expires: wallTimeAt(expires.getTime()) }),
    public: group.public,
    maxHistoryAgeMs: group.maxHistoryAgeSeconds * 1000,
    autolock: group.autolock,
    autokick: group.autokick,
    allowRecording: group.rules.allowRecording,
    codecs: group.codecs,
    canChangePassword: writableGroups,
  };
}

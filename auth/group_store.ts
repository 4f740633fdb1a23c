import { createHash } from "node:crypto";

import type { Log } from "../lib/log.ts";
import { removeFile, replaceFile } from "./atomic_file.ts";
import {
  encodeGroupDocument,
  type GroupDocument,
  parseGroupDocument,
} from "./group_document.ts";
import { Locks } from "./lock.ts";
import { isGroupName, isHidden } from "./names.ts";

/** A group's file, and a mark of its content. */
export interface StoredGroup {
  readonly document: GroupDocument;
  /** A strong entity tag (RFC 9110 §8.8.3), with its quotation marks. */
  readonly etag: string;
}

/** What is to become of a group's file. */
export type GroupChange =
  | { readonly kind: "write"; readonly document: GroupDocument }
  | { readonly kind: "delete" };

/** Reads and changes the files of groups, for those who administer them. */
export interface GroupStore {
  /**
   * Reads a group's own file: what a subgroup inherits does not count.
   *
   * @throws {FileFormatError} if it cannot be used
   */
  read(name: string): Promise<StoredGroup | undefined>;

  /**
   * Changes a group's file. Nobody else changes it between the question and the
   * write, at least not through this store.
   *
   * @param decide gets what there is, and may throw to change nothing
   * @throws {FileFormatError} if what there is cannot be used
   * @throws {GroupNameError} if no group can have such a name
   */
  change(
    name: string,
    decide: (current: StoredGroup | undefined) => GroupChange,
  ): Promise<void>;
}

/** No group can have such a name. */
export class GroupNameError extends Error {
  override readonly name = "GroupNameError";
}

/** What {@linkcode createGroupStore} needs. */
export interface GroupStoreParts {
  readonly directory: string;
  readonly log: Log;
  /** Called after each change, so that those who are in the group hear of it. */
  readonly changed?: (name: string) => void;
}

/** Opens a folder of groups for administration. */
export function createGroupStore(parts: GroupStoreParts): GroupStore {
  const { directory, log, changed = () => {} } = parts;
  const locks = new Locks();
  const pathOf = (name: string) => `${directory}/${name}.json`;

  async function read(name: string): Promise<StoredGroup | undefined> {
    if (!isWritableName(name)) return undefined;
    const text = await readIfThere(pathOf(name));
    if (text === undefined) return undefined;
    return {
      document: parseGroupDocument(text, `${name}.json`),
      etag: toEtag(text),
    };
  }

  return {
    read,
    change: (name, decide) =>
      locks.run(name, async () => {
        if (!isWritableName(name)) {
          throw new GroupNameError(`No group can be called "${name}"`);
        }
        const change = decide(await read(name));
        if (change.kind === "delete") await removeFile(pathOf(name));
        else {
          const text = encodeGroupDocument(change.document);
          // Nothing is written that could not be read again.
          parseGroupDocument(text, `${name}.json`);
          await replaceFile(pathOf(name), text);
        }
        log.info(`Group ${change.kind === "delete" ? "deleted" : "changed"}`, {
          group: name,
        });
        changed(name);
      }),
  };
}

/** A strong entity tag of a text: two texts have the same one if they are equal. */
export function toEtag(text: string): string {
  const hash = createHash("sha256").update(text).digest("base64url");
  return `"${hash.slice(0, 22)}"`;
}

/** The longest name of a file in most file systems, less what is added to it. */
const MAX_PART_BYTES = 200;

function isWritableName(name: string): boolean {
  return isGroupName(name) && !isHidden(name) &&
    name.split("/").every((part) =>
      new TextEncoder().encode(part).length <= MAX_PART_BYTES
    );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.IsADirectory;
    if (!isMissing) throw error;
    return undefined;
  }
}

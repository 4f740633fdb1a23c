import type { Log } from "../lib/log.ts";
import { parseGroupDocument } from "./group_document.ts";
import { type GroupFile, toGroupFile } from "./group_file.ts";
import { FileFormatError } from "./file_format_error.ts";
import { FileCache } from "./file_cache.ts";
import { isGroupName, isHidden } from "./names.ts";

/** What became of looking for a group. */
export type GroupLookup =
  | {
    readonly kind: "found";
    readonly group: GroupFile;
    /**
     * Changes when the file does: two lookups with the same version gave the
     * same group.
     */
    readonly version: string;
  }
  | { readonly kind: "illegal-name" }
  | { readonly kind: "not-found" }
  /** There is a file, but it cannot be used; the log says why. */
  | { readonly kind: "broken" };

/** The groups on disk: `NAME.json` in a folder, and in folders in it. */
export interface GroupFiles {
  /** Looks for a group; its file is read anew if it has changed. */
  find(name: string): Promise<GroupLookup>;

  /** The names of all groups that have a file, sorted. */
  list(): Promise<readonly string[]>;
}

/** Opens a folder of groups, which need not exist yet. */
export function createGroupFiles(directory: string, log: Log): GroupFiles {
  const cache = new FileCache((text, path) =>
    parse(text, path, directory, log)
  );

  async function read(name: string): Promise<GroupLookup> {
    const file = await cache.read(`${directory}/${name}.json`);
    if (file === undefined) return { kind: "not-found" };
    return file.value === undefined
      ? { kind: "broken" }
      : { kind: "found", group: file.value, version: file.version };
  }

  return {
    async find(name) {
      if (!isGroupName(name)) return { kind: "illegal-name" };
      if (isHidden(name)) return { kind: "not-found" };
      const own = await read(name);
      return own.kind === "not-found" ? await findAncestor(name, read) : own;
    },
    async list() {
      const names: string[] = [];
      for await (const name of walk(directory, "")) names.push(name);
      return names.sort();
    },
  };
}

/** A subgroup without a file of its own is like its nearest ancestor, if that allows it. */
async function findAncestor(
  name: string,
  read: (name: string) => Promise<GroupLookup>,
): Promise<GroupLookup> {
  for (let end = name.lastIndexOf("/"); end > 0;) {
    const found = await read(name.slice(0, end));
    if (found.kind === "broken") return found;
    if (found.kind === "found") {
      if (!found.group.autoSubgroups) return { kind: "not-found" };
      const { description: _, ...inherited } = found.group;
      return { ...found, group: { ...inherited, public: false } };
    }
    end = name.lastIndexOf("/", end - 1);
  }
  return { kind: "not-found" };
}

/** `undefined` for a file that cannot be used, once that has been logged. */
function parse(
  text: string,
  path: string,
  directory: string,
  log: Log,
): GroupFile | undefined {
  const file = path.slice(directory.length + 1);
  try {
    const group = toGroupFile(
      parseGroupDocument(
        text,
        file,
        (note) => log.warn(`Group's file: ${note}`, { file }),
      ),
    );
    tellUnusable(group, file, log);
    return group;
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    log.error(error.message, { file: error.file, field: error.field });
    return undefined;
  }
}

/** Says once, and not at every attempt, why somebody cannot get in. */
function tellUnusable(group: GroupFile, file: string, log: Log): void {
  const entries = [...group.users];
  if (group.wildcardUser !== undefined) {
    entries.push(["wildcard-user", group.wildcardUser]);
  }
  for (const [user, { password }] of entries) {
    if (password.kind !== "unusable") continue;
    log.error(`Cannot use a password: ${password.problem}`, { file, user });
  }
}

async function* walk(
  directory: string,
  prefix: string,
): AsyncGenerator<string> {
  try {
    for await (const entry of Deno.readDir(directory)) {
      if (entry.name.startsWith(".")) continue;
      const path = `${directory}/${entry.name}`;
      if (entry.isDirectory) yield* walk(path, `${prefix}${entry.name}/`);
      else if (entry.name.endsWith(".json")) {
        yield prefix + entry.name.slice(0, -".json".length);
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

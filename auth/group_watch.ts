import type { GroupFile } from "./group_file.ts";
import type { GroupFiles } from "./group_files.ts";

/** What {@linkcode GroupWatch} looks at. */
export interface GroupWatchParts {
  readonly files: GroupFiles;
  /** The names of the groups that somebody is in. */
  readonly running: () => readonly string[];
  /**
   * Called with what a group's file says now, which may be what it said when
   * the group began: whoever is called tells nobody then.
   */
  readonly changed: (name: string, group: GroupFile) => void;
}

/**
 * Finds out which files of running groups have changed, so that those who are
 * in them hear of it. A file that is gone or broken changes nothing for them.
 */
export class GroupWatch {
  readonly #parts: GroupWatchParts;
  #versions = new Map<string, string>();

  /** Makes one that knows no group yet. */
  constructor(parts: GroupWatchParts) {
    this.#parts = parts;
  }

  /**
   * Looks once. A group that was not there the last time may have changed since
   * it began; `written` and its subgroups have, as their file has just been
   * written.
   */
  async poll(written?: string): Promise<void> {
    const { files, running, changed } = this.#parts;
    const versions = new Map<string, string>();
    for (const name of running()) {
      const before = this.#versions.get(name);
      const found = await files.find(name);
      const version = found.kind === "found" ? found.version : before;
      if (version !== undefined) versions.set(name, version);
      if (found.kind !== "found") continue;
      const isWritten = written !== undefined &&
        `${name}/`.startsWith(`${written}/`);
      if (isWritten || found.version !== before) changed(name, found.group);
    }
    this.#versions = versions;
  }
}

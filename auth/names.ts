/**
 * Whether a name can be a group's: not empty, without a backslash, and a path
 * that is its own shortest form, so `a/b` but not `/a`, `a/`, `a//b`, `a/../b`.
 */
export function isGroupName(name: string): boolean {
  return name !== "" && isCleanPath(name);
}

/** Whether a name can be somebody's: empty, or of the form of a group's name. */
export function isUsername(name: string): boolean {
  return name === "" || isCleanPath(name);
}

/** Whether a part of the name begins with a dot: such groups do not exist. */
export function isHidden(name: string): boolean {
  return name.split("/").some((part) => part.startsWith("."));
}

function isCleanPath(name: string): boolean {
  return !/[\\\0]/.test(name) &&
    name.split("/").every((part) =>
      part !== "" && part !== "." && part !== ".."
    );
}

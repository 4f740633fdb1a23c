/**
 * Whether a name matches one of some patterns as of Go's `path.Match`: `*` and
 * `?` stand for anything but a slash, `[a-z]` and `[^a-z]` for one character.
 * Without patterns, every name does.
 */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 ||
    patterns.some((pattern) => toRegExp(pattern).test(name));
}

function toRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|\*|\?|[^\\[*?]|\[|\\/gs,
    (token, escaped, negated, set) => {
      if (escaped !== undefined) return RegExp.escape(escaped);
      if (set !== undefined) {
        return `(?!/)[${negated}${set.replaceAll("[", "\\[")}]`;
      }
      if (token === "*") return "[^/]*";
      return token === "?" ? "[^/]" : RegExp.escape(token);
    },
  );
  return new RegExp(`^${source}$`, "s");
}

import type { JSX } from "preact";

/** As many as `avatar-hue-N` classes in the style sheet. */
const HUES = 6;

/** Stands for somebody whose picture is not there: initials on a colour. */
export function Avatar({ name }: { readonly name: string }): JSX.Element {
  return (
    <span class={`avatar avatar-hue-${hueOf(name)}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** The first letters of the first and the last word; `?` for no name. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => word !== "");
  const first = words[0];
  if (first === undefined) return "?";
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [first, last].filter((word) => word !== undefined)
    .map((word) => [...word][0] ?? "").join("").toLocaleUpperCase();
}

/** The same colour for the same name, on every machine. */
export function hueOf(name: string): number {
  let sum = 7;
  for (const character of name) {
    sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  }
  return sum % HUES;
}

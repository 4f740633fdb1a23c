/**
 * Parses the first JSON value of a text and ignores what follows it, as
 * Galène's decoder does. The values of the protocol are objects, so only they
 * may be followed by anything.
 *
 * @throws {SyntaxError} if there is no complete value
 */
export function parseFirstJsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const end = endOfFirstObject(text);
    if (end === undefined || end === text.length) throw error;
    return JSON.parse(text.slice(0, end));
  }
}

/** Where the object ends that the text begins with, if there is one. */
function endOfFirstObject(text: string): number | undefined {
  let depth = 0;
  for (let i = text.search(/[^ \t\r\n]/); i >= 0 && i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      i = endOfString(text, i);
    } else if (char === "{" || char === "[") {
      depth++;
    } else if (char === "}" || char === "]") {
      depth--;
    }
    if (depth === 0) return char === "}" ? i + 1 : undefined;
  }
  return undefined;
}

/** The index of the quotation mark that ends the string begun at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/**
 * Whether arrays and objects are nested more than `levels` deep. What is not
 * can be encoded again and copied without fear for the stack.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((member) =>
    isDeeperThan(member, levels - 1)
  );
}

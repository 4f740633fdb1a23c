/** A field's name or a list's opening, and where it is. */
interface Frame {
  /** The name or index that the value being read belongs to. */
  key: string;
  readonly isList: boolean;
}

/**
 * The line, from 1, of a field's name, or of the comma or bracket before an
 * entry of a list. Names are compared without regard to case; the last of several
 * counts, as it does for whoever parses the text.
 *
 * @param text well-formed JSON
 * @param path names of fields and indices of lists, the outermost first
 */
export function findLine(
  text: string,
  path: readonly string[],
): number | undefined {
  const wanted = path.map((key) => key.toLowerCase());
  const frames: Frame[] = [];
  let line = 1;
  let found: number | undefined;
  let expectsName = false;
  const note = () => {
    const isHere = frames.length === wanted.length &&
      frames.every(({ key }, depth) => key.toLowerCase() === wanted[depth]);
    if (isHere) found = line;
  };
  for (const [token] of text.matchAll(TOKENS)) {
    const top = frames.at(-1);
    if (token === "\n") line += 1;
    else if (token === "{" || token === "[") {
      frames.push({ key: "0", isList: token === "[" });
      expectsName = token === "{";
      if (token === "[") note();
    } else if (token === "}" || token === "]") {
      frames.pop();
      expectsName = false;
    } else if (token === "," && top !== undefined) {
      if (top.isList) {
        top.key = String(Number(top.key) + 1);
        note();
      } else expectsName = true;
    } else if (expectsName && top !== undefined) {
      top.key = String(JSON.parse(token));
      expectsName = false;
      note();
    }
  }
  return found;
}

/** What matters of JSON here; numbers and the like are skipped. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],\n]/g;

/** One token of JSON with the space before it (RFC 8259 §2). */
const TOKEN =
  // deno-lint-ignore no-control-regex -- they are what strings may not contain
  /[ \t\r\n]*("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:])/y;

/** How a token begins that may come next. */
const VALUE = /^["{[tfn\d-]/;

/** The line, from 1, of the first thing that makes a text not JSON. */
export function findSyntaxError(text: string): number {
  const stack: string[] = [];
  let allowed = VALUE;
  let position = 0;
  for (;;) {
    TOKEN.lastIndex = position;
    const [whole, token] = TOKEN.exec(text) ?? [];
    if (whole === undefined || token === undefined || !allowed.test(token)) {
      const space = /^[ \t\r\n]*/.exec(text.slice(position))?.[0] ?? "";
      return text.slice(0, position + space.length).split("\n").length;
    }
    position += whole.length;
    allowed = nextAllowed(token, allowed, stack);
  }
}

const NAME = /^"/;
const NAME_OR_END = /^["}]/;
const VALUE_OR_END = /^["{[\]tfn\d-]/;
const NOTHING = /^(?!)/;

function nextAllowed(token: string, before: RegExp, stack: string[]): RegExp {
  switch (token[0]) {
    case "{":
      stack.push("}");
      return NAME_OR_END;
    case "[":
      stack.push("]");
      return VALUE_OR_END;
    case ":":
      return VALUE;
    case ",":
      return stack.at(-1) === "}" ? NAME : VALUE;
    case "}":
    case "]":
      stack.pop();
      break;
  }
  if (before === NAME || before === NAME_OR_END) {
    if (token[0] === '"') return /^:/;
  }
  if (stack.length === 0) return NOTHING;
  return stack.at(-1) === "}" ? /^[,}]/ : /^[,\]]/;
}

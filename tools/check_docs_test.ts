import assert from "node:assert/strict";
import { type Documentation, findUndocumented } from "./check_docs.ts";

const ROOT = "file:///project/";
const FILE = `${ROOT}lib/a.ts`;

function declared(line: number, doc?: string, filename = FILE) {
  return {
    location: { filename, line },
    declarationKind: "export",
    kind: "function",
    ...doc === undefined ? {} : { jsDoc: { doc } },
  };
}

function symbol(name: string, ...declarations: ReturnType<typeof declared>[]) {
  return { name, declarations };
}

function documentation(
  ...symbols: ReturnType<typeof symbol>[]
): Documentation {
  return { version: 2, nodes: { [FILE]: { symbols } } };
}

Deno.test("findUndocumented() tells file, line and name", () => {
  const found = findUndocumented(
    documentation(
      symbol("good", declared(1, "What it is for.")),
      symbol("bad", declared(7)),
      symbol("tagsOnly", declared(9, " ")),
    ),
    ROOT,
  );
  assert.deepEqual(found, ["lib/a.ts:7 bad", "lib/a.ts:9 tagsOnly"]);
});

Deno.test("findUndocumented() wants one comment for a type and its constant", () => {
  const both = symbol("Both", declared(1), declared(2, "What it is."));
  assert.deepEqual(findUndocumented(documentation(both), ROOT), []);
});

Deno.test("findUndocumented() leaves out what another file declares", () => {
  const again = symbol("again", declared(1, undefined, `${ROOT}lib/b.ts`));
  const passed = symbol("passed", { ...declared(1), kind: "reference" });
  const inner = symbol("inner", { ...declared(1), declarationKind: "private" });
  const all = documentation(again, passed, inner);
  assert.deepEqual(findUndocumented(all, ROOT), []);
});

Deno.test("findUndocumented() refuses a format that it does not know", () => {
  assert.throws(
    () => findUndocumented({ version: 3, nodes: {} }, ROOT),
    /^Error: Cannot read deno doc's output: version 3$/,
  );
});

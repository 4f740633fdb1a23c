import assert from "node:assert/strict";

import { UsageError } from "../usage_error.ts";
import { parseDuration } from "./duration.ts";
import { matchesAny } from "./glob.ts";
import { parseGoFlags } from "./go_flags.ts";
import {
  expandPermissions,
  formatPermissions,
  parsePermissions,
} from "./permissions.ts";

const SPECS = {
  group: { type: "string", help: "" },
  l: { type: "boolean", help: "" },
  cost: { type: "number", help: "" },
} as const;

Deno.test("parseGoFlags() reads flags as Go does (F.2)", () => {
  const parse = (line: string) => {
    const { values, rest } = parseGoFlags(line.split(" "), SPECS);
    return [Object.fromEntries(values), rest];
  };

  assert.deepEqual(parse("-group a -l x -l"), [
    { group: "a", l: "true" },
    ["x", "-l"],
  ]);
  assert.deepEqual(parse("--group=a=b --l=false -cost 7"), [
    { group: "a=b", l: "false", cost: "7" },
    [],
  ]);
  assert.deepEqual(parse("-group -l -- -x"), [{ group: "-l" }, ["-x"]]);
  assert.deepEqual(parse("-group= - -l"), [{ group: "" }, ["-", "-l"]]);
  for (
    const wrong of [
      "-x",
      "-group",
      "-l=perhaps",
      "-cost x",
      "-cost=-1",
      "--constructor=1",
    ]
  ) {
    assert.throws(() => parse(wrong), UsageError, wrong);
  }
});

Deno.test("parseDuration() reads what Go writes", () => {
  assert.equal(parseDuration("24h"), 86_400_000);
  assert.equal(parseDuration("1h30m"), 5_400_000);
  assert.equal(parseDuration("1.5s500ms"), 2_000);
  assert.equal(parseDuration("7d"), 604_800_000);
  for (const wrong of ["", "24", "h", "1h x", "-1h", "1y"]) {
    assert.throws(() => parseDuration(wrong), UsageError, wrong);
  }
});

Deno.test("matchesAny() knows Go's patterns", () => {
  const yes = [
    ["abc", "a*"],
    ["abc", "a?c"],
    ["a/b", "a/*"],
    ["abc", "[a-c]bc"],
    ["xbc", "[^a-c]bc"],
    ["a*c", "a\\*c"],
    ["a.c", "a.c"],
    ["a(b", "a(b"],
  ] as const;
  const no = [
    ["abc", "a"],
    ["a/b", "*"],
    ["a/b", "a?b"],
    ["abc", "[^a]bc"],
    ["abc", "a\\*c"],
    ["abc", "a.d"],
    ["abc", ""],
  ] as const;
  for (const [name, pattern] of yes) {
    assert.equal(matchesAny(name, [pattern]), true, pattern);
  }
  for (const [name, pattern] of no) {
    assert.equal(matchesAny(name, [pattern]), false, pattern);
  }
  assert.equal(matchesAny("a", []), true);
  assert.equal(matchesAny("a", ["b", "a"]), true);
});

Deno.test("Permissions are names of sets or lists, and short to see (F.2, H.2)", () => {
  assert.equal(parsePermissions("present"), "present");
  assert.deepEqual(parsePermissions('["x", "y"]'), ["x", "y"]);
  const op = ["op", "present", "message", "caption", "token"];
  assert.deepEqual(expandPermissions("op"), op);
  assert.equal(formatPermissions(op), "[cmopt]");
  assert.equal(formatPermissions(expandPermissions("present")), "[mp]");
  assert.equal(formatPermissions("op"), "op");
  assert.equal(formatPermissions(undefined), "");
  for (const wrong of ["king", "", "[1]", "[", "{}"]) {
    assert.throws(() => expandPermissions(wrong), UsageError, wrong);
  }
});

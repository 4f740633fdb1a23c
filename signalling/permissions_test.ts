import assert from "node:assert/strict";
import { test } from "node:test";
import { may, withoutPermissions, withPermissions } from "./permissions.ts";

test("may() wants every permission that an act needs", () => {
  const op = { permissions: ["op"] };
  const both = { permissions: ["token", "op"] };

  assert.equal(may(op, "moderate"), true);
  assert.equal(may(op, "editTokens"), false);
  assert.equal(may(both, "editTokens"), true);
  assert.equal(may({ permissions: [] }, "publish"), false);
});

test("may() knows no permission that allows everything (J-2)", () => {
  const permissions = ["system", "admin", "OP", "op "];

  assert.equal(may({ permissions }, "bypass"), false);
});

test("withPermissions() and withoutPermissions() keep the others, in order", () => {
  const permissions = ["present", "message"];

  assert.deepEqual(withPermissions(permissions, ["op", "present"]), [
    "present",
    "message",
    "op",
  ]);
  assert.deepEqual(withoutPermissions(permissions, ["present", "op"]), [
    "message",
  ]);
});

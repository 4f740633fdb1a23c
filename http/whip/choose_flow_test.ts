import assert from "node:assert/strict";

import type { FlowId } from "../../protocol/ids.ts";
import { chooseFlow } from "./choose_flow.ts";

const FLOWS = [
  ["1", "screenshare", "ada"],
  ["2", "camera", "ada"],
  ["3", "camera", "bob"],
  ["4", "", "studio"],
].map(([id, label, username]) => ({
  id: id as FlowId,
  label: label!,
  username: username!,
}));

Deno.test("chooseFlow() prefers the oldest camera of those that are wanted", () => {
  const choose = (wish: Parameters<typeof chooseFlow>[1], flows = FLOWS) =>
    chooseFlow(flows, wish)?.id;
  assert.equal(choose({}), "2");
  assert.equal(choose({ label: "screenshare" }), "1");
  assert.equal(choose({ username: "bob" }), "3");
  assert.equal(choose({ label: "" }), "4");
  assert.equal(choose({ username: "studio" }), "4");
  assert.equal(choose({ username: "bob", label: "screenshare" }), undefined);
  assert.equal(choose({}, FLOWS.slice(0, 1)), "1");
  assert.equal(choose({}, []), undefined);
});

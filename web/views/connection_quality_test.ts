import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./connection_quality.ts";

test("a flow is as good as the worst of its tracks", () => {
  assert.equal(judge([]), "good");
  assert.equal(judge([{ loss: 0.001, roundTripMs: 30 }, {}]), "good");
  assert.equal(judge([{ loss: 0.001 }, { loss: 0.02 }]), "fair");
  assert.equal(judge([{ roundTripMs: 250 }]), "fair");
  assert.equal(judge([{ loss: 0.2 }, { roundTripMs: 250 }]), "poor");
});

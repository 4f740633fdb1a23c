import assert from "node:assert/strict";

import { createLog, formatLine } from "./log.ts";

const DATE = new Date(Date.UTC(2026, 6, 29, 10));

Deno.test("formatLine() gives date, level, text and the fields that are there", () => {
  const line = formatLine(DATE, "warn", "Client dropped", {
    address: "[::1]:4711",
    reason: "too slow",
    count: 3,
    user: undefined,
  });

  assert.equal(
    line,
    '2026-07-29T10:00:00.000Z warn Client dropped address=[::1]:4711 reason="too slow" count=3',
  );
});

Deno.test("formatLine() makes one line of what tries to be two", () => {
  const line = formatLine(DATE, "info", "a\nb", { name: "x\r\n\u001b[31my" });

  assert.equal(line, '2026-07-29T10:00:00.000Z info a b name="x [31my"');
});

Deno.test("createLog() drops what is below its threshold", () => {
  const lines: string[] = [];
  const log = createLog("warn", (line) => lines.push(line));

  log.debug("one");
  log.info("two");
  log.warn("three");
  log.error("four");

  assert.deepEqual(lines.map((line) => line.split(" ")[2]), ["three", "four"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt } from "../../lib/time.ts";
import { Reception } from "./reception.ts";
import { emptyBlock } from "./rtcp_writer.ts";

const BASE = 65536;

/** Packets 0 to 31 without 8 and 10, every 10 ms. */
function lossy(): Reception {
  const reception = new Reception(7, 48_000);
  for (let i = 0; i < 32; i++) {
    if (i === 8 || i === 10) continue;
    reception.receive(BASE + i, i * 480, instantAt(i * 10));
  }
  return reception;
}

test("Reception.report() counts loss in 256ths of what was expected", () => {
  const reception = lossy();
  assert.equal(reception.received, 30);
  assert.equal(reception.expected, 32);
  const block = emptyBlock();
  assert.ok(reception.report(instantAt(320), block));
  assert.equal(block.ssrc, 7);
  assert.equal(block.extendedHighest, 31);
  assert.equal(block.cumulativeLost, 2);
  assert.equal(block.fractionLost, 16);
  assert.equal(block.jitter, 0);
});

test("Reception.receive() makes good for late packets", () => {
  const reception = lossy();
  reception.receive(BASE + 8, 8 * 480, instantAt(330));
  reception.receive(BASE + 10, 10 * 480, instantAt(330));
  assert.equal(reception.received, 32);
  assert.equal(reception.expected, 32);
  assert.equal(reception.jitter, 0, "late packets tell nothing of jitter");
});

test("Reception.expectAgain() keeps repairs from hiding the loss", () => {
  const reception = lossy();
  reception.expectAgain(2);
  reception.receive(BASE + 8, 8 * 480, instantAt(330));
  reception.receive(BASE + 10, 10 * 480, instantAt(330));
  assert.equal(reception.received, 32);
  assert.equal(reception.expected, 34);
  const block = emptyBlock();
  reception.report(instantAt(340), block);
  assert.equal(block.cumulativeLost, 2);
});

test("Reception.report() starts a new interval each time", () => {
  const reception = lossy();
  const block = emptyBlock();
  reception.report(instantAt(320), block);
  reception.receive(BASE + 32, 32 * 480, instantAt(320));
  reception.report(instantAt(330), block);
  assert.equal(block.fractionLost, 0);
  assert.equal(block.cumulativeLost, 2);
  reception.report(instantAt(340), block);
  assert.equal(block.fractionLost, 0, "nothing expected, nothing lost");
});

test("Reception.report() says nothing before the first packet", () => {
  const block = emptyBlock();
  assert.equal(new Reception(7, 90_000).report(instantAt(0), block), false);
});

test("Reception.report() tells of duplicates by negative loss", () => {
  const reception = new Reception(7, 90_000);
  reception.receive(BASE, 0, instantAt(0));
  reception.receive(BASE, 0, instantAt(0));
  const block = emptyBlock();
  reception.report(instantAt(1), block);
  assert.equal(block.cumulativeLost, -1);
  assert.equal(block.fractionLost, 0);
});

test("Reception.report() counts cycles in the highest number", () => {
  const reception = new Reception(7, 90_000);
  reception.receive(BASE + 65_535, 0, instantAt(0));
  reception.receive(BASE + 65_536, 0, instantAt(0));
  const block = emptyBlock();
  reception.report(instantAt(1), block);
  assert.equal(block.extendedHighest, 65_536);
});

test("Reception.jitter follows Galène's vector", () => {
  const reception = new Reception(7, 48_000);
  const arrivals = [[0, 0], [1000, 1000], [2000, 2200], [3000, 3000]] as const;
  arrivals.forEach(([timestamp, arrival], i) => {
    reception.receive(BASE + i, timestamp, instantAt(arrival / 48));
  });
  assert.equal(reception.jitter, 23);
});

test("Reception.jitter takes timestamps that wrap as they come", () => {
  const reception = new Reception(7, 90_000);
  reception.receive(BASE, 0xffff_ff00, instantAt(0));
  reception.receive(BASE + 1, 0xffff_ff00 + 900 - 2 ** 32, instantAt(10));
  assert.equal(reception.jitter, 0);
});

test("Reception.jitter is not spoilt by timestamps that start anew", () => {
  const reception = new Reception(7, 90_000);
  reception.receive(BASE, 0, instantAt(0));
  reception.receive(BASE + 1, 1_000_000_000, instantAt(10));
  reception.receive(BASE + 2, 1_000_000_900, instantAt(20));
  assert.equal(reception.jitter, 0);
});

test("Reception.receive() begins anew when the source does", () => {
  const reception = lossy();
  const block = emptyBlock();
  reception.report(instantAt(320), block);
  reception.receive(BASE * 4 + 500, 9, instantAt(400));
  reception.receive(BASE * 4 + 501, 9, instantAt(400));
  reception.report(instantAt(410), block);
  assert.equal(block.cumulativeLost, 0);
  assert.equal(block.fractionLost, 0);
  assert.equal(block.extendedHighest, 501);
});

test("Reception.report() mentions the last sender report and its age", () => {
  const reception = lossy();
  const block = emptyBlock();
  reception.report(instantAt(320), block);
  assert.equal(block.lastSenderReport, 0);
  assert.equal(block.delaySinceLast, 0);
  reception.senderReport(0xb44d_b705, 0x2000_0000, instantAt(400));
  reception.report(instantAt(1400), block);
  assert.equal(block.lastSenderReport, 0xb705_2000);
  assert.equal(block.delaySinceLast, 65_536);
});

test("Reception.receive() expects what was overtaken by the first packet", () => {
  const reception = new Reception(7, 90_000);
  reception.receive(BASE + 3, 0, instantAt(0));
  reception.receive(BASE + 1, 0, instantAt(1));
  assert.equal(reception.received, 2);
  assert.equal(reception.expected, 3);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { instantAt, type Now, wallTimeAt } from "../../lib/time.ts";
import { ntpMiddle } from "./ntp.ts";
import type { SenderReport } from "./rtcp_writer.ts";
import { SenderStatistics } from "./sender_statistics.ts";

function at(ms: number, wallMs = 1_700_000_000_000 + ms): Now {
  return { instant: instantAt(ms), wall: wallTimeAt(wallMs) };
}

function send(statistics: SenderStatistics, now: Now): SenderReport {
  const report: SenderReport = {
    ssrc: 0,
    ntpHigh: 0,
    ntpLow: 0,
    rtpTimestamp: 0,
    packetCount: 0,
    octetCount: 0,
  };
  statistics.report(now, 9, 1234, report);
  return report;
}

function lastReport(report: SenderReport): number {
  return ntpMiddle(report.ntpHigh, report.ntpLow);
}

test("SenderStatistics.report() tells what was sent", () => {
  const statistics = new SenderStatistics();
  statistics.sent(100);
  statistics.sent(20);
  const report = send(statistics, at(0, 1_500));
  assert.deepEqual(report, {
    ssrc: 9,
    ntpHigh: 2_208_988_801,
    ntpLow: 0x8000_0000,
    rtpTimestamp: 1234,
    packetCount: 2,
    octetCount: 120,
  });
});

test("SenderStatistics.rttMs is measured by the reports that were sent", () => {
  const statistics = new SenderStatistics();
  const report = send(statistics, at(0));
  assert.equal(statistics.rttMs, undefined);
  const delay = 65_536; // One second.
  statistics.reportBlock(64, 5, lastReport(report), delay, at(1_040));
  assert.equal(statistics.rttMs, 40);
  assert.equal(statistics.fractionLost, 0.25);
  assert.equal(statistics.jitter, 5);
  assert.equal(statistics.reportedAt, 1_040);
  const next = send(statistics, at(2_000));
  statistics.reportBlock(0, 5, lastReport(next), 0, at(2_080));
  assert.equal(statistics.rttMs, 50, "three quarters of the old");
});

test("SenderStatistics.rttMs is not disturbed by a wall clock that jumps", () => {
  const statistics = new SenderStatistics();
  const report = send(statistics, at(0, 1_700_000_000_000));
  statistics.reportBlock(
    0,
    0,
    lastReport(report),
    0,
    at(30, 1_600_000_000_000),
  );
  assert.equal(statistics.rttMs, 30);
});

test("SenderStatistics ignores reports that were never sent, or long ago", () => {
  const statistics = new SenderStatistics();
  const report = send(statistics, at(0));
  statistics.reportBlock(0, 0, 0, 0, at(10));
  statistics.reportBlock(0, 0, lastReport(report) + 1, 0, at(10));
  statistics.reportBlock(0, 0, lastReport(report), 65_536, at(10));
  statistics.reportBlock(0, 0, lastReport(report), 0, at(8_001));
  assert.equal(statistics.rttMs, undefined);
});

test("SenderStatistics remembers the reports of eight seconds", () => {
  const statistics = new SenderStatistics();
  const first = send(statistics, at(0));
  for (let ms = 500; ms <= 7_500; ms += 500) send(statistics, at(ms));
  statistics.reportBlock(0, 0, lastReport(first), 65_536 * 7, at(7_600));
  assert.equal(statistics.rttMs, 600);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readRtcp, type RtcpVisitor } from "./rtcp_reader.ts";
import {
  countNackEntries,
  type ReportBlock,
  RtcpWriter,
  type SenderReport,
} from "./rtcp_writer.ts";

const uint32 = fc.nat(0xffffffff);

/** Notes all that is visited, in order. */
class Recorder implements RtcpVisitor {
  readonly seen: unknown[][] = [];
  senderReport(...all: number[]) {
    this.seen.push(["sr", ...all]);
  }
  reportBlock(...all: number[]) {
    this.seen.push(["block", ...all]);
  }
  nack(...all: number[]) {
    this.seen.push(["nack", ...all]);
  }
  pli(...all: number[]) {
    this.seen.push(["pli", ...all]);
  }
  fir(...all: number[]) {
    this.seen.push(["fir", ...all]);
  }
  remb(...all: number[]) {
    this.seen.push(["remb", ...all]);
  }
  rembSource(...all: number[]) {
    this.seen.push(["remb-source", ...all]);
  }
  cname(ssrc: number, bytes: Uint8Array, offset: number, size: number) {
    const name = Array.from(bytes.subarray(offset, offset + size));
    this.seen.push(["cname", ssrc, ...name]);
  }
  bye(...all: number[]) {
    this.seen.push(["bye", ...all]);
  }
}

function read(bytes: Uint8Array): unknown[][] {
  const recorder = new Recorder();
  assert.equal(readRtcp(bytes, recorder), true);
  return recorder.seen;
}

function written(write: (writer: RtcpWriter) => void): Uint8Array {
  const writer = new RtcpWriter(new Uint8Array(2_000).fill(0xee));
  write(writer);
  return writer.packet();
}

test("a sender report with CNAME comes back as written", () => {
  const report = fc.record<SenderReport>({
    ssrc: uint32,
    ntpHigh: uint32,
    ntpLow: uint32,
    rtpTimestamp: uint32,
    packetCount: uint32,
    octetCount: uint32,
  });
  const name = fc.uint8Array({ maxLength: 255 });
  fc.assert(fc.property(report, name, (sr, cname) => {
    const bytes = written((writer) => {
      writer.senderReport(sr);
      writer.cname(sr.ssrc, cname);
    });
    assert.equal(bytes.length % 4, 0);
    assert.deepEqual(read(bytes), [
      ["sr", ...Object.values(sr)],
      ["cname", sr.ssrc, ...cname],
    ]);
  }));
});

test("a receiver report comes back as written", () => {
  const block = fc.record<ReportBlock>({
    ssrc: uint32,
    fractionLost: fc.nat(255),
    cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
    extendedHighest: uint32,
    jitter: uint32,
    lastSenderReport: uint32,
    delaySinceLast: uint32,
  });
  const blocks = fc.array(block, { maxLength: 31 });
  fc.assert(fc.property(uint32, blocks, (ssrc, all) => {
    const bytes = written((writer) => writer.receiverReport(ssrc, all));
    const expected = all.map((one) => ["block", ssrc, ...Object.values(one)]);
    assert.deepEqual(read(bytes), expected);
  }));
});

test("RtcpWriter.receiverReport() clamps the loss to 24 bits", () => {
  const block: ReportBlock = {
    ssrc: 1,
    fractionLost: 0,
    cumulativeLost: 1e9,
    extendedHighest: 0,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLast: 0,
  };
  const most = read(written((writer) => writer.receiverReport(9, [block])));
  assert.equal(most[0]![4], 0x7fffff);
  block.cumulativeLost = -1e9;
  const least = read(written((writer) => writer.receiverReport(9, [block])));
  assert.equal(least[0]![4], -0x800000);
});

test("PLI, FIR and BYE come back as written", () => {
  fc.assert(fc.property(uint32, uint32, fc.nat(255), (a, b, number) => {
    const bytes = written((writer) => {
      writer.pli(a, b);
      writer.fir(a, b, number);
      writer.bye(b);
    });
    const expected = [["pli", a, b], ["fir", a, b, number], ["bye", b]];
    assert.deepEqual(read(bytes), expected);
  }));
});

test("REMB comes back to within its 18 bits", () => {
  const sources = fc.array(uint32, { maxLength: 255 });
  fc.assert(fc.property(fc.maxSafeNat(), sources, (bitrate, all) => {
    const bytes = written((writer) => writer.remb(7, bitrate, all));
    const seen = read(bytes);
    const [, sender, got] = seen.at(-1)!;
    assert.equal(sender, 7);
    assert.ok(typeof got === "number" && got <= bitrate);
    assert.ok(got >= bitrate * (1 - 2 ** -17));
    const sourcesSeen = seen.slice(0, -1).map((entry) => entry[2]);
    assert.deepEqual(sourcesSeen, all);
  }));
});

test("RtcpWriter.nack() packs Galène's vector as RFC 4585 has it", () => {
  const missing = Uint16Array.of(18, 19, 32, 38);
  const bytes = written((writer) => writer.nack(1, 2, missing, 4));
  assert.deepEqual(read(bytes), [
    ["nack", 1, 2, 18, 1 | 1 << 13],
    ["nack", 1, 2, 38, 0],
  ]);
});

test("NACKs come back as written, also across the wrap", () => {
  const start = fc.nat(0xffff);
  const steps = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 100 });
  fc.assert(fc.property(start, steps, (first, gaps) => {
    let number = first;
    const missing = gaps.map((gap) => number = (number + gap) & 0xffff);
    const list = Uint16Array.from(missing);
    const bytes = written((writer) => writer.nack(1, 2, list, list.length));
    const got: number[] = [];
    const nack = (_s: number, _m: number, pid: number, blp: number) => {
      got.push(pid);
      for (let bit = 0; bit < 16; bit++) {
        if ((blp & 1 << bit) !== 0) got.push((pid + bit + 1) & 0xffff);
      }
    };
    assert.equal(readRtcp(bytes, { nack }), list.length > 0);
    assert.deepEqual(got, missing);
    const entries = countNackEntries(list, list.length);
    assert.equal(bytes.length, list.length === 0 ? 0 : 12 + entries * 4);
  }));
});

test("RtcpWriter throws rather than write past its buffer", () => {
  const writer = new RtcpWriter(new Uint8Array(20));
  writer.pli(1, 2);
  assert.throws(() => writer.bye(1) ?? writer.bye(1), RangeError);
  assert.equal(writer.size, 20);
  writer.reset();
  assert.throws(() => writer.cname(1, new Uint8Array(256)), RangeError);
  assert.throws(() => writer.remb(1, 1, new Array(256).fill(0)), RangeError);
  assert.equal(writer.size, 0);
});

test("readRtcp() passes over what it does not know", () => {
  const unknown = [0x80, 207, 0, 1, 1, 2, 3, 4]; // Extended report.
  const feedback = [0x87, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9];
  const other = [0x8f, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
  const pli = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
  const all = Uint8Array.from([...unknown, ...feedback, ...other, ...pli]);
  assert.deepEqual(read(all), [["pli", 1, 2]]);
});

test("readRtcp() takes padding off the last packet", () => {
  const padded = [0xa1, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4];
  assert.deepEqual(read(Uint8Array.from(padded)), [["pli", 1, 2]]);
});

test("readRtcp() visits what is sound and stops where it is not", () => {
  const pli = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
  const bad: [string, number[]][] = [
    ["header cut off", [0x81, 206]],
    ["version 1", [0x41, 206, 0, 0]],
    ["length past the end", [0x81, 206, 0, 9, 0, 0, 0, 1]],
    ["PLI too short", [0x81, 206, 0, 1, 0, 0, 0, 1]],
    ["FIR entry cut off", [
      0x84,
      206,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      2,
      0,
      0,
      0,
      3,
    ]],
    ["more blocks than there are", [0x9f, 201, 0, 1, 0, 0, 0, 1]],
    ["sender report too short", [0x80, 200, 0, 1, 0, 0, 0, 1]],
    ["more sources than there are", [0x82, 203, 0, 1, 0, 0, 0, 1]],
    ["CNAME past the end", [0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, 0, 0]],
    ["chunk without end", [0x81, 202, 0, 2, 0, 0, 0, 1, 2, 2, 0, 0]],
    ["padding of none", [0xa0, 201, 0, 1, 0, 0, 0, 0]],
    ["padding of more than there is", [0xa0, 201, 0, 1, 0, 0, 0, 5]],
  ];
  for (const [why, bytes] of bad) {
    const recorder = new Recorder();
    const whole = Uint8Array.from([...pli, ...bytes, ...pli]);
    assert.equal(
      readRtcp(whole.subarray(0, 12 + bytes.length), recorder),
      false,
      why,
    );
    assert.deepEqual(recorder.seen, [["pli", 1, 2]], why);
  }
  assert.equal(readRtcp(new Uint8Array(0), {}), false, "empty");
});

test("readRtcp() refuses a REMB that claims more sources than it has", () => {
  const remb = written((writer) => writer.remb(1, 1000, [5]));
  remb[16] = 2;
  assert.equal(readRtcp(remb, {}), false);
});

test("readRtcp() never throws, loops or reads past the end", () => {
  const types = fc.constantFrom(200, 201, 202, 203, 204, 205, 206, 207);
  const one = fc.tuple(fc.nat(255), types, fc.nat(12), fc.uint8Array())
    .map(([first, type, words, rest]) => [
      0x80 | first & 0x3f,
      type,
      0,
      words,
      ...rest,
    ]);
  const likely = fc.array(one, { maxLength: 4 })
    .map((all) => Uint8Array.from(all.flat()));
  const bytes = fc.oneof(likely, fc.uint8Array({ maxLength: 200 }));
  fc.assert(
    fc.property(bytes, (all) => {
      const recorder = new Recorder();
      readRtcp(all, recorder);
      for (const entry of recorder.seen) {
        for (const value of entry.slice(1)) assert.ok(Number.isFinite(value));
      }
      assert.ok(recorder.seen.length <= all.length);
    }),
    { numRuns: 3_000 },
  );
});

test("readRtcp() takes damage to a good packet calmly", () => {
  const good = written((writer) => {
    writer.receiverReport(1, []);
    writer.cname(1, Uint8Array.of(65, 66, 67));
    writer.remb(1, 1e6, [2, 3]);
    writer.nack(1, 2, Uint16Array.of(1, 2, 50), 3);
  }).slice();
  fc.assert(
    fc.property(
      fc.nat(good.length - 1),
      fc.nat(255),
      fc.nat(),
      (at, to, cut) => {
        const damaged = good.slice(0, good.length - cut % good.length);
        if (at < damaged.length) damaged[at] = to;
        assert.equal(typeof readRtcp(damaged, new Recorder()), "boolean");
      },
    ),
    { numRuns: 2_000 },
  );
});

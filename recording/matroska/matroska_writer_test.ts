import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileSink, MatroskaWriter } from "./matroska_writer.ts";
import { readMatroska } from "./test_read_matroska.ts";
import type { FileTrack } from "./track_entry.ts";

const AUDIO: FileTrack = { kind: "audio", codec: "opus" };
const VIDEO: FileTrack = {
  kind: "video",
  codec: "vp8",
  size: { width: 640, height: 360 },
};

/** A file in memory. */
class MemorySink implements FileSink {
  bytes = new Uint8Array(0);

  append(more: Uint8Array): void {
    const all = new Uint8Array(this.bytes.length + more.length);
    all.set(this.bytes);
    all.set(more, this.bytes.length);
    this.bytes = all;
  }

  overwrite(position: number, bytes: Uint8Array): void {
    assert.ok(position + bytes.length <= this.bytes.length);
    this.bytes.set(bytes, position);
  }
}

test("C-5 MatroskaWriter writes tracks and blocks, and can be read at any moment", () => {
  const sink = new MemorySink();
  const writer = new MatroskaWriter(sink, [AUDIO, VIDEO]);
  writer.write(2, 0, true, new Uint8Array([1, 2, 3]));
  writer.write(1, 7, true, new Uint8Array(300).fill(9));
  writer.write(2, 33, false, new Uint8Array([4]));

  const unfinished = readMatroska(sink.bytes);
  assert.equal(unfinished.docType, "webm");
  assert.deepEqual(unfinished.codecs, ["A_OPUS", "V_VP8"]);
  assert.deepEqual(unfinished.sizes, [[640, 360]]);
  assert.equal(unfinished.durationMs, undefined);
  assert.deepEqual(
    unfinished.blocks.map(({ track, timeMs, isKeyframe, bytes }) => [
      track,
      timeMs,
      isKeyframe,
      bytes.length,
    ]),
    [[2, 0, true, 3], [1, 7, true, 300], [2, 33, false, 1]],
  );
  assert.equal(writer.sizeBytes, sink.bytes.length);
});

test("C-5 A file that is completed has a duration, and cues for its keyframes", () => {
  const sink = new MemorySink();
  const writer = new MatroskaWriter(sink, [AUDIO, VIDEO]);
  for (let timeMs = 0; timeMs <= 60_000; timeMs += 500) {
    writer.write(2, timeMs, timeMs % 20_000 === 0, new Uint8Array([1]));
  }
  writer.close();

  const { durationMs, cues, blocks } = readMatroska(sink.bytes);
  assert.equal(durationMs, 60_020);
  assert.equal(blocks.length, 121);
  assert.equal(blocks.at(-1)?.timeMs, 60_000);
  assert.deepEqual(cues, [0, 20_000, 40_000, 60_000].map((ms) => [ms, true]));
});

test("C-5 Sound alone can be sought in, too", () => {
  const sink = new MemorySink();
  const writer = new MatroskaWriter(sink, [AUDIO]);
  for (let timeMs = 0; timeMs < 12_000; timeMs += 20) {
    writer.write(1, timeMs, true, new Uint8Array([1]));
  }
  writer.close();
  const { cues } = readMatroska(sink.bytes);
  assert.deepEqual(cues, [0, 5_000, 10_000].map((ms) => [ms, true]));
});

test("C-3 H.264 is in Matroska, with the record that its decoder wants", () => {
  const sink = new MemorySink();
  const setup = new Uint8Array([1, 0x42]);
  new MatroskaWriter(sink, [{ ...VIDEO, codec: "h264", setup }]);
  const { docType, codecs } = readMatroska(sink.bytes);
  assert.equal(docType, "matroska");
  assert.deepEqual(codecs, ["V_MPEG4/ISO/AVC"]);
});

test("MatroskaWriter ends a file with an empty frame and a large one", () => {
  const sink = new MemorySink();
  const writer = new MatroskaWriter(sink, [VIDEO]);
  writer.write(1, 0, true, new Uint8Array(0));
  writer.write(1, 40, false, new Uint8Array(3_000_000));
  writer.close();
  const { blocks } = readMatroska(sink.bytes);
  assert.deepEqual(blocks.map(({ bytes }) => bytes.length), [0, 3_000_000]);
});

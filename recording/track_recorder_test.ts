import assert from "node:assert/strict";

import { RecordedFlow } from "./test_recorded_flow.ts";
import {
  type Frame,
  toRecordedCodec,
  TrackRecorder,
} from "./track_recorder.ts";

/** A flow of one track, and the frames that its recorder gives. */
function open(kind: "audio" | "video") {
  const flow = new RecordedFlow([kind]);
  const frames: Frame[] = [];
  const [encodings] = flow.publisher.encodings;
  const recorder = new TrackRecorder(
    encodings!,
    flow.now,
    (frame) => frames.push(frame),
  );
  const pass = (ms: number) => {
    flow.pass(ms);
    recorder.poll(flow.now);
  };
  /** The last byte of each is its number. */
  const numbers = () => frames.map(({ bytes }) => bytes.at(-1));
  return { flow, recorder, frames, numbers, pass };
}

Deno.test("C-6 A picture begins with a keyframe, which is asked for", () => {
  const { flow, numbers, pass, frames } = open("video");
  flow.picture(1);
  pass(20);
  flow.picture(2);
  pass(20);
  assert.deepEqual(numbers(), []);
  assert.equal(flow.keyframeRequests, 1);
  flow.picture(3, { isKeyframe: true });
  flow.picture(4);
  assert.deepEqual(numbers(), [3, 4]);
  assert.deepEqual(frames.map(({ isKeyframe }) => isKeyframe), [true, false]);
});

Deno.test("C-8 Packets that come in disorder, or are sent again, are put in order", () => {
  const { flow, numbers, pass } = open("video");
  flow.picture(1, { isKeyframe: true });
  pass(20);
  flow.picture(2);
  flow.picture(4);
  flow.picture(5);
  assert.deepEqual(numbers(), [1, 2]);
  pass(500);
  flow.picture(3);
  assert.deepEqual(numbers(), [1, 2, 3, 4, 5]);
});

Deno.test("C-8 A frame is written when all of its packets are there, and not before", () => {
  const { flow, frames, pass } = open("video");
  flow.picture(1, { isKeyframe: true });
  pass(20);
  const part = { timestamp: 9_000 };
  flow.picture(2, { ...part, isLast: false });
  flow.picture(4, { ...part, isFirst: false });
  assert.equal(frames.length, 1);
  flow.picture(3, { ...part, isFirst: false, isLast: false });
  assert.equal(frames.length, 2);
  assert.equal(frames[1]!.bytes.length, 3 * 27);
});

Deno.test("C-8 After a gap that stays, nothing is written that refers to what is missing", () => {
  const { flow, numbers, pass } = open("video");
  flow.picture(1, { isKeyframe: true });
  pass(20);
  flow.picture(3);
  pass(700);
  assert.equal(flow.keyframeRequests, 0, "it may still come");
  pass(200);
  pass(20);
  assert.equal(flow.keyframeRequests, 1);
  flow.picture(4);
  flow.picture(5, { isKeyframe: true });
  flow.picture(6);
  pass(20);
  assert.deepEqual(numbers(), [1, 5, 6]);
});

Deno.test("C-8 A keyframe that is there already ends the wait for what is missing before it", () => {
  const { flow, numbers, pass } = open("video");
  flow.picture(1, { isKeyframe: true });
  pass(20);
  for (let n = 3; n < 300; n++) flow.picture(n, { isKeyframe: n === 260 });
  pass(20);
  assert.deepEqual(numbers().slice(0, 2), [1, 260 & 0xff]);
  assert.equal(numbers().length, 41);
});

Deno.test("C-8 Sound goes on after what is missing", () => {
  const { flow, numbers, pass } = open("audio");
  flow.sound(1);
  pass(20);
  flow.sound(2);
  flow.sound(4);
  assert.deepEqual(numbers().at(-1), 2);
  pass(10);
  pass(900);
  assert.deepEqual(numbers().slice(-2), [2, 4]);
  for (let n = 6; n < 60; n++) flow.sound(n);
  assert.equal(numbers().at(-1), 59, "without waiting, if much has come");
});

Deno.test("C-9 A keyframe is asked for if there was none for four seconds", () => {
  const { flow, pass } = open("video");
  flow.picture(1, { isKeyframe: true });
  pass(20);
  for (let n = 2; n < 190; n++) {
    flow.picture(n);
    pass(20);
  }
  assert.equal(flow.keyframeRequests, 0);
  for (let n = 190; n < 215; n++) {
    flow.picture(n);
    pass(20);
  }
  assert.equal(flow.keyframeRequests, 1, "once in half a second");
});

Deno.test("A source that begins anew is recorded from its next keyframe on", () => {
  const { flow, numbers, pass } = open("video");
  flow.picture(1, { isKeyframe: true });
  pass(20);
  flow.picture(30_000);
  flow.picture(30_001);
  flow.picture(30_002, { isKeyframe: true });
  pass(20);
  assert.deepEqual(numbers(), [1, 30_002 & 0xff]);
});

Deno.test("What is closed takes nothing more", () => {
  const { flow, recorder, numbers, pass } = open("audio");
  flow.sound(1);
  pass(20);
  recorder.close();
  flow.sound(2);
  assert.deepEqual(numbers(), []);
});

Deno.test("C-3 toRecordedCodec() knows what a file can hold", () => {
  assert.equal(toRecordedCodec("h264-baseline"), "h264");
  assert.equal(toRecordedCodec("vp9-profile-2"), "vp9");
  assert.equal(toRecordedCodec("av1"), "av1");
  assert.equal(toRecordedCodec("g722"), undefined);
  assert.equal(toRecordedCodec("pcmu"), undefined);
});

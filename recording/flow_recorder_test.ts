import assert from "node:assert/strict";

import { openTestDirectory } from "../tests/support/test_directory.ts";
import { explain, FlowRecorder } from "./flow_recorder.ts";
import { readMatroska } from "./matroska/test_read_matroska.ts";
import { RecordedFlow, SSRC } from "./test_recorded_flow.ts";

/** A flow, its recorder, and a folder of its own for what is recorded. */
async function open(flow = new RecordedFlow(), folder = "") {
  const directory = await openTestDirectory();
  const warnings: string[] = [];
  let files = 0;
  const recorder = new FlowRecorder({
    publisher: flow.publisher,
    nextPath: () => `${directory.path}/${folder}file${++files}`,
    warn: (text) => warnings.push(text),
  });
  return {
    flow,
    recorder,
    warnings,
    pass(ms: number) {
      flow.pass(ms);
      recorder.poll(flow.now);
    },
    names: () => [...Deno.readDirSync(directory.path)].map(({ name }) => name),
    read: (name: string) =>
      readMatroska(Deno.readFileSync(`${directory.path}/${name}`)),
    mode: (name: string) =>
      Deno.statSync(`${directory.path}/${name}`).mode! & 0o777,
    [Symbol.asyncDispose]: async () => {
      recorder.close(flow.now);
      await directory[Symbol.asyncDispose]();
    },
  };
}

Deno.test("C-1 C-4 C-6 A file has one track of each kind, and begins with a keyframe", async () => {
  await using recording = await open();
  const { flow, pass } = recording;
  flow.sound(1);
  flow.picture(1);
  pass(20);
  flow.sound(2);
  pass(1_500);
  assert.deepEqual(recording.names(), [], "no keyframe, no file");

  flow.picture(2, { isKeyframe: true });
  pass(20);
  flow.sound(3, { timestamp: 960 * 77 });
  flow.picture(3);
  pass(20);
  recording.recorder.close(flow.now);

  assert.deepEqual(recording.names(), ["file1.webm"]);
  assert.equal(recording.mode("file1.webm"), 0o600);
  const { codecs, sizes, blocks } = recording.read("file1.webm");
  assert.deepEqual(codecs, ["A_OPUS", "V_VP8"]);
  assert.deepEqual(sizes, [[320, 240]]);
  assert.deepEqual(blocks.map(({ track }) => track).toSorted(), [1, 2, 2]);
  assert.equal(blocks[0]?.timeMs, 0);
});

Deno.test("C-6 Sound alone is written at once", async () => {
  await using recording = await open(new RecordedFlow(["audio"]));
  const { flow, pass } = recording;
  flow.sound(1);
  pass(20);
  for (let n = 2; n < 100; n++) {
    flow.sound(n);
    pass(20);
  }
  assert.deepEqual(recording.names(), ["file1.webm"]);
  const { blocks, durationMs } = recording.read("file1.webm");
  assert.equal(durationMs, undefined, "it is still being written");
  assert.ok(blocks.length > 40, "and can be read");
});

Deno.test("C-7 A picture of another size begins another file", async () => {
  await using recording = await open();
  const { flow, pass } = recording;
  flow.sound(1);
  flow.picture(1, { isKeyframe: true });
  pass(20);
  flow.picture(2, { isKeyframe: true });
  flow.picture(3, { isKeyframe: true, width: 640 });
  pass(20);
  recording.recorder.close(flow.now);
  assert.deepEqual(recording.names().toSorted(), ["file1.webm", "file2.webm"]);
  assert.equal(recording.read("file1.webm").blocks.length, 2);
  assert.deepEqual(recording.read("file2.webm").sizes, [[640, 240]]);
});

Deno.test("C-10 Sound and picture are together, as the publisher's reports say", async () => {
  await using recording = await open();
  const { flow, pass } = recording;
  flow.sound(1);
  flow.picture(1, { isKeyframe: true });
  pass(20);
  pass(1_000);
  // Both are at their second second now.
  flow.report("audio", 48_000 * 2);
  flow.report("video", 90_000 * 2);
  pass(20);
  flow.picture(2, { isKeyframe: true, timestamp: 90_000 * 1.9, width: 640 });
  flow.sound(2, { timestamp: 48_000 * 2 });
  pass(20);
  recording.recorder.close(flow.now);
  const { blocks } = recording.read("file2.webm");
  assert.deepEqual(
    blocks.map(({ track, timeMs }) => [track, timeMs]),
    [[2, 0], [1, 100]],
  );
});

Deno.test("C-2 Files of the same name get numbers", async () => {
  await using directory = await openTestDirectory();
  const names = new Set<string>();
  const flows = [1, 2, 3].map(() => {
    const flow = new RecordedFlow(["audio"]);
    const nextPath = () => `${directory.path}/same`;
    const { publisher } = flow;
    const recorder = new FlowRecorder({ publisher, nextPath, warn() {} });
    flow.sound(1);
    flow.pass(20);
    recorder.poll(flow.now);
    flow.sound(2);
    recorder.close(flow.now);
    return recorder;
  });
  for (const { name } of Deno.readDirSync(directory.path)) names.add(name);
  assert.equal(flows.length, 3);
  assert.deepEqual(
    [...names].toSorted(),
    ["same-01.webm", "same-02.webm", "same.webm"],
  );
});

Deno.test("C-3 What no file can hold is told once, and not recorded", async () => {
  const flow = new RecordedFlow(
    ["audio"],
    (sdp) => sdp.replaceAll("109", "9").replaceAll("opus/48000/2", "G722/8000"),
  );
  await using recording = await open(flow);
  flow.sound(1, { payloadType: 9 });
  recording.pass(20);
  recording.pass(20);
  assert.deepEqual(recording.warnings, [
    "Unknown codec, g722, not recording",
    "Write to disk: no usable tracks found",
  ]);
  assert.deepEqual(recording.names(), []);
});

Deno.test("C-4 Of several tracks of a kind, the first is recorded, and that is told", async () => {
  await using recording = await open(new RecordedFlow(["audio", "audio"]));
  const { flow, pass } = recording;
  flow.sound(1);
  flow.sound(1, { ssrc: SSRC.audio + 1 });
  pass(20);
  assert.deepEqual(recording.warnings, [
    "Multiple audio tracks, recording just one",
  ]);
  flow.sound(2);
  recording.recorder.close(flow.now);
  assert.equal(recording.names().length, 1);
});

Deno.test("C-11 A file that cannot be written is told, at most every ten seconds", async () => {
  await using recording = await open(new RecordedFlow(["audio"]), "nowhere/");
  const { flow, pass, warnings } = recording;
  for (let n = 1; n < 400; n++) {
    flow.sound(n);
    pass(20);
  }
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^Cannot write the recording: /);
  for (let n = 400; n < 1_000; n++) {
    flow.sound(n);
    pass(20);
  }
  assert.equal(warnings.length, 2);
});

Deno.test("C-11 explain() says what to do", () => {
  const full = Object.assign(new Error("os error 28"), { code: "ENOSPC" });
  assert.match(explain(full), /disk is full; delete/);
  assert.match(
    explain(new Deno.errors.PermissionDenied("x")),
    /may not write .* administrator/,
  );
});

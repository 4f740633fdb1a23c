import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeChannel } from "../fake_channel.ts";
import { ChunkCollector, LOW_WATER_BYTES, sendChunks } from "./chunks.ts";

const never = new AbortController().signal;

/** Lets what does not depend on the channel come to rest. */
async function rest(channel: FakeChannel): Promise<void> {
  let before = -1;
  while (before !== channel.sizes.length) {
    before = channel.sizes.length;
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

test("sendChunks() keeps little more than the low-water mark in the channel", async () => {
  const channel = new FakeChannel("file");
  channel.readyState = "open";
  channel.stuck = true;
  const file = new Blob([new Uint8Array(500_000)]);
  let sent = 0;
  const sending = sendChunks(
    channel.asChannel(),
    file,
    (bytes) => sent += bytes,
    never,
  );
  await rest(channel);
  assert.equal(channel.bufferedAmount, LOW_WATER_BYTES + 16_384);
  while (sent < file.size) {
    channel.flow();
    await rest(channel);
  }
  await sending;
  assert.equal(sent, 500_000);
});

test("sendChunks() ends when nobody wants the rest", async () => {
  const channel = new FakeChannel("file");
  channel.readyState = "open";
  channel.stuck = true;
  const ended = new AbortController();
  const sending = sendChunks(
    channel.asChannel(),
    new Blob([new Uint8Array(500_000)]),
    () => {},
    ended.signal,
  );
  await rest(channel);
  const { length } = channel.sizes;
  ended.abort();
  await sending;
  assert.equal(channel.sizes.length, length);
});

test("ChunkCollector yields all bytes in order, and forgets them", async () => {
  const collector = new ChunkCollector();
  for (let at = 0; at < 300; at++) {
    collector.add(new Uint8Array(16_384).fill(at).buffer);
  }
  const file = collector.take("text/plain");
  assert.equal(file.size, 300 * 16_384);
  const bytes = await file.bytes();
  for (let at = 0; at < 300; at++) assert.equal(bytes[at * 16_384], at % 256);
  assert.equal(collector.take("text/plain").size, 0);
});

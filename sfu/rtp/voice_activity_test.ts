import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantAt } from "../../lib/time.ts";
import { levelOf, VoiceActivity } from "./voice_activity.ts";

const PACKET_MS = 20;
const SPEECH = 30;
const NOISE = 70;

/** A microphone in virtual time; `undefined` is a packet that does not come. */
function microphone() {
  const voice = new VoiceActivity();
  const changes: [number, boolean][] = [];
  let nowMs = 0;
  const play = (level: number | undefined, durationMs: number) => {
    for (const end = nowMs + durationMs; nowMs < end; nowMs += 10) {
      const now = instantAt(nowMs);
      if (level !== undefined && nowMs % PACKET_MS === 0) {
        voice.receive(level, now);
      }
      if (voice.poll(now)) changes.push([nowMs, voice.speaking]);
    }
  };
  return { play, changes };
}

test("VoiceActivity tells who begins within a fifth of a second, and who ends within a second", () => {
  const { play, changes } = microphone();
  play(NOISE, 1_000);
  play(SPEECH, 2_000);
  play(NOISE, 2_000);
  assert.deepEqual(changes.map(([, speaking]) => speaking), [true, false]);
  const [begun = 0, ended = 0] = changes.map(([atMs]) => atMs);
  assert.ok(begun > 1_000 && begun <= 1_200, `begun at ${begun} ms`);
  assert.ok(ended > 3_600 && ended <= 4_000, `ended at ${ended} ms`);
});

test("VoiceActivity overlooks a cough, and breath between words", () => {
  const cough = microphone();
  cough.play(NOISE, 1_000);
  cough.play(10, 80);
  cough.play(NOISE, 1_000);
  // The smoothed level falls slowly, but not so slowly.
  assert.ok(cough.changes.length <= 2);

  const click = microphone();
  click.play(NOISE, 1_000);
  click.play(10, 20);
  click.play(NOISE, 1_000);
  assert.deepEqual(click.changes, []);

  const words = microphone();
  for (let word = 0; word < 10; word++) {
    words.play(SPEECH, 400);
    words.play(NOISE, 300);
  }
  assert.equal(words.changes.length, 1);
});

test("VoiceActivity takes absent packets for silence", () => {
  const { play, changes } = microphone();
  play(SPEECH, 1_000);
  play(undefined, 2_000);
  assert.deepEqual(changes.map(([, speaking]) => speaking), [true, false]);
});

test("VoiceActivity changes at most every tenth of a second, whatever comes", () => {
  const level = fc.option(fc.nat({ max: 255 }), { nil: undefined });
  const pieces = fc.array(
    fc.tuple(level, fc.integer({ min: 1, max: 100 })),
    { maxLength: 100 },
  );
  fc.assert(fc.property(pieces, (list) => {
    const { play, changes } = microphone();
    for (const [byte, tens] of list) {
      play(byte === undefined ? undefined : levelOf(byte), tens * 10);
    }
    for (const [index, [atMs, speaking]] of changes.entries()) {
      assert.equal(speaking, index % 2 === 0);
      const before = changes[index - 1]?.[0] ?? -Infinity;
      assert.ok(atMs - before >= (speaking ? 100 : 600));
    }
  }));
});

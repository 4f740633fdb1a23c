import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeDevices } from "./fake_devices.ts";
import { EffectError } from "./effects/picture_effect.ts";
import { FakeDeviceTrack } from "./fake_devices.ts";
import { LocalMedia } from "./local_media.ts";
import { parsePreferences } from "./preferences.ts";

function mediaWith(preferences: Record<string, unknown> = {}) {
  const devices = new FakeDevices();
  const parsed = parsePreferences(preferences);
  return { devices, media: new LocalMedia(devices, () => parsed) };
}

test("both devices are asked for in one question", async () => {
  const { devices, media } = mediaWith();
  await media.openBoth();

  assert.deepEqual(devices.asked, ["audio+video"]);
  assert.equal(media.microphone.value?.kind, "audio");
  assert.equal(media.camera.value?.kind, "video");
});

test("without a camera there is still the microphone, and the reason", async () => {
  const { devices, media } = mediaWith();
  devices.failures.push("NotFoundError", "", "NotFoundError");
  await media.openBoth();

  assert.deepEqual(devices.asked, ["audio+video", "audio", "video"]);
  assert.equal(media.microphone.value?.kind, "audio");
  assert.equal(media.camera.value, null);
  assert.equal(media.problem("camera").value, "missing");
  assert.equal(media.problem("microphone").value, null);
});

test("a chosen device that is gone gives way to the default", async () => {
  const { devices, media } = mediaWith({ cameraId: "unplugged" });
  devices.failures.push("OverconstrainedError");
  const outcome = await media.open("camera");

  assert.equal(outcome.kind, "open");
  assert.deepEqual(devices.asked, ["video", "video"]);
});

test("a device that is open is not opened again", async () => {
  const { devices, media } = mediaWith();
  await Promise.all([media.open("camera"), media.open("camera")]);

  assert.equal(devices.opened.length, 1);
});

test("reopening leaves the old track running, for viewers to see no gap", async () => {
  const { devices, media } = mediaWith();
  await media.open("camera");
  await media.reopen("camera");
  const [old, current] = devices.opened;

  assert.equal(old?.stopped, false);
  assert.equal<unknown>(media.camera.value, current);
});

test("a camera that cannot be opened twice is closed first", async () => {
  const { devices, media } = mediaWith();
  await media.open("camera");
  devices.failures.push("NotReadableError");
  const outcome = await media.reopen("camera");

  assert.equal(outcome.kind, "open");
  assert.equal(devices.opened[0]?.stopped, true);
});

test("an unplugged device is noticed, an old track's end is not", async () => {
  const { devices, media } = mediaWith();
  await media.open("camera");
  await media.reopen("camera");
  devices.opened[0]?.unplug();
  assert.notEqual(media.camera.value, null);

  devices.opened[1]?.unplug();
  assert.equal(media.camera.value, null);
});

test("a closed device is stopped, so that its light goes out", async () => {
  const { devices, media } = mediaWith();
  await media.open("microphone");
  await media.closeDevice("microphone");

  assert.equal(devices.opened[0]?.stopped, true);
  assert.equal(media.microphone.value, null);
});

test("a page without HTTPS has no devices, and says so", async () => {
  const media = new LocalMedia(undefined, () => parsePreferences({}));

  assert.deepEqual(await media.open("camera"), {
    kind: "failed",
    problem: "insecure",
  });
});

/** Effects whose tracks are others than the devices'. */
function mediaWithEffects() {
  const devices = new FakeDevices();
  const made: {
    track: FakeDeviceTrack;
    closed: boolean;
    lose: () => void;
  }[] = [];
  const effects = { wanted: true, broken: false };
  const media = new LocalMedia(devices, () => parsePreferences({}), {
    apply: (_kind, source, lose) => {
      if (effects.broken) return Promise.reject(new EffectError("no model"));
      const { wanted } = effects;
      const track = new FakeDeviceTrack("video");
      const affected = { track, closed: false, lose };
      made.push(affected);
      return Promise.resolve({
        track: wanted ? track as unknown as MediaStreamTrack : source,
        update: () => Promise.resolve(wanted === effects.wanted),
        close: () => {
          affected.closed = true;
        },
      });
    },
  });
  return { devices, media, made, effects };
}

test("an effect comes and goes while the device goes on, muted or not", async () => {
  const { devices, media, made, effects } = mediaWithEffects();
  await media.open("microphone");
  assert.equal<unknown>(media.microphone.value, made[0]?.track);
  assert.ok(media.microphone.value);
  media.microphone.value.enabled = false;

  effects.wanted = false;
  await media.renewEffects("microphone");
  assert.equal<unknown>(media.microphone.value, devices.opened[0]);
  assert.equal(media.microphone.value.enabled, false);
  assert.equal(made[0]?.closed, true);

  effects.wanted = true;
  await media.renewEffects("microphone");
  assert.equal<unknown>(media.microphone.value, made[2]?.track);
  assert.equal(media.microphone.value.enabled, false);
  assert.equal(devices.opened.length, 1);
  assert.equal(devices.opened[0]?.stopped, false);
});

test("with an effect, too, the device is stopped and its loss is noticed", async () => {
  const { devices, media, made } = mediaWithEffects();
  await media.open("camera");
  await media.closeDevice("camera");
  assert.equal(devices.opened[0]?.stopped, true);
  assert.equal(made[0]?.closed, true);

  await media.open("camera");
  devices.opened[1]?.unplug();
  assert.equal(media.camera.value, null);
});

test("a camera whose effect fails shows nothing by accident, and says why", async () => {
  const { devices, media, made, effects } = mediaWithEffects();
  effects.broken = true;
  assert.deepEqual(await media.open("camera"), {
    kind: "failed",
    problem: "effect",
  });
  assert.equal(devices.opened[0]?.stopped, true);

  effects.broken = false;
  await media.open("camera");
  effects.wanted = false;
  effects.broken = true;
  const outcome = await media.renewEffects("camera");
  assert.equal(outcome?.kind, "failed");
  assert.equal<unknown>(media.camera.value, made[0]?.track);
  assert.equal(made[0]?.closed, false);
});

test("an effect that fails in mid-call gives way to the device itself, muted or not", async () => {
  const { devices, media, made, effects } = mediaWithEffects();
  const lost: string[] = [];
  media.oneffectlost = (kind) => {
    lost.push(kind);
    effects.wanted = false;
  };
  await media.open("microphone");
  assert.ok(media.microphone.value);
  media.microphone.value.enabled = false;
  made[0]?.lose();
  await media.open("microphone");

  assert.deepEqual(lost, ["microphone"]);
  assert.equal<unknown>(media.microphone.value, devices.opened[0]);
  assert.equal(media.microphone.value.enabled, false);
  assert.equal(made[0]?.closed, true);
  assert.equal(devices.opened[0]?.stopped, false);

  // What is shown no longer may fail as it likes.
  made[0]?.lose();
  await media.open("microphone");
  assert.equal(lost.length, 1);
});

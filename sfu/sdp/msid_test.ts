import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDocument, type Section } from "./document.ts";
import { parseMsid, toSubscriberMsid } from "./msid.ts";

function section(...attributes: string[]): Section {
  const lines = ["v=0", "m=video 9 UDP/TLS/RTP/SAVPF 96", ...attributes];
  const [only] = parseDocument(lines.join("\n"), "offer").sections;
  assert(only);
  return only;
}

test("parseMsid() prefers the section's own to that of an SSRC", () => {
  const both = section("a=ssrc:1 msid:old track", "a=msid:new track");
  assert.equal(parseMsid(both)?.streamId, "new");
  const old = section("a=ssrc:1 cname:x", "a=ssrc:1 msid:old track");
  assert.deepEqual(parseMsid(old), { streamId: "old", trackId: "track" });
});

test("parseMsid() does without a track id", () => {
  const alone = section("a=msid:s");
  assert.deepEqual(parseMsid(alone), { streamId: "s", trackId: "" });
});

test("parseMsid() takes what is no pair of tokens for none", () => {
  for (const bad of ["", "a b c", "a@b c", "é x", "x".repeat(65)]) {
    assert.equal(parseMsid(section(`a=msid:${bad}`)), undefined, bad);
  }
  assert.equal(parseMsid(section()), undefined);
});

test("toSubscriberMsid() copies what the publisher says", () => {
  const msid = { streamId: "s", trackId: "t" };
  assert.deepEqual(toSubscriberMsid(msid, "audio", "camera"), msid);
});

test("toSubscriberMsid() puts the label for a missing stream, else dummy", () => {
  const streamOf = (streamId: string, label: string) =>
    toSubscriberMsid({ streamId, trackId: "t" }, "audio", label).streamId;
  assert.equal(streamOf("-", "camera"), "camera");
  assert.equal(streamOf("", "camera"), "camera");
  assert.equal(streamOf("-", ""), "dummy");
  assert.equal(streamOf("-", "-"), "dummy");
  assert.equal(streamOf("-", "two words\r\n"), "dummy");
});

test("toSubscriberMsid() puts the kind for a missing track", () => {
  assert.deepEqual(toSubscriberMsid(undefined, "video", "camera"), {
    streamId: "camera",
    trackId: "video",
  });
  const noTrack = { streamId: "s", trackId: "" };
  assert.equal(toSubscriberMsid(noTrack, "audio", "x").trackId, "audio");
});

import assert from "node:assert/strict";
import { parseBaseImages } from "./stand_in_images.ts";

Deno.test("parseBaseImages() finds those of our Dockerfile, by exact versions", async () => {
  const path = new URL("../../Dockerfile", import.meta.url);
  const { node, debian } = parseBaseImages(await Deno.readTextFile(path));
  assert.match(node.image, /^node:\d+\.\d+\.\d+-/);
  assert.match(debian.image, /^debian:\d+\.\d+-/);
});

Deno.test("parseBaseImages() refuses tags that move", () => {
  const moving = "FROM node:24-slim AS build\nFROM debian:13.8-slim\n";
  assert.throws(() => parseBaseImages(moving), /node:VERSION-SUITE-slim/);
});

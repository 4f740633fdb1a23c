import assert from "node:assert/strict";
import { filmOf, SITTERS } from "./test_camera.ts";

Deno.test("filmOf() makes a YUV4MPEG2 file of whole frames", () => {
  const film = filmOf(SITTERS.mei);
  const headSize = film.indexOf(0x0a) + 1;
  const frameSize = "FRAME\n".length + 640 * 360 * 3 / 2;
  const decoder = new TextDecoder();

  assert.match(
    decoder.decode(film.subarray(0, headSize)),
    /^YUV4MPEG2 W640 H360 F15:1 .*C420jpeg\n$/,
  );
  assert.equal((film.length - headSize) % frameSize, 0);
  for (let at = headSize; at < film.length; at += frameSize) {
    assert.equal(decoder.decode(film.subarray(at, at + 6)), "FRAME\n");
  }
});

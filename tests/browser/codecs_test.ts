import assert from "node:assert/strict";
import { showsSize, shrink } from "../support/picture_sizes.ts";
import { OPEN_GROUP, testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

for (
  const { codecs, expected } of [
    { codecs: ["vp9", "vp8", "opus"], expected: "video/VP9" },
    { codecs: ["unheard-of", "av1", "pcmu"], expected: "video/AV1" },
    { codecs: ["h264", "opus"], expected: "video/H264" },
  ]
) {
  testCall(
    `B-2 A group with the codecs ${
      codecs.join(", ")
    } is seen in the first of them, in two sizes`,
    async (call) => {
      const alice = await call.enter("alice", { simulcast: "on" });
      const bob = await call.enter("bob");
      await bob.sees("alice");
      const { pictures } = await waitFor(
        "bob to decode some pictures, and sound",
        () => bob.report(),
        ({ pictures, audio }) =>
          (pictures[0]?.framesDecoded ?? 0) > 10 && audio.samples > 8_000,
      );
      assert.deepEqual(pictures.map(({ codec }) => codec), [expected]);
      await showsSize(bob, "large");
      await shrink(bob);
      await showsSize(bob, "small");
      await alice.leave();
      await bob.misses("alice");
    },
    { groups: { maths: { ...OPEN_GROUP, codecs } } },
  );
}

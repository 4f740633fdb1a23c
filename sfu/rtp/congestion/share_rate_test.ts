import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Claim, shareRate } from "./share_rate.ts";

const SOUND = claim("sound", [40_000]);

function claim(
  kind: Claim["kind"],
  layersBps: number[],
  rest: Partial<Claim> = {},
): Claim {
  const grantedBps = layersBps.at(-1)!;
  return { kind, weight: 1, layersBps, elastic: false, grantedBps, ...rest };
}

function share(availableBps: number, ...claims: Claim[]): number[] {
  const path = {
    nowBps: availableBps,
    sustainedBps: availableBps,
    overflows: true,
  };
  return shareRate(path, claims).map(Math.round);
}

test("shareRate() gives sound what it takes, even if there is not as much", () => {
  const camera = claim("camera", [200_000, 1e6], { elastic: true });
  assert.deepEqual(share(540_000, SOUND, camera), [40_000, 500_000]);
  assert.deepEqual(share(20_000, SOUND, camera), [40_000, 0]);
});

test("shareRate() lets sound repeat itself where the path is not narrow", () => {
  const sound = claim("sound", [40_000, 80_000, 120_000]);
  const camera = claim("camera", [200_000, 1e6], { elastic: true });
  assert.deepEqual(share(1e6, sound, sound, camera), [
    120_000,
    120_000,
    760_000,
  ]);
  assert.deepEqual(share(4e5, sound, sound, camera), [80_000, 80_000, 240_000]);
  assert.deepEqual(share(3e5, sound, sound, camera), [40_000, 40_000, 220_000]);
});

test("shareRate() shows every picture before any gets more, and screens get it first", () => {
  const screen = claim("screen", [200_000, 800_000]);
  const camera = claim("camera", [100_000, 400_000, 1_200_000]);
  assert.deepEqual(
    share(300_000, camera, screen),
    [100_000, 200_000],
    "layers go down before anything freezes",
  );
  assert.deepEqual(share(900_000, camera, screen), [100_000, 800_000]);
  assert.deepEqual(share(1_200_000, camera, screen), [400_000, 800_000]);
  assert.deepEqual(share(2_000_000, camera, screen), [1_200_000, 800_000]);
});

test("shareRate() leaves out pictures that do not fit, the smallest tiles first", () => {
  const [small, large] = [1, 4].map((weight) =>
    claim("camera", [200_000, 800_000], { weight })
  );
  assert.deepEqual(share(390_000, small!, large!), [0, 200_000]);
  assert.deepEqual(share(170_000, small!, large!), [0, 200_000]);
  assert.deepEqual(share(150_000, small!, large!), [0, 0]);
});

test("shareRate() leaves nothing out while a queue is emptied, or without overflow", () => {
  const camera = claim("camera", [2e5, 8e5]);
  const rates = (nowBps: number, sustainedBps: number, overflows: boolean) =>
    shareRate({ nowBps, sustainedBps, overflows }, [camera, camera]);
  assert.deepEqual(rates(2e5, 4e5, true), [2e5, 2e5]);
  assert.deepEqual(rates(2e5, 3e5, true), [2e5, 0]);
  assert.deepEqual(rates(1e5, 1e5, false), [2e5, 2e5]);
  const out = { ...camera, grantedBps: 0 };
  const path = { nowBps: 1e5, sustainedBps: 1e5, overflows: false };
  assert.deepEqual(shareRate(path, [out, camera, out]), [0, 2e5, 0]);
  assert.deepEqual(
    shareRate({ ...path, mayTry: true }, [out, camera, out]),
    [2e5, 2e5, 0],
    "one of them is tried",
  );
});

test("shareRate() lets a layer or a picture come back only with some room", () => {
  const low = { grantedBps: 200_000 };
  assert.deepEqual(share(850_000, claim("camera", [2e5, 8e5], low)), [200_000]);
  assert.deepEqual(share(930_000, claim("camera", [2e5, 8e5], low)), [800_000]);
  assert.deepEqual(share(850_000, claim("camera", [2e5, 8e5])), [800_000]);
  const out = claim("camera", [2e5], { grantedBps: 0 });
  const first = claim("camera", [2e5]);
  assert.deepEqual(share(4.4e5, first, out), [200_000, 0]);
  assert.deepEqual(share(4.6e5, first, out), [200_000, 200_000]);
});

test("shareRate() shares among cameras by weight what they have a use for", () => {
  const [small, large, still] = [[1, 5e6], [3, 5e6], [1, 3e5]].map(
    ([weight, most]) =>
      claim("camera", [2e5, most!], { weight: weight!, elastic: true }),
  );
  assert.deepEqual(share(4e6, small!, large!), [1e6, 3e6]);
  assert.deepEqual(share(4.3e6, small!, large!, still!), [1e6, 3e6, 3e5]);
  assert.deepEqual(
    share(1e6, still!, still!),
    [5e5, 5e5],
    "what nobody has a use for yet, anybody may",
  );
});

const CLAIMS = fc.array(
  fc.record({
    kind: fc.constantFrom("sound", "screen", "camera"),
    weight: fc.integer({ min: 1, max: 9 }),
    layersBps: fc.array(fc.integer({ min: 1e4, max: 3e6 }), {
      minLength: 1,
      maxLength: 4,
    }).map((rates) => rates.sort((a, b) => a - b)),
    elastic: fc.boolean(),
    grantedBps: fc.integer({ min: 0, max: 3e6 }),
  }) satisfies fc.Arbitrary<Claim>,
  { maxLength: 12 },
);

test("shareRate() never grants more than there is, but to sound and one picture", () => {
  fc.assert(
    fc.property(CLAIMS, fc.integer({ min: 0, max: 2e7 }), (claims, bps) => {
      const path = { nowBps: bps, sustainedBps: bps, overflows: true };
      const grants = shareRate(path, claims);
      const pictures = [...claims.keys()]
        .filter((index) => claims[index]!.kind !== "sound")
        .filter((index) => grants[index]! > 0);
      const sum = grants.reduce((all, grant) => all + grant, 0);
      if (pictures.length > 1) assert.ok(sum <= bps + 1);
      for (const [index, { kind, layersBps, elastic }] of claims.entries()) {
        const grant = grants[index]!;
        assert.ok(grant === 0 || grant >= layersBps[0]!);
        assert.ok(elastic || grant === 0 || layersBps.includes(grant));
        assert.ok(kind !== "sound" || grant > 0);
      }
    }),
    { numRuns: 2_000 },
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeEnvironment } from "../client/fake_environment.ts";
import type { ServerConnection } from "../client/server_connection.ts";
import { TileSizes } from "./tile_sizes.ts";

/** Tiles of the flows `a` and `b`, and of one of our own. */
function tiles() {
  const environment = new FakeEnvironment();
  const told: unknown[] = [];
  const streams = ["a", "b", "own"].map((localId) => ({
    id: `${localId}1`,
    up: localId === "own",
    closed: false,
  }));
  const connection = {
    findByLocalId: (localId: string) =>
      streams.find(({ id }) => id.startsWith(localId)),
    tellTile: (id: string, pixels: number) => void told.push([id, pixels]),
  };
  const sizes = new TileSizes(
    environment,
    () => connection as unknown as ServerConnection,
  );
  return { environment, sizes, streams, take: () => told.splice(0) };
}

test("TileSizes tells what came of a change, and only of what has changed", async () => {
  const { environment, sizes, take } = tiles();
  sizes.set("a", 100);
  sizes.set("b", 400.4);
  sizes.set("own", 900);
  await environment.pass(100);
  sizes.set("a", 120);
  await environment.pass(1_000);
  assert.deepEqual(take(), [["a1", 120], ["b1", 400]]);

  sizes.set("a", 120);
  sizes.set("b", 0);
  await environment.pass(1_000);
  assert.deepEqual(take(), [["b1", 0]]);
});

test("TileSizes tells it again of what replaces a flow, and over a new connection", async () => {
  const { environment, sizes, streams, take } = tiles();
  sizes.set("a", 100);
  sizes.set("b", 200);
  await environment.pass(1_000);
  take();

  streams[0]!.id = "a2";
  sizes.set("a", 100);
  await environment.pass(1_000);
  assert.deepEqual(take(), [["a2", 100]]);

  sizes.delete("b");
  sizes.handleJoined();
  await environment.pass(1_000);
  assert.deepEqual(take(), [["a2", 100]]);

  sizes.set("a", 300);
  sizes.stop();
  await environment.pass(1_000);
  assert.deepEqual(take(), []);
  assert.equal(environment.timers, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerConnection } from "../client/server_connection.ts";
import { FakeEnvironment } from "../client/fake_environment.ts";
import type { FlowId } from "../../protocol/ids.ts";
import { ServerFigures } from "./server_figures.ts";

/** Figures of a server that tells, or does not. */
function figuresOf(tells: boolean) {
  const environment = new FakeEnvironment();
  const figures = new ServerFigures(environment);
  let asked = 0;
  const connection = {
    onstatistics: null as ServerConnection["onstatistics"],
    askStatistics: () => {
      asked += 1;
      return tells;
    },
  } as unknown as ServerConnection;
  const answer = (flow: string) =>
    connection.onstatistics?.call(connection, {
      down: [{ id: flow as FlowId, tracks: [] }],
    });
  return { environment, figures, connection, answer, asked: () => asked };
}

test("ServerFigures asks once for all who look, and rarely while nobody does", async () => {
  const { environment, figures, connection, answer, asked } = figuresOf(true);
  figures.attach(connection);
  assert.equal(asked(), 1);
  await environment.pass(9_000);
  assert.equal(asked(), 1);

  const ends = [figures.watch(), figures.watch()];
  assert.equal(asked(), 2);
  await environment.pass(3_000);
  assert.equal(asked(), 5);
  answer("cam");
  assert.equal(figures.of("cam")?.id, "cam");
  assert.equal(figures.of("other"), undefined);

  for (const end of [...ends, ...ends]) end();
  await environment.pass(1_000);
  await environment.pass(8_000);
  assert.equal(asked(), 6);
  figures.detach();
  assert.equal(figures.of("cam"), undefined);
  assert.equal(environment.timers, 0);
});

test("ServerFigures leaves servers alone that do not tell", async () => {
  const { environment, figures, connection, asked } = figuresOf(false);
  figures.attach(connection);
  await environment.pass(60_000);

  assert.equal(asked(), 1);
  assert.equal(environment.timers, 0);
});

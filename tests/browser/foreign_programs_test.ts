import assert from "node:assert/strict";
import { openClient } from "../http/join.ts";
import { openChromium } from "../support/chromium.ts";
import {
  readDone,
  serveForeignPage,
  startForeignClient,
} from "../support/foreign_page.ts";
import { TestServer } from "../support/server.ts";
import { waitFor } from "../support/wait_for.ts";

const TOKENS = ["studio", "viewer", "player"].map((username) => ({
  token: `token-of-${username}`,
  group: "maths",
  username,
  permissions: username === "studio" ? ["present"] : [],
  expires: "2099-01-01T00:00:00Z",
}));

async function start(): Promise<TestServer> {
  const users = { "olga": { "password": "pw", "permissions": "op" } };
  const server = await TestServer.start({ groups: { maths: { users } } });
  await Deno.mkdir(`${server.folder}/data/var`, { recursive: true });
  await Deno.writeTextFile(
    `${server.folder}/data/var/tokens.jsonl`,
    TOKENS.map((token) => `${JSON.stringify(token)}\n`).join(""),
  );
  return server;
}

/** An operator, who sees everybody and wants all flows. To be closed. */
async function openOperator(server: TestServer) {
  const olga = await openClient(server.http, {
    group: "maths",
    username: "olga",
    password: "pw",
  });
  olga.say({ type: "request", request: { "": ["audio", "video"] } });
  /** The names of those who are there now. */
  const members = () => {
    const names = new Map<unknown, string>();
    for (const message of olga.messages) {
      if (message["type"] !== "user") continue;
      if (message["kind"] === "delete") names.delete(message["id"]);
      else names.set(message["id"], String(message["username"]));
    }
    return [...names.values()].sort();
  };
  return { ...olga, members };
}

Deno.test("Clients that nobody here wrote publish by WHIP and play by WHEP, from other origins (D-30, D-34, D-38)", async () => {
  await using server = await start();
  await using olga = await openOperator(server);
  await using site = await serveForeignPage();
  const config = JSON.stringify({ allowOrigin: [site.url] });
  await Deno.writeTextFile(`${server.folder}/data/config.json`, config);
  const browser = await openChromium();
  try {
    const group = `${server.http}/group/maths`;
    const openPage = async () => {
      const page = await browser.newPage();
      await page.goto(site.url);
      return page;
    };
    const studio = await openPage();
    await startForeignClient(
      studio,
      "publish",
      `${group}/.whip`,
      "token-of-studio",
    );
    await waitFor(
      "the flow",
      () => olga.messages,
      (messages) => messages.some(({ type }) => type === "offer"),
    );
    const kinds = { "view": "token-of-viewer", "play": "token-of-player" };
    for (const kind of ["view", "play"] as const) {
      const page = await openPage();
      await startForeignClient(page, kind, `${group}/.whep`, kinds[kind]);
      const { width } = await waitFor(
        `sound and pictures by ${kind}`,
        () => readDone(page),
        ({ framesShown, audioEnergy }) => framesShown > 30 && audioEnergy > 0,
      );
      assert.ok(width > 0);
    }
    assert.deepEqual(olga.members(), ["olga", "player", "studio", "viewer"]);

    await studio.evaluate(() => globalThis.client.stop());
    await waitFor(
      "everybody to go",
      () => olga.members(),
      (members) => members.length === 1,
    );
  } finally {
    await browser.close();
  }
});

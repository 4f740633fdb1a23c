import assert from "node:assert/strict";

import { join } from "../http/join.ts";
import { openChromium } from "../support/chromium.ts";
import { TestServer } from "../support/server.ts";

Deno.test("D-23 a user changes the password on a page, and comes in with the new one", async () => {
  await using server = await TestServer.start({
    groups: {
      "a b": {
        "users": { "ann": { "password": "old", "permissions": "present" } },
      },
    },
    config: { writableGroups: true },
  });
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.goto(
      `${server.http}/change-password.html?group=a%20b&username=ann`,
    );
    const [old, fresh] = [
      page.getByLabel("Present password"),
      page.getByLabel("New password"),
    ];
    const change = async (present: string) => {
      await old.fill(present);
      await fresh.fill("better");
      await page.getByRole("button", { name: "Change" }).click();
    };
    await change("wrong");
    await page.getByText("The present password is wrong.").waitFor();
    await change("old");
    await page.getByText("Your password is changed.").waitFor();
  } finally {
    await browser.close();
  }
  const ann = { group: "a b", username: "ann" };
  const fresh = await join(server.http, { ...ann, password: "better" });
  assert.equal(fresh["kind"], "join");
  const old = await join(server.http, { ...ann, password: "old" });
  assert.equal(old["value"], "not authorised");
});

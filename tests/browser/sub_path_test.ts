import assert from "node:assert/strict";

import { openChromium } from "../support/chromium.ts";
import { openPrefixProxy } from "../support/prefix_proxy.ts";
import { TestServer } from "../support/server.ts";

Deno.test("Behind a proxy that has the server below a path, browsers find a group and join it (D-12, I-32)", async () => {
  await using server = await TestServer.start({
    groups: {
      maths: {
        "displayName": "Maths 101",
        "public": true,
        "wildcard-user": {
          "password": { "type": "wildcard" },
          "permissions": "message",
        },
      },
    },
    config: { proxyURL: "/sub/" },
  });
  await using proxy = openPrefixProxy("/sub", server.http);
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${proxy.url}/`);
    await page.getByText("Maths 101").click();
    await page.getByTestId("join-name").fill("Amina");
    await page.getByTestId("join-button").click();
    await page.getByTestId("leave").waitFor();
    assert.equal(page.url(), `${proxy.url}/group/maths/`);
    assert.deepEqual(proxy.strays, []);
  } finally {
    await browser.close();
  }
});

/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { ADMIN_EN } from "../../web/languages/admin/en.ts";
import { administer } from "../http/admin_client.ts";
import {
  ADMIN_OPTIONS,
  hears,
  openMaths,
  read,
  signIn,
} from "../support/admin_page.ts";
import { ALL, checkPage } from "../support/page_checks.ts";
import { testCall } from "../support/test_call.ts";

testCall(
  "Administrators sign in, and nothing keeps their password",
  async (call) => {
    const page = (await call.newPage("root")).page as Page;
    await page.goto(`${call.server.http}/`);
    await page.getByRole("link", { name: ADMIN_EN.title }).click();
    await page.waitForURL(`${call.server.http}/admin/`);
    await page.getByTestId("admin-username").fill("root");
    await page.getByTestId("admin-password").fill("wrong");
    await page.getByTestId("admin-sign-in").click();
    await page.getByText(ADMIN_EN.refused.password).waitFor();
    await page.getByTestId("admin-password").fill("pw");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "maths", exact: true }).waitFor();

    const kept = await page.evaluate(() =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
      ])
    );
    assert.ok(!kept.includes("pw"), kept);
    assert.equal(page.url(), `${call.server.http}/admin/`);
    await page.reload();
    await page.getByTestId("admin-username").waitFor();
  },
  ADMIN_OPTIONS,
);

testCall("Administrators make, describe and delete groups", async (call) => {
  const page = await signIn(call);
  await page.getByTestId("new-group").fill("physics/lab");
  await page.keyboard.press("Enter");
  await hears(page, ADMIN_EN.done.created);
  await page.getByTestId("new-group").fill("maths");
  await page.keyboard.press("Enter");
  await hears(page, ADMIN_EN.refused.exists);

  await page.getByTestId("field-displayName").fill("Physics");
  await page.getByTestId("field-public").check();
  await page.getByTestId("field-max-clients").fill("12");
  await page.getByTestId("field-codecs").fill("vp9, vp8, opus");
  await page.getByTestId("field-expires").fill("2040-01-02T03:04");
  await page.getByTestId("save-group").click();
  await hears(page, ADMIN_EN.done.saved);
  const expires = await page.evaluate(() =>
    new Date("2040-01-02T03:04").toISOString()
  );
  assert.deepEqual(await read(call, ".groups/physics/lab"), {
    displayName: "Physics",
    public: true,
    "max-clients": 12,
    expires,
    codecs: ["vp9", "vp8", "opus"],
  });

  await page.getByRole("button", { name: ADMIN_EN.groups.delete }).click();
  await page.getByTestId("confirm-yes").click();
  await hears(page, ADMIN_EN.done.deleted);
  assert.deepEqual(await read(call, ".groups/"), ["maths"]);
}, ADMIN_OPTIONS);

testCall(
  "What two administrators change at once is shown to the second",
  async (call) => {
    const page = await signIn(call);
    const put = async (group: unknown) => {
      const { status } = await administer(
        call.server.http,
        "PUT",
        ".groups/maths",
        { type: "application/json", body: JSON.stringify(group) },
      );
      assert.equal(status, 204);
    };
    await openMaths(page, "settings");
    await page.getByTestId("field-displayName").fill("Mine");
    await put({ displayName: "Theirs", contact: "them" });
    await page.getByTestId("save-group").click();
    const conflict = page.getByTestId("conflict");
    await conflict.getByRole("cell", { name: "Theirs", exact: true }).waitFor();
    await conflict.getByRole("cell", { name: "Mine", exact: true }).waitFor();
    await checkPage(page, "admin-conflict");
    await page.getByTestId("keep-mine").click();
    await hears(page, ADMIN_EN.done.saved);
    assert.deepEqual(await read(call, ".groups/maths"), {
      displayName: "Mine",
      contact: "them",
    });

    await page.getByTestId("field-displayName").fill("Mine again");
    await put({ displayName: "Theirs again" });
    await page.getByTestId("save-group").click();
    await page.getByTestId("take-theirs").click();
    assert.equal(
      await page.getByTestId("field-displayName").inputValue(),
      "Theirs again",
    );

    // A user's permissions have the group's tag.
    await page.getByTestId("tab-users").click();
    await put({ displayName: "Once more" });
    await page.getByTestId("permissions-olga").selectOption("present");
    await hears(page, ADMIN_EN.refused.conflict);
    const olga = await read(call, ".groups/maths/.users/olga");
    assert.deepEqual(olga, { permissions: "op" });
    await page.getByTestId("permissions-olga").selectOption("present");
    await hears(page, ADMIN_EN.done.saved);
  },
  ADMIN_OPTIONS,
);

testCall(
  "Administrators add users, set passwords and delete them",
  async (call) => {
    const page = await signIn(call);
    await openMaths(page, "users");
    await page.getByTestId("new-user").fill("zoë");
    await page.getByTestId("new-user-permissions").selectOption("op");
    await page.getByTestId("add-user").click();
    await hears(page, ADMIN_EN.done.saved);
    await page.getByRole("button", { name: "Password of zoë" }).click();
    await page.getByTestId("new-password").fill("sesame");
    await page.getByTestId("set-password").click();
    await hears(page, ADMIN_EN.done.password);

    // Enters with it, or not at all.
    await call.enter("zoë", { password: "sesame" });
    await page.getByRole("button", { name: "Delete zoë" }).click();
    await page.getByTestId("confirm-yes").click();
    await hears(page, ADMIN_EN.done.saved);
    assert.deepEqual(await read(call, ".groups/maths/.users/"), ["olga"]);
    await page.getByRole("button", { name: "Delete Anybody else" }).click();
    await page.getByTestId("confirm-yes").click();
    await page.getByRole("button", { name: ADMIN_EN.users.addAnybody }).click();
    await hears(page, ADMIN_EN.done.password);
    assert.deepEqual(await read(call, ".groups/maths/.wildcard-user"), {
      permissions: "present",
    });
  },
  ADMIN_OPTIONS,
);

testCall(
  "Administrators invite people and revoke that, and replace keys",
  async (call) => {
    const page = await signIn(call);
    await openMaths(page, "tokens");
    await page.getByTestId("token-username").fill("Guest");
    await page.getByTestId("make-token").click();
    await hears(page, ADMIN_EN.done.invited);
    await page.getByTestId("tokens")
      .getByRole("button", { name: ADMIN_EN.tokens.copy }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const [secret] = await read(call, ".groups/maths/.tokens/") as string[];
    assert.equal(link, `${call.server.http}/group/maths/?token=${secret}`);
    await page.getByRole("button", {
      name: "QR code of the invitation for Guest",
    })
      .click();
    await page.getByTestId("invite-qr").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Revoke the invitation for Guest" })
      .click();
    await page.getByTestId("confirm-yes").click();
    await hears(page, ADMIN_EN.done.revoked);
    assert.deepEqual(await read(call, ".groups/maths/.tokens/"), []);

    await page.getByTestId("tab-keys").click();
    await page.getByTestId("keys").fill('{"keys": [{"kty": "none"}]}');
    await page.getByTestId("set-keys").click();
    await hears(page, "The server does not take this: ");
    const key = {
      kty: "oct",
      alg: "HS256",
      k: btoa("k".repeat(32)).slice(0, 43),
    };
    await page.getByTestId("keys").fill(JSON.stringify({ keys: [key] }));
    await page.getByTestId("set-keys").click();
    await hears(page, ADMIN_EN.done.keys);
  },
  ADMIN_OPTIONS,
);

testCall(
  "Administrators see who talks and what flows, and what was refused",
  async (call) => {
    const page = await signIn(call);
    const ann = await call.enter("Ann");
    const ben = await call.enter("Ben");
    await ann.sees("Ben");
    await ben.sees("Ann");
    await page.getByTestId("admin-statistics").click();
    await page.waitForFunction(() =>
      /Mbit\/s|[1-9]\d* kbit\/s/.test(
        document.querySelector('[data-testid="group-statistics"]')
          ?.textContent ??
          "",
      )
    );
    // A line wants two points.
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".admin-plot-line")].every((line) =>
        line.getAttribute("d")?.includes("L")
      )
    );
    const people = page.getByTestId("plot").first();
    assert.match(await people.innerText(), /People\s+2\b/);
    await checkPage(page, "admin-statistics", ALL);

    await page.getByTestId("admin-limits").click();
    await page.getByTestId("limits").getByText("messagesPerSecond").waitFor();
    await checkPage(page, "admin-limits");
  },
  ADMIN_OPTIONS,
);

testCall("The page for administrators is for everybody", async (call) => {
  const person = await call.newPage("stranger", { locale: "en-GB" });
  const stranger = person.page as Page;
  await stranger.goto(`${call.server.http}/admin/`);
  await stranger.getByTestId("admin-sign-in").waitFor();
  await checkPage(stranger, "admin-sign-in", ALL);

  const page = await signIn(call);
  await openMaths(page, "settings");
  await checkPage(page, "admin-group", ALL);
  await page.getByTestId("tab-users").click();
  await checkPage(page, "admin-users", ALL);
  await page.getByRole("button", { name: "Password of olga" }).click();
  await checkPage(page, "admin-password");
  await page.keyboard.press("Escape");
  await page.getByTestId("tab-tokens").click();
  await page.getByTestId("make-token").click();
  await hears(page, ADMIN_EN.done.invited);
  await checkPage(page, "admin-invitations", ALL);
  await page.getByTestId("tab-keys").click();
  await checkPage(page, "admin-keys");
  await page.locator(".admin-account").getByTestId("language")
    .selectOption("ar");
  await page.locator("html[dir=rtl]").waitFor();
  await page.getByTestId("tab-users").click();
  await checkPage(page, "admin-arabic", ALL);
}, ADMIN_OPTIONS);

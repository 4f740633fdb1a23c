import assert from "node:assert/strict";
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
import { type TestCall, testCall } from "../support/test_call.ts";

/** When an invitation of these tests ends: in the future, whatever the year. */
const EXPIRES = "2100-01-02T03:04:00.000Z";

/** Makes an invitation past the page, and returns its secret. */
async function makeToken(
  { server }: TestCall,
  path: string,
  token: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { status, headers } = await administer(server.http, "POST", path, {
    type: "application/json",
    body: JSON.stringify({ expires: EXPIRES, ...token }),
  });
  assert.equal(status, 201);
  return headers.get("Location") ?? "";
}

testCall(
  "Administrators see the invitations of all groups in one list, and edit them",
  async (call) => {
    const guest = await makeToken(call, ".groups/maths/.tokens/", {
      username: "Guest",
      permissions: ["present", "message"],
      issuedBy: "olga",
    });
    await makeToken(call, ".groups/physics/.tokens/", {
      permissions: ["message"],
    });
    await makeToken(call, ".groups/.tokens/", { includeSubgroups: true });
    const page = await signIn(call);
    await page.getByTestId("admin-invitations").click();
    const rows = page.getByTestId("all-tokens").locator("> li");
    await rows.nth(2).waitFor();
    const names = await rows.locator(".admin-row-name > :first-child")
      .allInnerTexts();
    const anybody = ADMIN_EN.tokens.anybody;
    assert.deepEqual(names, [
      `${ADMIN_EN.tokens.everyGroup} · ${anybody}`,
      "maths · Guest",
      `physics · ${anybody}`,
    ]);
    await checkPage(page, "admin-all-invitations", ALL);

    await page.getByRole("button", { name: "Edit the invitation for Guest" })
      .click();
    const dialog = page.getByTestId("edit-token");
    await dialog.getByTestId("token-username").fill("Grace");
    await dialog.getByTestId("token-permissions").selectOption("message");
    await dialog.getByTestId("token-from").fill("2040-01-01T00:00");
    await dialog.getByTestId("token-until").fill("2040-02-01T00:00");
    await checkPage(page, "admin-edit-invitation", ["desk", "phone"]);
    await dialog.getByTestId("save-token").click();
    await hears(page, ADMIN_EN.done.saved);
    await rows.getByText("Grace").waitFor();
    const [from, until] = await page.evaluate(() =>
      ["2040-01-01T00:00", "2040-02-01T00:00"].map((time) =>
        new Date(time).toISOString()
      )
    );
    const path = `.groups/maths/.tokens/${guest}`;
    const edited = await read(call, path) as Record<string, unknown>;
    const { username, permissions, issuedBy, expires } = edited;
    assert.deepEqual(
      { username, permissions, issuedBy, expires, from: edited["not-before"] },
      {
        username: "Grace",
        permissions: ["message"],
        issuedBy: "olga",
        expires: until,
        from,
      },
    );

    // What somebody else does meanwhile is not undone.
    await page.getByRole("button", { name: "Edit the invitation for Grace" })
      .click();
    await administer(call.server.http, "DELETE", path);
    await dialog.getByTestId("save-token").click();
    await hears(page, ADMIN_EN.refused.conflict);
    await rows.getByText("Grace").waitFor({ state: "detached" });

    await page.getByRole("button", { name: /^Revoke/ }).first().click();
    await page.getByTestId("confirm-yes").click();
    await hears(page, ADMIN_EN.done.revoked);
    assert.deepEqual(await read(call, ".groups/.tokens/"), []);
  },
  { ...ADMIN_OPTIONS, groups: { ...ADMIN_OPTIONS.groups, physics: {} } },
);

testCall(
  "Administrators begin a subgroup with the settings of a group, and let in people without a name",
  async (call) => {
    const page = await signIn(call);
    await page.getByTestId("new-group").fill("maths/algebra");
    await page.getByTestId("new-group-like").selectOption("maths");
    await page.getByTestId("new-group").press("Enter");
    await hears(page, ADMIN_EN.done.created);
    assert.deepEqual(await read(call, ".groups/maths/algebra"), {
      public: true,
      "max-clients": 7,
    });

    await openMaths(page, "users");
    await page.getByRole("button", { name: ADMIN_EN.users.addNameless })
      .click();
    await hears(page, ADMIN_EN.done.password);
    const path = ".groups/maths/.empty-user";
    assert.deepEqual(await read(call, path), { permissions: "present" });
    await page.getByTestId("permissions-").selectOption("message");
    await hears(page, ADMIN_EN.done.saved);
    assert.deepEqual(await read(call, path), { permissions: "message" });
    await page.getByRole("button", { name: "Delete Without a name" }).click();
    await page.getByTestId("confirm-yes").click();
    await page.getByTestId("permissions-").waitFor({ state: "detached" });
    assert.equal(
      (await administer(call.server.http, "GET", path)).status,
      404,
    );
  },
  {
    ...ADMIN_OPTIONS,
    groups: {
      maths: { displayName: "Maths 101", public: true, "max-clients": 7 },
    },
  },
);

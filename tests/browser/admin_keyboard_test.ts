import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { ADMIN_EN } from "../../web/languages/admin/en.ts";
import { ADMIN_OPTIONS, hears, read } from "../support/admin_page.ts";
import { hasFocus, keepsFocus, tabTo } from "../support/keyboard.ts";
import { testCall } from "../support/test_call.ts";

testCall(
  "The page for administrators is used by the keyboard alone",
  async (call) => {
    const person = await call.newPage("root", { locale: "en-GB" });
    const page = person.page as Page;
    const { keyboard } = page;
    await page.emulateMedia({ reducedMotion: "reduce" });
    const press = async (selector: string, key = "Enter") => {
      await tabTo(page, selector);
      await keyboard.press(key);
    };
    const pressNamed = (name: string) => press(`[aria-label="${name}"]`);

    await page.goto(`${call.server.http}/admin/`);
    await hasFocus(page, '[data-testid="admin-username"]');
    await keyboard.type("root");
    await tabTo(page, '[data-testid="admin-password"]');
    await keyboard.type("pw");
    await keyboard.press("Enter");
    await page.getByTestId("admin-groups").waitFor();
    await keepsFocus(page);

    await tabTo(page, '[data-testid="new-group"]');
    await keyboard.type("lab");
    await keyboard.press("Enter");
    await hears(page, ADMIN_EN.done.created);
    await keepsFocus(page);
    await press('[data-testid="field-public"]', "Space");
    await press('[data-testid="save-group"]');
    await hears(page, ADMIN_EN.done.saved);
    assert.deepEqual(await read(call, ".groups/lab"), { public: true });
    await keepsFocus(page);

    await press('[data-testid="tab-users"]');
    await tabTo(page, '[data-testid="new-user"]');
    await keyboard.type("zoe");
    await keyboard.press("Enter");
    await hears(page, ADMIN_EN.done.saved);
    await pressNamed("Password of zoe");
    await tabTo(page, '[data-testid="new-password"]');
    await keyboard.type("sesame");
    await keyboard.press("Enter");
    await hears(page, ADMIN_EN.done.password);
    await keepsFocus(page);
    await pressNamed("Delete zoe");
    await page.getByTestId("confirm").waitFor();
    await press('[data-testid="confirm-yes"]');
    await page.getByTestId("permissions-zoe").waitFor({ state: "detached" });
    await keepsFocus(page);

    await press('[data-testid="tab-tokens"]');
    await press('[data-testid="make-token"]');
    await hears(page, ADMIN_EN.done.invited);
    await keepsFocus(page);
    await press('[data-testid="tab-keys"]');
    await tabTo(page, '[data-testid="keys"]');
    await keyboard.type("no JSON");
    await press('[data-testid="set-keys"]');
    await page.getByRole("alert").getByText(ADMIN_EN.keys.notJson).waitFor();

    await press('[data-testid="admin-invitations"]');
    const anybody = ADMIN_EN.tokens.anybody;
    await page.getByTestId("all-tokens").getByText(anybody).waitFor();
    await pressNamed(`QR code of the invitation for ${anybody}`);
    await page.getByTestId("invite-qr").waitFor();
    await keyboard.press("Escape");
    await hasFocus(
      page,
      `[aria-label="QR code of the invitation for ${anybody}"]`,
    );
    await pressNamed(`Edit the invitation for ${anybody}`);
    await tabTo(page, '[data-testid="token-username"]');
    await keyboard.type("Guest");
    await keyboard.press("Enter");
    await hears(page, ADMIN_EN.done.saved);
    await pressNamed("Revoke the invitation for Guest");
    await page.getByTestId("confirm").waitFor();
    await press('[data-testid="confirm-yes"]');
    await hears(page, ADMIN_EN.done.revoked);
    await keepsFocus(page);

    await press('[data-testid="admin-statistics"]');
    await page.getByText(ADMIN_EN.statistics.nobody).waitFor();
    await press('[data-testid="admin-limits"]');
    await page.getByTestId("limits").waitFor();
    await press('[data-testid="admin-sign-out"]');
    await page.getByTestId("admin-username").waitFor();
    await keepsFocus(page);
  },
  ADMIN_OPTIONS,
);

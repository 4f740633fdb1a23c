/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { ADMIN_CONFIG, administer } from "../http/admin_client.ts";
import { SIZES } from "./page_checks.ts";
import type { TestCall } from "./test_call.ts";

/** A server with an administrator `root`, and a group to administer. */
export const ADMIN_OPTIONS = {
  config: ADMIN_CONFIG,
  groups: {
    maths: {
      displayName: "Maths 101",
      users: { olga: { password: "secret", permissions: "op" } },
      "wildcard-user": {
        password: { type: "wildcard" },
        permissions: "present",
      },
    },
  },
};

/** The page for administrators, with root signed in. */
export async function signIn(
  call: TestCall,
  locale = "en-GB",
): Promise<Page> {
  const person = await call.newPage("root", {
    viewport: SIZES.desk,
    locale,
    // The copied link is read back.
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = person.page as Page;
  await page.goto(`${call.server.http}/admin`);
  await page.getByTestId("admin-username").fill("root");
  await page.getByTestId("admin-password").fill("pw");
  await page.getByTestId("admin-sign-in").click();
  await page.getByTestId("admin-groups").waitFor();
  return page;
}

/** Looks at a part of the group `maths`. */
export async function openMaths(page: Page, tab: string): Promise<void> {
  await page.getByRole("button", { name: "maths", exact: true }).click();
  // Another group may be open until this one has been read.
  await page.getByRole("heading", { name: "maths", exact: true }).waitFor();
  await page.getByTestId(`tab-${tab}`).click();
}

/** Waits until the page says that something has come of what was asked. */
export async function hears(page: Page, text: string): Promise<void> {
  await page.getByTestId("outcome").getByText(text).waitFor();
}

/** What the server has at a path of the administrative interface. */
export async function read(call: TestCall, path: string): Promise<unknown> {
  return (await administer(call.server.http, "GET", path)).json;
}

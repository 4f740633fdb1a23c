/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { ADMIN_CONFIG, administer } from "../http/admin_client.ts";
import { CallPage } from "../support/call_page.ts";
import { ALL, checkPage, SIZES } from "../support/page_checks.ts";
import { OPEN_GROUP, testCall } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

const { "wildcard-user": ANYBODY } = OPEN_GROUP;

testCall(
  "G-1 The start page finds groups by name, by link, and in its list",
  async (call) => {
    const person = await call.newPage("ann", { locale: "en-GB" });
    const page = person.page as Page;
    const start = `${call.server.http}/`;
    const words = STRINGS.landing;
    const ask = async (text: string) => {
      await page.goto(start);
      await page.getByTestId("group-name").fill(text);
      await page.keyboard.press("Enter");
    };
    const hears = (text: string) =>
      page.getByRole("alert").getByText(text, { exact: true }).waitFor();

    await page.goto(start);
    // One may write at once.
    await page.locator('[data-testid="group-name"]:focus').waitFor();
    await ask(" ");
    await hears(words.emptyName);
    await ask("nowhere");
    await hears(words.noSuchGroup({ name: "nowhere" }));
    await page.route("**/.status", (route) => route.fulfill({ status: 503 }));
    await ask("maths");
    await hears(words.serverSaid({ status: 503 }));
    await page.unroute("**/.status");
    await page.context().setOffline(true);
    await page.keyboard.press("Enter");
    await hears(words.unreachable);
    await page.context().setOffline(false);

    await ask("/käse & brot/");
    const cheese = `${start}group/${encodeURIComponent("käse & brot")}/`;
    await page.waitForURL(cheese);
    await page.getByRole("heading", { name: "käse & brot" }).waitFor();
    await ask(`${start}group/maths/?token=abc`);
    await page.waitForURL(`${start}group/maths/**`);
    // With an invitation nobody has to know a password.
    await page.getByTestId("join-name").waitFor();
    assert.equal(await page.getByTestId("join-password").count(), 0);

    await page.goto(start);
    const cards = page.locator(".group-card");
    await cards.getByText("Maths 101").waitFor();
    const shown = await cards.evaluateAll((all) =>
      all.map((card) => ({
        text: (card as HTMLElement).innerText.split("\n"),
        href: card.getAttribute("href"),
      }))
    );
    assert.deepEqual(shown, [
      {
        text: ["Abroad", words.elsewhere],
        href: "https://example.com/group/x/",
      },
      {
        text: ["Maths 101", "Tuesdays at ten", words.empty],
        href: "/group/maths/",
      },
    ]);
  },
  {
    groups: {
      maths: {
        displayName: "Maths 101",
        description: "Tuesdays at ten",
        public: true,
        "wildcard-user": ANYBODY,
      },
      "käse & brot": { "wildcard-user": ANYBODY },
      abroad: {
        displayName: "Abroad",
        public: true,
        redirect: "https://example.com/group/x/",
      },
    },
  },
);

testCall(
  "Whoever is not let in is told why, and what to do about it",
  async (call) => {
    const person = await call.newPage("ann", { locale: "en-GB" });
    const page = person.page as Page;
    const words = STRINGS.refusals;
    const open = async (path: string) => {
      await page.goto(`${call.server.http}/group/${path}`);
      await page.getByTestId("join-name").waitFor();
    };
    const join = async (name: string, password?: string) => {
      await page.getByTestId("join-name").fill(name);
      if (password) await page.getByTestId("join-password").fill(password);
      await page.getByTestId("join-button").click();
    };
    const hears = async (said: { title: string; advice: string }) => {
      const alert = page.getByRole("alert");
      await alert.getByText(said.title, { exact: true }).waitFor();
      await alert.getByText(said.advice, { exact: true }).waitFor();
    };
    /** Somebody who is in a group, in another tab. */
    const occupy = async (group: string, name: string, password?: string) => {
      const tab = new CallPage(await page.context().newPage(), name);
      await tab.join(`${call.server.http}/group/${group}/`, password);
      return tab;
    };

    await open("maths/");
    await join("olga", "wrong");
    await hears(words.badPassword);
    const password = page.getByTestId("join-password");
    assert.equal(await password.getAttribute("aria-invalid"), "true");

    await open("maths/?token=expired");
    await join("ann");
    await hears(words.badToken);
    // There is another way in, now that this one is closed.
    await password.waitFor();

    const made = await administer(
      call.server.http,
      "POST",
      ".groups/maths/.tokens/",
      {
        type: "application/json",
        body: JSON.stringify({
          permissions: ["present"],
          expires: new Date(Date.now() + 3_600_000).toISOString(),
        }),
      },
    );
    assert.equal(made.status, 201);
    const [token] =
      (await administer(call.server.http, "GET", ".groups/maths/.tokens/"))
        .json as string[];
    await open(`maths/?token=${token}`);
    await join("olga");
    await hears(words.nameTaken);
    const name = page.getByTestId("join-name");
    assert.equal(await name.getAttribute("aria-invalid"), "true");

    for (
      const [group, said] of [
        ["later", words.notOpenYet],
        ["over", words.closed],
        ["led", words.noOperator],
      ] as const
    ) {
      await open(`${group}/`);
      await join("ann");
      await hears(said);
    }

    await occupy("pair", "ben");
    await open("pair/");
    await join("ann");
    await hears(words.full);

    for (
      const [group, command, said] of [
        ["maths", "/lock", words.locked],
        ["club", "/lock Back at two.", {
          title: words.other.title,
          advice: "Back at two.",
        }],
      ] as const
    ) {
      const olga = await occupy(group, "olga", "secret");
      await olga.say(command);
      await waitFor(
        `${group} to be locked`,
        async () => {
          const address = `${call.server.http}/group/${group}/.status`;
          return await (await fetch(address)).json();
        },
        ({ locked }) => locked === true,
      );
      await open(`${group}/`);
      await page.getByText(STRINGS.join.locked).waitFor();
      await join("ann");
      await hears(said);
    }

    await page.goto(`${call.server.http}/group/nowhere/`);
    await page.getByText(STRINGS.notFound.advice).waitFor();
    await page.getByRole("link", { name: STRINGS.notFound.home }).waitFor();

    await open("led/");
    await call.server.end();
    await join("ann");
    await hears(words.unreachable);
  },
  {
    config: ADMIN_CONFIG,
    groups: {
      // Strangers learn of public groups that they are locked.
      maths: { ...OPEN_GROUP, public: true },
      club: { ...OPEN_GROUP, public: true },
      later: { "not-before": "2100-01-01T00:00:00Z", "wildcard-user": ANYBODY },
      over: { expires: "2020-01-01T00:00:00Z", "wildcard-user": ANYBODY },
      led: { autokick: true, "wildcard-user": ANYBODY },
      pair: { "max-clients": 1, "wildcard-user": ANYBODY },
    },
  },
);

testCall(
  "Whoever has no camera is told why, can try again, and gets in without",
  async (call) => {
    const person = await call.newPage("ann", { locale: "en-GB" });
    const page = person.page as Page;
    // As browsers refuse: by the name of an error.
    await page.addInitScript(() => {
      const devices = navigator.mediaDevices;
      const open = devices.getUserMedia.bind(devices);
      devices.getUserMedia = (wanted) => {
        const name = sessionStorage.getItem("refuse") ?? "";
        if (name === "" || !wanted?.video) return open(wanted);
        return Promise.reject(new DOMException("as told by the test", name));
      };
      if (sessionStorage.getItem("refuse") === "Insecure") {
        Object.defineProperty(globalThis, "isSecureContext", { value: false });
      }
    });
    await page.goto(`${call.server.http}/group/maths/`);
    await page.locator(".preview video").waitFor();
    const { camera } = STRINGS.problems;
    const problem = page.getByTestId("preview-problem");
    for (
      const [name, said] of [
        ["NotAllowedError", camera.denied],
        ["NotFoundError", camera.missing],
        ["NotReadableError", camera.busy],
        ["TypeError", camera.unknown],
        ["Insecure", camera.insecure],
      ] as const
    ) {
      await page.evaluate(
        (name) => sessionStorage.setItem("refuse", name),
        name,
      );
      await page.reload();
      await problem.getByText(said, { exact: true }).waitFor();
      if (name === "NotReadableError") {
        await checkPage(page, "no-camera", ["desk", "phone"]);
      }
    }
    await page.evaluate(() =>
      sessionStorage.setItem("refuse", "NotReadableError")
    );
    await page.reload();
    await problem.getByText(camera.busy, { exact: true }).waitFor();
    await page.evaluate(() => sessionStorage.removeItem("refuse"));
    await page.getByTestId("retry-devices").click();
    await page.locator(".preview video").waitFor();
    assert.equal(await problem.innerText(), "");

    await page.evaluate(() =>
      sessionStorage.setItem("refuse", "NotReadableError")
    );
    await page.reload();
    await problem.getByText(camera.busy, { exact: true }).waitFor();
    await page.getByTestId("join-name").fill("ann");
    await page.getByTestId("join-button").click();
    // The microphone is there all the same.
    await page.getByRole("button", { name: STRINGS.call.microphoneOff })
      .waitFor();
    await page.getByRole("button", { name: STRINGS.call.cameraOn }).waitFor();
  },
);

testCall(
  "The first screen of a phone has all that is needed to join",
  async (call) => {
    const person = await call.newPage("ann", {
      locale: "en-GB",
      viewport: SIZES.phone,
    });
    const page = person.page as Page;
    await page.goto(`${call.server.http}/group/maths/`);
    await page.locator(".preview video").waitFor();
    const box = await page.getByTestId("join-button").boundingBox();
    assert.ok(box !== null && box.y + box.height <= SIZES.phone.height);
  },
);

testCall(
  "A password is changed on a phone, too, and in Arabic",
  async (call) => {
    const person = await call.newPage("ann", { locale: "en-GB" });
    const page = person.page as Page;
    const address = `${call.server.http}/change-password.html`;
    await page.goto(address);
    await page.getByText(STRINGS.settings.password.incomplete).waitFor();
    await page.goto(`${address}?group=maths&username=olga`);
    await page.getByLabel(STRINGS.settings.password.new).waitFor();
    await checkPage(page, "password", ALL);
    await page.evaluate(() =>
      localStorage.setItem("nereid.preferences", '{"language":"ar"}')
    );
    await page.reload();
    await page.locator("html[dir=rtl]").waitFor();
    await checkPage(page, "password-arabic", ALL);
  },
);

testCall(
  "Chromium finds nothing that keeps it from installing the client",
  async (call) => {
    const person = await call.newPage("ann");
    const page = person.page as Page;
    const developer = await page.context().newCDPSession(page);
    for (const path of ["", "group/maths/"]) {
      await page.goto(`${call.server.http}/${path}`);
      const { errors } = await developer.send("Page.getAppManifest");
      assert.deepEqual(errors, [], path);
      const { installabilityErrors } = await developer.send(
        "Page.getInstallabilityErrors",
      );
      // Windows without a history are what tests have, and nobody installs from.
      const others = installabilityErrors.filter(({ errorId }) =>
        errorId !== "in-incognito"
      );
      assert.deepEqual(others, [], path);
    }
  },
);

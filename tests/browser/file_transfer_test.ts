/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type * as library from "../../web/client/mod.ts";
import { openChromium } from "../support/chromium.ts";
import { bundleClientLibrary } from "../support/client_library.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";
import { joinAsDescribed } from "./described_file_client.ts";

declare global {
  var nereid: typeof library;
  /** What the test has in a page. */
  var test: {
    readonly connection: library.ServerConnection;
    /** Of all files, in order. */
    readonly reports: FileReport[];
    /** Cancel when so many bytes have been sent or received. */
    cancelAt: number;
    /** Whether to accept what comes. */
    receive: boolean;
  };
}

/** What became of a file, as one side saw it. */
interface FileReport {
  readonly up: boolean;
  readonly name: string;
  readonly states: string[];
  /** How much was there, each time that the frontend was told. */
  readonly progress: number[];
  reason?: string;
  /** SHA-256 of what was received, in hexadecimal. */
  hash?: string;
}

const MEGABYTE = 1_000_000;

/** Somebody's page, in the group `maths`. */
class Person {
  readonly name: string;
  readonly #page: Page;

  private constructor(page: Page, name: string) {
    this.#page = page;
    this.name = name;
  }

  static async enter(
    browser: Browser,
    { server, script, name }: {
      server: TestServer;
      script: string;
      name: string;
    },
  ): Promise<Person> {
    const page = await browser.newPage();
    await page.addInitScript({ content: script });
    await page.goto(server.http);
    await page.evaluate(joinMaths, name);
    return new Person(page, name);
  }

  /** Waits until somebody else is there, and tells their client id. */
  async finds(username: string): Promise<string> {
    const id = await waitFor(
      `${username} to be there for ${this.name}`,
      () =>
        this.#page.evaluate((name) =>
          Object.entries(test.connection.users)
            .find(([, user]) => user.username === name)?.[0], username),
      (found) => found !== undefined,
    );
    return id!;
  }

  /** Sends a file of noise; its SHA-256. */
  send(to: string, name: string, size: number): Promise<string> {
    return this.#page.evaluate(sendNoise, { to, name, size });
  }

  /** Whether to accept what others send, from now on. */
  async willReceive(receive: boolean): Promise<void> {
    await this.#page.evaluate((receive) => {
      test.receive = receive;
    }, receive);
  }

  async cancelsAt(bytes: number): Promise<void> {
    await this.#page.evaluate((bytes) => {
      test.cancelAt = bytes;
    }, bytes);
  }

  async limits(limits: library.FileTransferLimits): Promise<void> {
    await this.#page.evaluate((limits) => {
      test.connection.fileTransferLimits = limits;
    }, limits);
  }

  async leaves(): Promise<void> {
    await this.#page.evaluate(() => test.connection.close());
  }

  reports(): Promise<FileReport[]> {
    return this.#page.evaluate(() => test.reports);
  }

  /** Waits for the end of the file of that name. */
  async ended(name: string): Promise<FileReport> {
    const find = (reports: FileReport[]) =>
      reports.find((report) =>
        report.name === name && report.states.at(-1) === "closed" &&
        (report.up || report.reason !== undefined || report.hash !== undefined)
      );
    const reports = await waitFor(
      `the end of ${name} for ${this.name}`,
      () => this.reports(),
      (reports) => find(reports) !== undefined,
    );
    return find(reports)!;
  }
}

/** Runs in the page. */
async function joinMaths(username: string): Promise<void> {
  const connection = new nereid.ServerConnection();
  const reports: FileReport[] = [];
  globalThis.test = {
    connection,
    reports,
    cancelAt: Infinity,
    receive: true,
  };
  const hex = (bytes: ArrayBuffer) =>
    Array.from(
      new Uint8Array(bytes),
      (byte) => byte.toString(16).padStart(2, "0"),
    ).join("");
  connection.onfiletransfer = (file) => {
    const { up, name } = file;
    const report: FileReport = { up, name, states: [], progress: [] };
    reports.push(report);
    file.onevent = async (state, data) => {
      if (report.states.at(-1) !== state) report.states.push(state);
      report.progress.push(file.datalen);
      if (file.datalen >= test.cancelAt) file.cancel("that is enough");
      if (typeof data === "string") report.reason = data;
      if (!(data instanceof Blob)) return;
      const bytes = await data.arrayBuffer();
      report.hash = hex(await crypto.subtle.digest("SHA-256", bytes));
    };
    if (test.receive && !up) file.receive();
  };
  await new Promise<void>((resolve, reject) => {
    connection.onerror = reject;
    connection.onconnected = () => connection.join("maths", username, "");
    connection.onjoined = (kind) => kind === "join" && resolve();
    connection.connect(`${location.origin.replace(/^http/, "ws")}/ws`);
  });
}

/** Runs in the page. */
async function sendNoise(
  { to, name, size }: { to: string; name: string; size: number },
): Promise<string> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  const file = new File([bytes], name, { type: "application/x-noise" });
  test.connection.sendFile(to, file);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(
    new Uint8Array(hash),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** A server, two people in two browsers, and one more page. */
async function withTwo(
  run: (alice: Person, bob: Person, another: Page) => Promise<void>,
): Promise<void> {
  const script = await bundleClientLibrary();
  await using server = await TestServer.start({
    groups: { maths: OPEN_GROUP },
  });
  const browsers = [await openChromium(), await openChromium()] as const;
  try {
    const [alice, bob] = await Promise.all([
      Person.enter(browsers[0], { server, script, name: "alice" }),
      Person.enter(browsers[1], { server, script, name: "bob" }),
    ]);
    const another = await browsers[0].newPage();
    await another.goto(server.http);
    await run(alice, bob, another);
  } catch (error) {
    console.error(server.log());
    throw error;
  } finally {
    for (const browser of browsers) await browser.close();
  }
}

Deno.test("Files go from browser to browser (A-69)", async (t) => {
  await withTwo(async (alice, bob, another) => {
    const toBob = await alice.finds("bob");
    await bob.finds("alice");

    await t.step(
      "a large one arrives whole, and progress is told",
      async () => {
        const size = 5 * MEGABYTE + 1;
        const hash = await alice.send(toBob, "large", size);
        const received = await bob.ended("large");
        const sent = await alice.ended("large");
        assert.equal(received.hash, hash);
        const course = ["connecting", "connected", "done", "closed"];
        assert.deepEqual(received.states, course);
        assert.deepEqual(sent.states, ["inviting", ...course]);
        for (const { progress } of [sent, received]) {
          const sorted = progress.toSorted((a, b) => a - b);
          assert.deepEqual(progress, sorted);
          assert.equal(progress.at(-1), size);
          assert(new Set(progress).size > size / 16_384);
        }
      },
    );

    await t.step("the receiver calls one off in its midst", async () => {
      await bob.cancelsAt(MEGABYTE);
      await alice.send(toBob, "unwanted", 5 * MEGABYTE);
      const received = await bob.ended("unwanted");
      assert.deepEqual(received.states.slice(-2), ["cancelled", "closed"]);
      assert.equal((await alice.ended("unwanted")).reason, "that is enough");
      await bob.cancelsAt(Infinity);
    });

    await t.step("the sender calls one off in its midst", async () => {
      await alice.cancelsAt(MEGABYTE);
      await alice.send(toBob, "regretted", 5 * MEGABYTE);
      const sent = await alice.ended("regretted");
      assert.deepEqual(sent.states.slice(-2), ["cancelled", "closed"]);
      const received = await bob.ended("regretted");
      assert.equal(received.reason, "that is enough");
      assert.equal(received.hash, undefined);
      await alice.cancelsAt(Infinity);
    });

    await t.step("an empty one arrives", async () => {
      const hash = await alice.send(toBob, "empty", 0);
      assert.equal((await bob.ended("empty")).hash, hash);
    });

    await t.step(
      "another's client, by the protocol's description",
      async () => {
        await another.evaluate(joinAsDescribed, "carol");
        const toCarol = await bob.finds("carol");
        const hash = await bob.send(toCarol, "to carol", MEGABYTE);
        const { states, reason } = await bob.ended("to carol");
        assert.deepEqual([states.at(-2), reason], ["done", undefined]);
        const [received] = await waitFor(
          "carol to have it",
          () => another.evaluate(() => described.received),
          ({ length }) => length > 0,
        );
        assert.deepEqual(received, { size: MEGABYTE, hash });

        await another.evaluate(() => {
          described.send(
            described.users["bob"]!,
            new Uint8Array(100_000).fill(7),
          );
        });
        const fromCarol = await bob.ended("described");
        assert.equal(fromCarol.reason, undefined);
        assert.deepEqual(fromCarol.states.slice(-2), ["done", "closed"]);
        assert.equal(fromCarol.progress.at(-1), 100_000);
        const acknowledged = () => described.acknowledged;
        assert.deepEqual(await another.evaluate(acknowledged), ["done"]);
      },
    );

    await t.step("limits on size and number hold", async () => {
      const limits = { maxFileBytes: 1_000, maxTransfers: 10 };
      await bob.limits({ ...limits, maxTransfersPerUser: 1 });
      await bob.willReceive(false);
      await alice.send(toBob, "pending", 1_000);
      await alice.send(toBob, "too large", 1_001);
      await alice.send(toBob, "too many", 1_000);
      const reasonOf = async (name: string) =>
        (await alice.ended(name)).reason ?? "";
      assert.match(await reasonOf("too large"), /at most 1000 bytes/);
      assert.match(await reasonOf("too many"), /Too many file transfers/);
    });

    await t.step("who leaves ends what was pending", async () => {
      await bob.leaves();
      assert.equal((await alice.ended("pending")).reason, "user has gone away");
      assert.equal((await bob.ended("pending")).reason, "connection is closed");
    });
  });
});

/**
 * Runs the conformance tests against a server, and says what they prove:
 *
 *     deno task conformance [--server URL] [--with REPORT]… [FILE…]
 *
 * Without `--server` it starts one of its own. Rows may be proved by tests that
 * stand elsewhere: unless the report of a run that is over is given (`--with`),
 * those run as well, all but those that need a browser. Given files, it runs
 * only these and checks nothing else.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import {
  findUnproved,
  parseCompatibility,
  type Row,
  summarise,
} from "../../tools/compatibility.ts";
import { parseJUnit, type RanTest } from "../../tools/junit.ts";
import { TestServer } from "../support/server.ts";
import { FOLDER_VARIABLE, SERVER_VARIABLE } from "./target.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = "tests/conformance";
/** What needs a browser takes minutes, and runs in `deno task test`. */
const BROWSERS = "tests/browser";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: {
      server: { type: "string" },
      with: { type: "string", multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  const document = `${ROOT}/docs/compatibility.md`;
  const rows = parseCompatibility(await Deno.readTextFile(document));
  const isElsewhere = values.server !== undefined;
  const before = await readReports(values.with);
  const others = isElsewhere ? [] : filesElsewhere(rows, before);
  const files = positionals.length > 0 ? positionals : [HERE, ...others];
  const { code, ran } = await runAgainst(values.server, files);
  const all = [...before, ...ran];
  const isWhole = positionals.length === 0 && !isElsewhere;
  const problems = isWhole ? findUnproved(withoutBrowsers(rows, all), all) : [];
  for (const problem of problems) console.error(problem);
  printSkipped(ran);
  console.log(JSON.stringify(summarise(rows, all)));
  return code !== 0 || problems.length > 0 ? 1 : 0;
}

/** Where tests are that rows name, besides ours and those that ran already. */
function filesElsewhere(
  rows: readonly Row[],
  before: readonly RanTest[],
): string[] {
  const known = new Set(before.map(({ path }) => path));
  const paths = rows.flatMap(({ tests }) => tests.map(({ path }) => path));
  return [...new Set(paths)].filter((path) =>
    !path.startsWith(HERE) && !path.startsWith(BROWSERS) && !known.has(path)
  );
}

/** Rows whose tests in browsers have not run do not count as wrong. */
function withoutBrowsers(
  rows: readonly Row[],
  ran: readonly RanTest[],
): Row[] {
  if (ran.some(({ path }) => path.startsWith(BROWSERS))) return [...rows];
  return rows.map((row) => ({
    ...row,
    tests: row.tests.filter(({ path }) => !path.startsWith(BROWSERS)),
  }));
}

async function readReports(paths: readonly string[]): Promise<RanTest[]> {
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  return texts.flatMap(parseJUnit);
}

async function runAgainst(
  server: string | undefined,
  files: readonly string[],
): Promise<{ code: number; ran: RanTest[] }> {
  if (server !== undefined) {
    const url = server.replace(/\/$/, "");
    return await runTests(files, { [SERVER_VARIABLE]: url });
  }
  await using own = await TestServer.start({
    fixture: `${ROOT}/${HERE}/fixture`,
  });
  const outcome = await runTests(files, {
    [SERVER_VARIABLE]: own.http,
    [FOLDER_VARIABLE]: own.folder,
  });
  if (outcome.code !== 0) console.error(`The server printed:\n${own.log()}`);
  return outcome;
}

async function runTests(
  files: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; ran: RanTest[] }> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const { code } = await new Deno.Command(Deno.execPath(), {
      cwd: ROOT,
      args: [
        "test",
        "--no-check",
        "--no-prompt",
        "--allow-read",
        "--allow-write",
        "--allow-run",
        "--allow-env",
        "--allow-net",
        "--allow-sys",
        "--allow-ffi",
        "--parallel",
        `--junit-path=${report}`,
        ...files,
      ],
      env,
    }).spawn().status;
    return { code, ran: parseJUnit(await Deno.readTextFile(report)) };
  } finally {
    await Deno.remove(report);
  }
}

function printSkipped(ran: readonly RanTest[]): void {
  const skipped = ran.filter(({ outcome }) => outcome === "skipped");
  if (skipped.length === 0) return;
  console.log(
    "Left out, as they change the server's files or look at its process:",
  );
  for (const { path, name } of skipped) console.log(`  ${path}: ${name}`);
}

Deno.exitCode = await main();

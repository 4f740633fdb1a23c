/**
 * Builds the `Dockerfile` and makes a call by what comes out, where there is no
 * container engine: with Debian's `buildah`, from base images that are made
 * here under the names that the `Dockerfile` has. Needs root and some minutes.
 *
 * The last line of standard output is one JSON object, {@linkcode Figures}.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Buildah, run } from "./container/buildah.ts";
import { RunningImage, type RunParts } from "./container/running_image.ts";
import {
  makeBaseImages,
  parseBaseImages,
} from "./container/stand_in_images.ts";
import { fileExists, findProgram } from "./support/required_programs.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const IMAGE = "localhost/nereid";

/** What was measured. */
interface Figures {
  /** All layers, unpacked. */
  readonly imageMegabytes: number;
  /** From starting the container to its first line that says that it serves. */
  readonly startMs: number;
  /** From SIGTERM to the end. */
  readonly stopMs: number;
  /** What `deno task try` measured. */
  readonly call: unknown;
}

/** On any free ports, so that nothing is in the way of the test. */
const FLAGS = [
  "--https=127.0.0.1:0",
  "--media-port=0",
  "--public-address=127.0.0.1",
];

/** Nothing of these belongs in an image. */
const UNWANTED = ["*_test.ts", "playwright*", "puppeteer*", "esbuild*"];

async function buildImage(buildah: Buildah, folder: string): Promise<void> {
  const dockerfile = await Deno.readTextFile(`${ROOT}/Dockerfile`);
  const bases = parseBaseImages(dockerfile);
  say(`Making ${bases.debian.image} and ${bases.node.image}`);
  const release = await makeBaseImages(buildah, bases, folder);
  if (release !== bases.debian.release) {
    say(`Debian is at ${release} now: the Dockerfile's tag may move on`);
  }
  say("Building the image");
  const args = ["--pull-never", "--format=docker", "--tag", IMAGE, "."];
  await buildah.do(["build", ...args], ROOT);
}

/** Runs it on the machine's network, and makes a call. */
async function measure(
  parts: RunParts,
): Promise<Omit<Figures, "imageMegabytes">> {
  const startedMs = performance.now();
  const image = RunningImage.start(parts, FLAGS);
  try {
    await image.ready();
    const startMs = performance.now() - startedMs;
    await image.checkHealth();
    assert.notEqual(await image.userId(), 0, "it runs as root");
    assert.match(image.text, /Media ports ports=native/);
    const link = /https:\S+\?token=\S+/.exec(image.text)?.[0];
    assert(link, `no invite link in:\n${image.text}`);
    const call = JSON.parse(await makeCall(link));

    const stoppedMs = performance.now();
    const code = await image.stop();
    const stopMs = performance.now() - stoppedMs;
    assert.equal(code, 0, image.text);
    assert.match(image.text, /Stopping signal=SIGTERM/);
    const round = Math.round;
    return { startMs: round(startMs), stopMs: round(stopMs), call };
  } catch (error) {
    say(`The container printed:\n${image.text}`);
    throw error;
  } finally {
    await image.kill();
  }
}

/** What `deno task try` prints last. */
async function makeCall(link: string): Promise<string> {
  const printed = await run(
    Deno.execPath(),
    ["task", "--quiet", "try", "--server", link],
    { cwd: ROOT },
  );
  return printed.trimEnd().split("\n").at(-1) ?? "";
}

/** Starts it again where there is no network: it has all that it needs. */
async function startOffline(parts: RunParts): Promise<void> {
  const image = RunningImage.start({ ...parts, offline: true }, FLAGS);
  try {
    await image.ready();
    await image.checkHealth();
    assert.doesNotMatch(image.text, /token=/, "its volumes were lost");
    assert.doesNotMatch(image.text, /download/i, "it wanted the network");
    assert.equal(await image.stop(), 0);
  } catch (error) {
    say(`The container printed:\n${image.text}`);
    throw error;
  } finally {
    await image.kill();
  }
}

/** Files below `root` that fulfil a condition of `find`. */
async function find(
  root: string,
  condition: readonly string[],
): Promise<readonly string[]> {
  const printed = await run("find", [root, "-xdev", ...condition]);
  return printed.split("\n").filter((line) => line !== "");
}

async function main(folder: string): Promise<Figures> {
  await using buildah = new Buildah(folder);
  await buildImage(buildah, folder);
  const config = await buildah.configOf(IMAGE);
  const container = await buildah.do(["from", "--pull-never", IMAGE]);
  const root = await buildah.do(["mount", container]);
  const [size = ""] = (await run("du", ["--summarize", "-BM", root])).split(
    "M",
  );
  for (const name of UNWANTED) {
    assert.deepEqual(await find(`${root}/nereid`, ["-name", name]), []);
  }

  const marker = `${folder}/built`;
  await Deno.writeTextFile(marker, "");
  const parts = { buildah, container, config, offline: false };
  say("Running it, and making a call");
  const figures = await measure(parts);
  say("Running it again, without a network");
  await startOffline(parts);
  const written = await find(root, ["-newer", marker, "-type", "f"]);
  // So that the file system may be read-only.
  assert.deepEqual(
    written.filter((path) => !path.startsWith(`${root}/tmp/`)),
    [],
  );
  return { imageMegabytes: Number(size), ...figures };
}

function requirePrograms(): void {
  const searchPath = Deno.env.get("PATH") ?? "";
  const lacking = ["buildah", "debootstrap", "chromium", "npm", "ps"].filter(
    (program) => findProgram(program, searchPath, fileExists) === undefined,
  );
  if (lacking.length > 0) {
    throw new Error(`Cannot find ${lacking.join(", ")}: install them first`);
  }
  if (Deno.uid() !== 0) throw new Error("Cannot make images: be root");
}

function say(line: string): void {
  console.error(`container: ${line}`);
}

if (import.meta.main) {
  requirePrograms();
  const folder = await Deno.makeTempDir({ prefix: "nereid-container-" });
  try {
    console.log(JSON.stringify(await main(folder)));
  } finally {
    await run("rm", ["--recursive", "--one-file-system", folder]);
  }
}

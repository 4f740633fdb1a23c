/**
 * Starts a server and two browsers, lets two people talk for ten seconds, and
 * measures how it was. What goes on is told on standard error; the last line of
 * standard output is one JSON object, a {@linkcode Measurements}.
 *
 * With `--server LINK`, an invite link, they meet at a server that runs already.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import type { CallPage } from "./support/call_page.ts";
import { longestGapMs, type ProbeReport } from "./support/media_probe.ts";
import { People } from "./support/people.ts";
import { requireProgram } from "./support/required_programs.ts";
import { TestServer } from "./support/server.ts";

/** How a call was, for the one who joined it last unless said otherwise. */
interface Measurements {
  /** From the click that joins to the connection that brings the other. */
  readonly connectMs: number;
  /** From the same click to the other's first picture on the page. */
  readonly firstFrameMs: number;
  /** Decoded; of the two people, the one who got fewer. */
  readonly framesPerSecond: number;
  /** The same for packets of sound, of which there are 50 a second. */
  readonly audioPacketsPerSecond: number;
  /** Of both kinds and both people, over the whole call. */
  readonly packetsLost: number;
  /** The longest time between two pictures while the other changes the camera. */
  readonly replaceGapMs: number;
}

/** How long people talk before the camera is changed. */
const TALK_MS = 10_000;

/** The ways into the group where they meet. */
interface InviteLinks {
  readonly operator: string;
  readonly guest: string;
}

async function measure(
  people: People,
  links: InviteLinks,
): Promise<Measurements> {
  say("Opening two browsers");
  const olga = await people.newPage("Olga");
  const greta = await people.newPage("Greta");
  await olga.join(links.operator);
  say("Olga is in; Greta joins");
  await greta.join(links.guest);
  const { framesMs: [firstFrame = NaN] } = await greta.sees("Olga");
  await olga.sees("Greta");
  const { joinedMs = NaN, receiversConnectedMs: [connected = NaN] } =
    await greta.report();

  say("They see each other; they talk for ten seconds");
  const before = [await olga.report(), await greta.report()];
  await new Promise((resolve) => setTimeout(resolve, TALK_MS));
  const after = [await olga.report(), await greta.report()];

  say("Olga changes her camera");
  const replaceGapMs = await measureReplacement(olga, greta);
  const rate = (count: (report: ProbeReport) => number) =>
    Math.min(...after.map((now, at) => perSecond(before[at], now, count)));
  const end = [await olga.report(), await greta.report()];
  const losses = [after, end].map((reports) =>
    reports.reduce((sum, report) => sum + lost(report), 0)
  );
  return {
    connectMs: Math.round(connected - joinedMs),
    firstFrameMs: Math.round(firstFrame - joinedMs),
    framesPerSecond: rate(({ video }) => video.framesDecoded),
    audioPacketsPerSecond: rate(({ audio }) => audio.packets),
    // A peer that was replaced takes its figure with it.
    packetsLost: Math.max(...losses),
    replaceGapMs: Math.round(replaceGapMs),
  };
}

/** The viewer's longest gap from before the change to after its end. */
async function measureReplacement(
  publisher: CallPage,
  viewer: CallPage,
): Promise<number> {
  const before = await viewer.report();
  await publisher.chooseQuality("low");
  const settled = await viewer.settlesAfter(before);
  const { framesMs } = await viewer.seesAfter("Olga", settled.nowMs);
  return longestGapMs(framesMs, before.nowMs);
}

/** To one decimal. */
function perSecond(
  before: ProbeReport | undefined,
  after: ProbeReport,
  count: (report: ProbeReport) => number,
): number {
  if (before === undefined) return NaN;
  const seconds = (after.nowMs - before.nowMs) / 1_000;
  return Math.round((count(after) - count(before)) / seconds * 10) / 10;
}

function lost({ audio, video }: ProbeReport): number {
  return audio.packetsLost + video.packetsLost;
}

function say(line: string): void {
  console.error(`try: ${line}`);
}

/** Rejects when somebody wants this to end, so that all is cleared away. */
function interrupted(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(
        signal,
        () => reject(new Error(`Interrupted by ${signal}`)),
      );
    }
  });
}

/** The invite link to a server that runs already, if one is given. */
function parseLink(args: readonly string[]): string | undefined {
  const { server } = parseArgs({
    args: [...args],
    options: { server: { type: "string" } },
  }).values;
  if (server === undefined || URL.canParse(server)) return server;
  throw new Error(`Cannot use --server ${server}: give an invite link`);
}

async function main(): Promise<void> {
  // Before anything is started: without it there is nothing to try.
  requireProgram("chromium");
  const link = parseLink(process.argv.slice(2));
  const stop = interrupted();
  if (link === undefined) say("Starting a server with a temporary folder");
  await using server = link === undefined ? await TestServer.start() : null;
  await using people = await People.gather();
  const links = server?.links ?? { operator: link ?? "", guest: link ?? "" };
  try {
    const measurements = await Promise.race([measure(people, links), stop]);
    console.log(JSON.stringify(measurements));
  } catch (error) {
    say(`What was printed:\n${server?.log() ?? ""}\n${people.log()}`);
    throw error;
  }
}

if (import.meta.main) {
  try {
    await main();
    Deno.exit(0);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}

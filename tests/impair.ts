/**
 * Lets one browser publish and two watch, one of them over a link in user space
 * that loses, delays and narrows, and measures what each saw. What goes on is
 * told on standard error; on standard output, a table and, last, a JSON array of
 * {@linkcode Result}s. The client has its defaults, so that the camera is sent in
 * two sizes, as there are three people. With `--only TEXT`, those conditions
 * whose name has it; with `--one-size`, a camera without simulcast.
 *
 * @module
 */
import { type CallPage, tileOf } from "./support/call_page.ts";
import {
  type Condition,
  CONDITIONS,
  LinkWatch,
  type Result,
  tableOf,
  USUAL_LINK,
} from "./support/impairments.ts";
import { LinkModel } from "./support/link_model.ts";
import { LinkRelay } from "./support/link_relay.ts";
import { longestGapMs, type ProbeReport } from "./support/media_probe.ts";
import { requireProgram } from "./support/required_programs.ts";
import { TestCall } from "./support/test_call.ts";
import { seededRandom } from "./support/virtual_time.ts";

/** How long the link is a usual one before each condition, in milliseconds. */
const REST_MS = 6_000;

/** How often the link is looked at, in milliseconds. */
const SAMPLE_MS = 50;

/** Ada sends; Bea watches over the link that is made bad, Cy over none. */
interface Scene {
  readonly ada: CallPage;
  readonly bea: CallPage;
  readonly cy: CallPage;
  readonly up: LinkModel;
  readonly down: LinkModel;
}

async function measure(scene: Scene, condition: Condition): Promise<Result> {
  const { ada, bea, cy, up, down } = scene;
  up.conditions = down.conditions = USUAL_LINK;
  await pause(REST_MS);
  say(condition.name);
  up.conditions = down.conditions = { ...USUAL_LINK, ...condition.both };
  const before = await reportsOf([ada, bea, cy]);
  const startMs = performance.now();
  const watch = new LinkWatch(down);
  const sampler = setInterval(() => watch.sample(performance.now()), SAMPLE_MS);
  await act(scene, condition);
  clearInterval(sampler);
  const after = await reportsOf([ada, bea, cy]);
  const endMs = performance.now();
  const capacity = capacityOf(condition);
  const [narrow, wide] = (condition.steps ?? []).map(([second]) =>
    startMs + second * 1_000
  );
  // A camera may not need all of a wide link.
  const usableBps = narrow === undefined ? USUAL_LINK.rateBps : Math.min(
    USUAL_LINK.rateBps,
    watch.rateBps(narrow - 5_000, narrow),
  );
  const encoded = after[0]!.framesEncoded - before[0]!.framesEncoded;
  const seen = (index: number) =>
    seenBy(before[index]!, after[index]!, encoded);
  return {
    condition: condition.name,
    ...seen(1),
    settledDownMs: narrow === undefined || wide === undefined
      ? null
      : watch.settledDownMs(narrow, wide),
    settledUpMs: wide === undefined
      ? null
      : watch.settledUpMs(wide, endMs, usableBps),
    rateBps: Math.round(watch.rateBps(endMs - 5_000, endMs)),
    narrowUsed: narrow === undefined || wide === undefined
      ? null
      : round(watch.rateBps(narrow + 5_000, wide) / narrowOf(condition)),
    linkUsed: round(watch.rateBps(startMs, endMs) / capacity),
    other: seen(2),
  };
}

/** Does what a condition wants, and waits for its end. */
async function act(
  { up, down }: Scene,
  { seconds, steps = [], outage }: Condition,
): Promise<void> {
  const timers = steps.map(([second, change]) =>
    setTimeout(() => {
      down.conditions = { ...down.conditions, ...change };
    }, second * 1_000)
  );
  if (outage !== undefined) {
    timers.push(setTimeout(() => {
      const until = performance.now() + outage.ms;
      up.outage(until);
      down.outage(until);
    }, outage.atSecond * 1_000));
  }
  await pause(seconds * 1_000);
  for (const timer of timers) clearTimeout(timer);
}

/** On average, in bit/s. */
function capacityOf({ seconds, steps = [], both }: Condition): number {
  let sum = 0;
  let from = 0;
  let rate = both?.rateBps ?? USUAL_LINK.rateBps;
  for (const [second, { rateBps = rate }] of steps) {
    sum += rate * (second - from);
    [from, rate] = [second, rateBps];
  }
  return (sum + rate * (seconds - from)) / seconds;
}

/** After the step down, in bit/s. */
function narrowOf({ steps = [] }: Condition): number {
  return steps[0]?.[1].rateBps ?? USUAL_LINK.rateBps;
}

/** What somebody saw and heard of Ada between two reports. */
function seenBy(before: ProbeReport, after: ProbeReport, encoded: number) {
  const framesMs = (tileOf(after.tiles, "ada")?.framesMs ?? [])
    .filter((ms) => ms >= before.nowMs);
  // A freeze that lasts until the end counts too.
  const longest = longestGapMs([before.nowMs, ...framesMs, after.nowMs]);
  const samples = after.audio.samples - before.audio.samples;
  const concealed = after.audio.concealedSamples -
    before.audio.concealedSamples;
  return {
    framesShown: round(Math.min(1, framesMs.length / encoded)),
    longestFreezeMs: Math.round(longest),
    audioPlayed: round(1 - concealed / samples),
    audioGapsMs: Math.round(concealed / 48),
    height: after.video.height,
  };
}

function reportsOf(pages: readonly CallPage[]): Promise<ProbeReport[]> {
  return Promise.all(pages.map((page) => page.report()));
}

function round(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(line: string): void {
  console.error(`impair: ${line}`);
}

const GROUP = {
  displayName: "Maths 101",
  users: { ada: { password: "secret", permissions: "present" } },
  "wildcard-user": { password: { type: "wildcard" }, permissions: "message" },
};

function readOptions(args: readonly string[]) {
  const options = { only: "", oneSize: false };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--one-size") options.oneSize = true;
    else if (args[i] === "--only") options.only = args[++i] ?? "";
    else {
      throw new Error(
        `No such option: ${args[i]}; --only TEXT and --one-size are some`,
      );
    }
  }
  return options;
}

async function main(): Promise<void> {
  requireProgram("chromium");
  const { only, oneSize } = readOptions(Deno.args);
  const wanted = CONDITIONS.filter(({ name }) => name.includes(only));
  await using call = await TestCall.start({ groups: { maths: GROUP } });
  const up = new LinkModel(USUAL_LINK, seededRandom(1));
  const down = new LinkModel(USUAL_LINK, seededRandom(2));
  using relay = new LinkRelay({ port: call.server.media, up, down });
  const route = { from: call.server.media, to: relay.port };
  say("opening three browsers");
  const ada = await call.newPage("ada", {
    sends: "unlimited",
    ...oneSize ? { simulcast: "off" as const } : {},
  });
  await ada.join(`${call.server.http}/group/maths/`, "secret");
  const bea = await call.enter("bea", { route });
  const cy = await call.enter("cy");
  await bea.sees("ada");
  await cy.sees("ada");
  const results: Result[] = [];
  for (const condition of wanted) {
    results.push(await measure({ ada, bea, cy, up, down }, condition));
    say(JSON.stringify(results.at(-1)));
  }
  console.log(tableOf(results));
  console.log(JSON.stringify(results));
}

if (import.meta.main) {
  try {
    await main();
    Deno.exit(0);
  } catch (error) {
    say(error instanceof Error ? error.stack ?? error.message : String(error));
    Deno.exit(1);
  }
}

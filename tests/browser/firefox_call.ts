/**
 * A call between Firefox and Chromium, to be run in a private network. Prints
 * one JSON object: what each of them received of the other.
 *
 * @module
 */
import { BrowserPair } from "../support/browser_pair.ts";
import type { CallPage } from "../support/call_page.ts";
import { longestGapMs } from "../support/media_probe.ts";
import { PRIVATE_ADDRESS } from "../support/private_network.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** What one browser received of the other. */
export interface Received {
  readonly framesDecoded: number;
  readonly audioEnergy: number;
  /** When the other's flow is replaced by another. */
  readonly replaceGapMs: number;
  /** Whether the tile was the same element before and after that. */
  readonly keptTile: boolean;
}

/** What the script prints. */
export interface FirefoxReport {
  readonly firefox: Received;
  readonly chromium: Received;
}

/** Peers of one of two people: one for the own flow, one for the other's. */
const PEERS = 2;

/** Watches the other until there is enough, then has it replace its flow. */
async function receive(viewer: CallPage, other: CallPage): Promise<Received> {
  await viewer.page.bringToFront();
  const before = await viewer.sees(other.username);
  const { video, audio } = await waitFor(
    `${viewer.username} to receive pictures and sound`,
    () => viewer.report(),
    ({ video, audio }) => video.framesDecoded > 30 && audio.energy > 0,
  );
  // An earlier replacement of the viewer's own flow may not be over yet.
  const start = await waitFor(
    `nothing but one peer each way at ${viewer.username}'s`,
    () => viewer.report(),
    ({ openPeers }) => openPeers === PEERS,
  );
  await other.chooseQuality("low");
  const settled = await viewer.settlesAfter(start);
  // Firefox has been seen to draw nothing any more, its own camera neither, as
  // it does in a tab that is behind another.
  await viewer.page.bringToFront();
  const after = await viewer.seesAfter(other.username, settled.nowMs);
  return {
    framesDecoded: video.framesDecoded,
    audioEnergy: audio.energy,
    replaceGapMs: longestGapMs(after.framesMs, start.nowMs),
    keptTile: after.element === before.element &&
      after.localId === before.localId && settled.removedTiles.length === 0,
  };
}

async function call(server: TestServer): Promise<FirefoxReport> {
  await using browsers = await BrowserPair.open();
  const { alice, bob } = await browsers.newPages();
  const link = `${server.http}/group/maths/`;
  await alice.join(link);
  await bob.join(link);
  return {
    firefox: await receive(bob, alice),
    chromium: await receive(alice, bob),
  };
}

if (import.meta.main) {
  await using server = await TestServer.start({
    host: PRIVATE_ADDRESS,
    groups: { maths: OPEN_GROUP },
  });
  try {
    console.log(JSON.stringify(await call(server)));
  } catch (error) {
    console.error(server.log());
    throw error;
  }
}

/**
 * A call between two browsers where nothing goes by UDP, to be run in a private
 * network. Prints one JSON object: what each received, and how.
 *
 * @module
 */
import type { CallPage } from "../support/call_page.ts";
import { forbidUdp, hasUdp } from "../support/forbid_udp.ts";
import { People } from "../support/people.ts";
import { PRIVATE_ADDRESS } from "../support/private_network.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** What one browser received of the other. */
export interface ReceivedOverTcp {
  readonly framesDecoded: number;
  readonly audioEnergy: number;
}

/** What the script prints. */
export interface TcpReport {
  /** Whether a datagram could be sent all the same. */
  readonly hasUdp: boolean;
  readonly alice: ReceivedOverTcp;
  readonly bob: ReceivedOverTcp;
}

async function receive(viewer: CallPage): Promise<ReceivedOverTcp> {
  const { video, audio } = await waitFor(
    `${viewer.username} to receive pictures and sound`,
    () => viewer.report(),
    ({ video, audio }) => video.framesDecoded > 60 && audio.energy > 0,
  );
  const { framesDecoded } = video;
  return { framesDecoded, audioEnergy: audio.energy };
}

if (import.meta.main) {
  await forbidUdp();
  await using server = await TestServer.start({
    host: PRIVATE_ADDRESS,
    groups: { maths: OPEN_GROUP },
  });
  await using people = await People.gather();
  try {
    const alice = await people.newPage("alice");
    const bob = await people.newPage("bob");
    await alice.join(`${server.http}/group/maths/`);
    await bob.join(`${server.http}/group/maths/`);
    const report: TcpReport = {
      hasUdp: await hasUdp(),
      alice: await receive(alice),
      bob: await receive(bob),
    };
    console.log(JSON.stringify(report));
  } catch (error) {
    console.error(server.log(), people.log());
    throw error;
  }
}

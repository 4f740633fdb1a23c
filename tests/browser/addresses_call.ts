/**
 * Calls by other addresses than usual, to be run in a private network. Prints
 * one JSON object: by which addresses media came.
 *
 * @module
 */
import type { CallPage } from "../support/call_page.ts";
import { People } from "../support/people.ts";
import {
  PRIVATE_ADDRESS,
  PRIVATE_ADDRESS_6,
} from "../support/private_network.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** An address on the private network that nobody has. */
const NOBODY = "10.99.0.77";

/** What the script prints. */
export interface AddressesReport {
  /** With an address that nobody has announced first, and IPv6 last. */
  readonly several: readonly string[];
  /** With an address of IPv6 alone. */
  readonly ipv6: readonly string[];
}

/** Has somebody receive pictures and sound; by which addresses. */
async function receive(viewer: CallPage): Promise<readonly string[]> {
  const { serverAddresses } = await waitFor(
    `${viewer.username} to receive pictures and sound`,
    () => viewer.report(),
    ({ video, audio, serverAddresses }) =>
      video.framesDecoded > 20 && audio.energy > 0 &&
      serverAddresses.length === 2 && serverAddresses.every(Boolean),
  );
  return serverAddresses;
}

/** Two people on a server that announces these addresses. */
async function call(
  people: People,
  announced: readonly string[],
): Promise<readonly string[]> {
  await using server = await TestServer.start({
    announced,
    groups: { maths: OPEN_GROUP },
  });
  try {
    const alice = await people.newPage("alice");
    const bob = await people.newPage("bob");
    await alice.join(`${server.http}/group/maths/`);
    await bob.join(`${server.http}/group/maths/`);
    const addresses = [...await receive(alice), ...await receive(bob)];
    await alice.leave();
    await bob.leave();
    return addresses;
  } catch (error) {
    console.error(server.log(), people.log());
    throw error;
  }
}

if (import.meta.main) {
  await using people = await People.gather();
  const report: AddressesReport = {
    several: await call(people, [NOBODY, PRIVATE_ADDRESS, PRIVATE_ADDRESS_6]),
    ipv6: await call(people, [PRIVATE_ADDRESS_6]),
  };
  console.log(JSON.stringify(report));
}

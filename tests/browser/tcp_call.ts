/**
 * A call between two browsers where nothing goes by UDP, to be run in a private
 * network. Prints one JSON object: what each received, and how.
 *
 * @module
 */
import type { CallPage } from "../support/call_page.ts";
import { People } from "../support/people.ts";
import { PRIVATE_ADDRESS } from "../support/private_network.ts";
import { requireProgram } from "../support/required_programs.ts";
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

/** Has the system refuse to send datagrams, on loopback, too. */
async function forbidUdp(): Promise<void> {
  const rules = [
    "add pref 100 lookup local",
    "add pref 50 ipproto udp prohibit",
    "del pref 0",
  ];
  for (const rule of rules) {
    const { success } = await new Deno.Command(requireProgram("ip"), {
      args: ["rule", ...rule.split(" ")],
    }).output();
    if (!success) throw new Error(`Cannot forbid UDP: ip rule ${rule}`);
  }
}

async function hasUdp(): Promise<boolean> {
  const hostname = "127.0.0.1";
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  try {
    await socket.send(Uint8Array.of(1), socket.addr);
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
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

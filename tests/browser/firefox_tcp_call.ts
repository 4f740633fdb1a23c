/**
 * Calls between Firefox and Chromium where nothing goes by UDP, one for each
 * codec of pictures, to be run in a private network. Prints one JSON object:
 * what each received of the other.
 *
 * @module
 */
import { BrowserPair } from "../support/browser_pair.ts";
import type { CallPage } from "../support/call_page.ts";
import { forbidUdp, hasUdp } from "../support/forbid_udp.ts";
import { PRIVATE_ADDRESS } from "../support/private_network.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import { waitFor } from "../support/wait_for.ts";

/** By which names groups know the codecs. */
export const PICTURE_CODECS = ["vp8", "vp9", "h264", "av1"] as const;

/** What one browser received of the other. */
export interface ReceivedInCodec {
  /** As SDP names it: `video/VP8`. */
  readonly codec: string;
  readonly framesDecoded: number;
  readonly audioEnergy: number;
}

/** A call in one codec. */
export interface CodecCall {
  readonly codec: string;
  readonly firefox: ReceivedInCodec;
  readonly chromium: ReceivedInCodec;
}

/** What the script prints. */
export interface FirefoxTcpReport {
  /** Whether a datagram could be sent all the same. */
  readonly hasUdp: boolean;
  /** What Firefox says that it can send. */
  readonly able: readonly string[];
  readonly calls: readonly CodecCall[];
}

async function receive(viewer: CallPage): Promise<ReceivedInCodec> {
  const { pictures, audio } = await waitFor(
    `${viewer.username} to receive pictures and sound`,
    () => viewer.report(),
    ({ pictures: [picture], audio }) =>
      (picture?.framesDecoded ?? 0) > 20 && audio.energy > 0,
  );
  const { codec, framesDecoded } = pictures[0]!;
  return { codec, framesDecoded, audioEnergy: audio.energy };
}

/** The codecs of groups that a browser can send. */
async function codecsOf(person: CallPage): Promise<string[]> {
  const types = await person.page.evaluate(() =>
    RTCRtpSender.getCapabilities("video")?.codecs
      .map(({ mimeType }) => mimeType.toLowerCase()) ?? []
  );
  return PICTURE_CODECS.filter((codec) => types.includes(`video/${codec}`));
}

if (import.meta.main) {
  await using server = await TestServer.start({
    host: PRIVATE_ADDRESS,
    groups: Object.fromEntries(
      PICTURE_CODECS.map((codec) => [
        codec,
        { ...OPEN_GROUP, codecs: [codec, "opus"] },
      ]),
    ),
  });
  try {
    await forbidUdp(server.mediaPorts);
    await using browsers = await BrowserPair.open();
    const { alice, bob } = await browsers.newPages();
    await bob.page.goto(`${server.http}/group/vp8/`);
    const able = await codecsOf(bob);
    const calls: CodecCall[] = [];
    for (const codec of able) {
      const link = `${server.http}/group/${codec}/`;
      await alice.join(link);
      await bob.join(link);
      const firefox = await receive(bob);
      calls.push({ codec, firefox, chromium: await receive(alice) });
    }
    const report: FirefoxTcpReport = {
      hasUdp: await hasUdp(server.media),
      able,
      calls,
    };
    console.log(JSON.stringify(report));
  } catch (error) {
    console.error(server.log());
    throw error;
  }
}

import { readTestSdp, writeTestAnswer } from "../support/test_sdp.ts";
import type { LineProcess } from "./line_process.ts";
import { LoadPeer, type LoadPeerContext } from "./load_peer.ts";
import { cpuBetween, readCpu } from "./process_cpu.ts";
import type { Scene, ScenePublisher } from "./scene.ts";
import { Traffic, TRAFFIC_KINDS } from "./traffic.ts";
import type { RelayOffers } from "./werift_relay.ts";

/** An open scene, and what one of its handshakes has cost the relay. */
export interface RelayScene extends Scene {
  readonly handshakeCpuMs: number;
}

/** Connects publishers, and subscribers to each, to `werift_relay.ts`. */
export async function openRelayScene(
  relay: LineProcess,
  options: { readonly publishers: number; readonly subscribers: number },
  context: LoadPeerContext,
): Promise<RelayScene> {
  await relay.tell({ kind: "open", ...options });
  const offers = (await relay.answer<RelayOffers>()).offers
    .map((offer) => offer.replaceAll(/\r?\n/g, "\r\n"));
  const peers = offers.map(() => new LoadPeer(context));
  const publishers: ScenePublisher[] = [];
  const answers = offers.map((offer, i) => {
    const peer = peers[i]!;
    const answer = writeTestAnswer(offer, peer.local);
    if (i >= options.publishers) return answer;
    const traffic = TRAFFIC_KINDS
      .map((kind, at) => new Traffic(kind, 1_000 * (i + 1) + at));
    publishers.push({ peer, traffic });
    return asSender(answer, traffic.map(({ ssrc }) => ssrc));
  });
  context.socket.pump();
  const before = readCpu(relay.pid);
  await relay.tell({ kind: "answer", answers });
  await Promise.all(
    peers.map((peer, i) =>
      peer.connect(readTestSdp(offers[i]!), portOf(offers[i]!))
    ),
  );
  await relay.answer();
  const spent = cpuBetween(before, readCpu(relay.pid));
  context.socket.stopPump();
  return {
    publishers,
    subscribers: peers.slice(options.publishers),
    handshakeCpuMs: spent * 1_000 / peers.length,
    close() {
      for (const peer of peers) peer.close();
    },
  };
}

/** Makes the answer of one that receives that of one that sends. */
function asSender(sdp: string, ssrcs: readonly number[]): string {
  let section = 0;
  return sdp.replaceAll(
    "a=recvonly",
    () => `a=sendonly\r\na=ssrc:${ssrcs[section++]} cname:load`,
  );
}

/** Of the candidate at 127.0.0.1. */
function portOf(sdp: string): number {
  const port = /^a=candidate:.* 127\.0\.0\.1 (\d+) typ host/m.exec(sdp)?.[1];
  if (port === undefined) throw new Error(`No local candidate in ${sdp}`);
  return Number(port);
}

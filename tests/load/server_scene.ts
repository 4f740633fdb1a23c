import {
  answerTo,
  readTestSdp,
  writeTestAnswer,
  writeTestOffer,
} from "../support/test_sdp.ts";
import { LoadClient, type OfferedFlow } from "./load_client.ts";
import { LoadPeer, type LoadPeerContext } from "./load_peer.ts";
import type { Scene, ScenePublisher } from "./scene.ts";
import { cpuBetween, readCpu } from "./process_cpu.ts";
import { Traffic, TRAFFIC_KINDS } from "./traffic.ts";
import { ViewerFeedback } from "./viewer_feedback.ts";

/** Which server, and who is in the call. */
export interface ServerSceneOptions {
  /** `http://127.0.0.1:PORT` */
  readonly http: string;
  readonly mediaPort: number;
  readonly pid: number;
  readonly group: string;
  readonly publishers: number;
  /** Who publish nothing; publishers see each other too. */
  readonly viewers: number;
  /** Whether viewers say what they get, as browsers do; not unless given. */
  readonly feedback?: boolean;
  /** In how many parts, one after the other, subscribers connect; 1 unless given. */
  readonly batches?: number;
  /** Called after each. */
  readonly afterBatch?: (connected: number) => Promise<void>;
}

/** What an open scene has cost. */
export interface ServerScene extends Scene {
  /** For one peer's ICE and DTLS, with what follows from it, in milliseconds. */
  readonly handshakeCpuMs: number;
}

/** A subscriber that has its offer, and has not answered yet. */
interface Waiting {
  readonly client: LoadClient;
  readonly flow: OfferedFlow;
  readonly peer: LoadPeer;
}

/**
 * Joins a group, publishes and subscribes. Sound and picture belong to one flow,
 * so that one set of peers does for loads of either kind.
 */
export async function openServerScene(
  options: ServerSceneOptions,
  context: LoadPeerContext,
): Promise<ServerScene> {
  const { http, mediaPort, pid, group } = options;
  const peers: LoadPeer[] = [];
  context.socket.pump();
  const newPeer = () => {
    const peer = new LoadPeer(context);
    peers.push(peer);
    return peer;
  };
  const clients = Array.from(
    { length: options.publishers + options.viewers },
    (_, i) => new LoadClient(http, group, `load${i}`),
  );
  await Promise.all(clients.map((client) => client.joined()));
  const isPublisher = (client: LoadClient) =>
    clients.indexOf(client) < options.publishers;

  const publishers: ScenePublisher[] = [];
  for (let i = 0; i < options.publishers; i++) {
    const peer = newPeer();
    const tracks = TRAFFIC_KINDS.map((kind, at) => ({
      kind,
      ssrc: 1_000 * (i + 1) + at,
    }));
    const offer = writeTestOffer(tracks, peer.local);
    const answer = await clients[i]!.offer(`flow${group}${i}`, offer);
    await peer.connect(readTestSdp(answer), mediaPort);
    const traffic = tracks.map(({ kind, ssrc }) => new Traffic(kind, ssrc));
    publishers.push({ peer, traffic });
  }
  // A flow is offered to others when packets of all its tracks have come.
  for (const { peer, traffic } of publishers) {
    for (const track of traffic) {
      track.burst(0, (header, payload) => peer.queueRtp(header, payload));
    }
  }
  context.socket.flush();

  const subscribers: LoadPeer[] = [];
  const perBatch = Math.ceil(clients.length / (options.batches ?? 1));
  let handshakesCpu = 0;
  for (let first = 0; first < clients.length; first += perBatch) {
    const batch = clients.slice(first, first + perBatch);
    const waiting = (await Promise.all(batch.map(async (client) => {
      client.request(TRAFFIC_KINDS);
      const others = options.publishers - (isPublisher(client) ? 1 : 0);
      const flows: Waiting[] = [];
      while (flows.length < others) {
        const flow = await client.nextOffer();
        flows.push({ client, flow, peer: newPeer() });
      }
      return flows;
    }))).flat();
    if (options.feedback) giveFeedback(waiting, context);
    const before = readCpu(pid);
    await Promise.all(waiting.map(async ({ client, flow, peer }) => {
      client.answer(flow.id, answerOf(flow, peer, options));
      await peer.connect(readTestSdp(flow.sdp), mediaPort);
      subscribers.push(peer);
    }));
    handshakesCpu += cpuBetween(before, readCpu(pid));
    await options.afterBatch?.(subscribers.length);
  }
  context.socket.stopPump();
  return {
    publishers,
    subscribers,
    handshakeCpuMs: handshakesCpu * 1_000 / Math.max(1, subscribers.length),
    close() {
      for (const peer of peers) peer.close();
      for (const client of clients) client.close();
    },
  };
}

/** What a viewer answers: it understands all, or what is needed to see. */
function answerOf(
  { sdp }: OfferedFlow,
  { local }: LoadPeer,
  { feedback = false }: ServerSceneOptions,
): string {
  if (!feedback) return writeTestAnswer(sdp, local);
  return answerTo(sdp)
    .replaceAll(/a=ice-ufrag:.*/g, `a=ice-ufrag:${local.iceUfrag}`)
    .replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${local.icePwd}`)
    .replaceAll(
      /a=fingerprint:.*/g,
      `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
    );
}

/** Not all of them speak at once. */
function giveFeedback(
  waiting: readonly Waiting[],
  { socket }: LoadPeerContext,
): void {
  waiting.forEach(({ flow, peer }, i) => {
    const share = i / waiting.length;
    peer.feedback = new ViewerFeedback(flow.sdp, share, socket.nowMs());
  });
}

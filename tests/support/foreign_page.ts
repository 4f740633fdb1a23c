/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { fileURLToPath } from "node:url";
import { esbuildPath } from "../../tools/esbuild_path.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Clients of WHIP and WHEP that nobody here wrote, as pages would use them: that
 * of the author of both protocols, which trickles, and a player of others.
 */
const SCRIPT = `
import { WebRTCPlayer } from "@eyevinn/webrtc-player";
import { WHEPClient } from "whip-whep/whep.js";
import { WHIPClient } from "whip-whep/whip.js";

globalThis.foreign = {
  async publish(url, token) {
    const peer = new RTCPeerConnection();
    const devices = { audio: true, video: { width: 320, height: 240 } };
    const stream = await navigator.mediaDevices.getUserMedia(devices);
    for (const track of stream.getTracks()) {
      peer.addTransceiver(track, { direction: "sendonly", streams: [stream] });
    }
    const client = new WHIPClient();
    await client.publish(peer, url, token);
    return { video: undefined, peer: () => peer, stop: () => client.stop() };
  },
  async view(url, token) {
    const peer = new RTCPeerConnection();
    const stream = new MediaStream();
    peer.ontrack = ({ track }) => stream.addTrack(track);
    peer.addTransceiver("audio", { direction: "recvonly" });
    peer.addTransceiver("video", { direction: "recvonly" });
    const client = new WHEPClient();
    await client.view(peer, url, token);
    const video = addVideo();
    video.srcObject = stream;
    return { video, peer: () => peer, stop: () => client.stop() };
  },
  async play(url, token) {
    const video = addVideo();
    const player = new WebRTCPlayer({ video, type: "whep", iceServers: [] });
    await player.load(new URL(url), "Bearer " + token);
    return { video, peer: () => player.peer, stop: () => player.destroy() };
  },
};

function addVideo() {
  const video = document.createElement("video");
  video.autoplay = true;
  document.body.append(video);
  return video;
}
`;

/** What a foreign client has done so far. */
export interface Done {
  readonly framesShown: number;
  readonly width: number;
  /** The sum of the sound's power over time; it grows unless there is silence. */
  readonly audioEnergy: number;
}

interface ForeignClient {
  readonly video: HTMLVideoElement | undefined;
  peer(): RTCPeerConnection;
  stop(): Promise<void> | void;
}

type Start = (url: string, token: string) => Promise<ForeignClient>;

declare global {
  var foreign: Readonly<Record<"publish" | "view" | "play", Start>>;
  var client: ForeignClient;
}

/** Serves the page of those clients, from an origin of its own. To be closed. */
export async function serveForeignPage(): Promise<
  AsyncDisposable & { readonly url: string }
> {
  const script = await bundle();
  const page = '<!doctype html><body><script src="script.js"></script>';
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) => {
      const isScript = new URL(url).pathname === "/script.js";
      const type = isScript ? "text/javascript" : "text/html";
      const headers = { "Content-Type": `${type}; charset=utf-8` };
      return new Response(isScript ? script : page, { headers });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Starts a client on such a page, one on each. */
export async function startForeignClient(
  page: Page,
  kind: "publish" | "view" | "play",
  url: string,
  token: string,
): Promise<void> {
  await page.evaluate(async ([kind, url, token]) => {
    globalThis.client = await globalThis.foreign[kind](url, token);
  }, [kind, url, token] as const);
}

/** What the client on the page has shown. */
export async function readDone(page: Page): Promise<Done> {
  return await page.evaluate(async () => {
    const { client } = globalThis;
    let audioEnergy = 0;
    for (const report of (await client.peer().getStats()).values()) {
      if (report.type !== "inbound-rtp" || report.kind !== "audio") continue;
      audioEnergy += report.totalAudioEnergy ?? 0;
    }
    return {
      framesShown: client.video?.getVideoPlaybackQuality().totalVideoFrames ??
        0,
      width: client.video?.videoWidth ?? 0,
      audioEnergy,
    };
  });
}

async function bundle(): Promise<string> {
  const esbuild = new Deno.Command(esbuildPath(), {
    args: ["--bundle", "--format=iife"],
    cwd: ROOT,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = esbuild.stdin.getWriter();
  await writer.write(new TextEncoder().encode(SCRIPT));
  await writer.close();
  const { success, stdout, stderr } = await esbuild.output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(new TextDecoder().decode(stderr));
}

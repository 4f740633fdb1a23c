/// <reference lib="dom" />

/** What a page has received of one kind since it was opened, all peers together. */
export interface ReceivedMedia {
  readonly packets: number;
  /** As the receiver counts them: expected and never arrived. */
  readonly packetsLost: number;
  /** Pictures, for video. */
  readonly framesDecoded: number;
  /** For video: of the highest picture that comes just now, in pixels. */
  readonly height: number;
  /** For audio: what was played, in samples, and of these what was made up. */
  readonly samples: number;
  readonly concealedSamples: number;
  /** For audio: the sum of its power over time; it grows unless there is silence. */
  readonly energy: number;
}

/** One tile of the page. */
export interface TileReport {
  readonly localId: string;
  readonly username: string;
  readonly own: boolean;
  /** Numbers the tiles by their element: another element, another number. */
  readonly element: number;
  /** When each picture was shown, by the page's clock. */
  readonly framesMs: readonly number[];
  /** How often what it shows ended, or began anew, after its first picture. */
  readonly interruptions: number;
}

/** One picture that a page receives, as it is just now. */
export interface ReceivedPicture {
  /** As SDP names it: `video/VP8`. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly framesDecoded: number;
  readonly keyframesDecoded: number;
  /** How often, and for how long in all, the picture stood still. */
  readonly freezes: number;
  readonly frozenSeconds: number;
}

/** One encoding of a picture that a page sends. */
export interface SentPicture {
  /** Empty if there is only one. */
  readonly rid: string;
  readonly active: boolean;
  /** Of its layers, as browsers name them; empty if they do not say. */
  readonly scalabilityMode: string;
  /** How often it was asked for a keyframe. */
  readonly keyframesAsked: number;
  readonly framesEncoded: number;
}

/** What a probe has seen so far. Times are by the page's clock. */
export interface ProbeReport {
  readonly nowMs: number;
  /** When the form was sent with which one joins; `undefined` before. */
  readonly joinedMs: number | undefined;
  /** When each peer that receives was connected, in their order. */
  readonly receiversConnectedMs: readonly number[];
  /** All peers that the page has made, those that are closed by now too. */
  readonly peersMade: number;
  /** Those of them that are not closed. */
  readonly openPeers: number;
  /** The server's ICE user fragments for them; others after an ICE restart. */
  readonly iceNames: readonly string[];
  /** The server's addresses by which media comes and goes, one for each peer. */
  readonly serverAddresses: readonly string[];
  readonly video: ReceivedMedia;
  readonly audio: ReceivedMedia;
  /** Of each peer that receives one. */
  readonly pictures: readonly ReceivedPicture[];
  readonly sent: readonly SentPicture[];
  /** Pictures that were encoded to be sent, in whatever sizes, by one peer. */
  readonly framesEncoded: number;
  readonly tiles: readonly TileReport[];
  /** The names on all tiles that were taken from the page, in their order. */
  readonly removedTiles: readonly string[];
}

declare global {
  /** Made by {@linkcode installProbe}. */
  var nereidProbe: { report(): Promise<ProbeReport> } | undefined;
}

/**
 * To be run in a page before its own scripts: watches peers and pictures. It is
 * sent there as text, so it must not use anything from outside of itself.
 */
export function installProbe(): void {
  interface Peer {
    readonly pc: RTCPeerConnection;
    connectedMs: number | undefined;
  }
  const peers: Peer[] = [];
  const elements = new Map<Element, number>();
  const frames = new Map<string, number[]>();
  const interruptions = new Map<string, number>();
  const removedTiles: string[] = [];
  let joinedMs: number | undefined;

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      const peer: Peer = { pc: this, connectedMs: undefined };
      peers.push(peer);
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState !== "connected") return;
        peer.connectedMs ??= performance.now();
      });
    }
  };

  addEventListener("submit", () => joinedMs ??= performance.now(), true);

  const watched = new WeakSet<HTMLVideoElement>();
  const watch = (video: HTMLVideoElement) => {
    if (watched.has(video)) return;
    watched.add(video);
    const shownTile = () => {
      // The other of a tile's two elements plays unseen before it takes over.
      if (video.dataset["front"] === undefined) return undefined;
      const tile = video.closest<HTMLElement>("[data-local-id]");
      return tile?.dataset["localId"];
    };
    const note = (nowMs: number) => {
      video.requestVideoFrameCallback(note);
      const localId = shownTile();
      if (localId === undefined) return;
      const times = frames.get(localId) ?? [];
      times.push(nowMs);
      frames.set(localId, times);
    };
    video.requestVideoFrameCallback(note);
    for (const type of ["emptied", "ended"]) {
      video.addEventListener(type, () => {
        const localId = shownTile();
        if (localId === undefined || !frames.has(localId)) return;
        interruptions.set(localId, (interruptions.get(localId) ?? 0) + 1);
      });
    }
  };
  new MutationObserver((mutations) => {
    for (const node of mutations.flatMap((each) => [...each.removedNodes])) {
      if (!(node instanceof HTMLElement)) continue;
      const { localId, username } = node.dataset;
      if (localId !== undefined) removedTiles.push(username ?? "");
    }
    for (const video of document.querySelectorAll("video")) watch(video);
  }).observe(document, { childList: true, subtree: true });

  const sumOf = (reports: RTCStatsReport[], kind: string): ReceivedMedia => {
    const sum = {
      packets: 0,
      packetsLost: 0,
      framesDecoded: 0,
      height: 0,
      samples: 0,
      concealedSamples: 0,
      energy: 0,
    };
    for (const report of reports) {
      report.forEach((entry) => {
        if (entry.type !== "inbound-rtp" || entry.kind !== kind) return;
        sum.packets += entry.packetsReceived ?? 0;
        sum.packetsLost += entry.packetsLost ?? 0;
        sum.height = Math.max(sum.height, entry.frameHeight ?? 0);
        sum.framesDecoded += entry.framesDecoded ?? 0;
        sum.samples += entry.totalSamplesReceived ?? 0;
        sum.concealedSamples += entry.concealedSamples ?? 0;
        sum.energy += entry.totalAudioEnergy ?? 0;
      });
    }
    return sum;
  };

  const picturesOf = (report: RTCStatsReport): ReceivedPicture[] => {
    const pictures: ReceivedPicture[] = [];
    report.forEach((entry) => {
      if (entry.type !== "inbound-rtp" || entry.kind !== "video") return;
      pictures.push({
        codec: report.get(entry.codecId)?.mimeType ?? "",
        width: entry.frameWidth ?? 0,
        height: entry.frameHeight ?? 0,
        framesDecoded: entry.framesDecoded ?? 0,
        keyframesDecoded: entry.keyFramesDecoded ?? 0,
        freezes: entry.freezeCount ?? 0,
        frozenSeconds: entry.totalFreezesDuration ?? 0,
      });
    });
    return pictures;
  };

  const sentOf = (report: RTCStatsReport): SentPicture[] => {
    const pictures: SentPicture[] = [];
    report.forEach((entry) => {
      if (entry.type !== "outbound-rtp" || entry.kind !== "video") return;
      pictures.push({
        rid: entry.rid ?? "",
        active: entry.active ?? true,
        scalabilityMode: entry.scalabilityMode ?? "",
        keyframesAsked: (entry.pliCount ?? 0) + (entry.firCount ?? 0),
        framesEncoded: entry.framesEncoded ?? 0,
      });
    });
    return pictures;
  };

  const serverAddressOf = (report: RTCStatsReport): string => {
    let address = "";
    report.forEach((entry) => {
      if (entry.type !== "candidate-pair" || !entry.nominated) return;
      if (entry.state !== "succeeded") return;
      address = report.get(entry.remoteCandidateId)?.address ?? "";
    });
    return address;
  };

  const countEncoded = (reports: RTCStatsReport[]) => {
    let frames = 0;
    for (const report of reports) {
      report.forEach((entry) => {
        if (entry.type !== "outbound-rtp") return;
        // Of simulcast's sizes, each has all pictures.
        frames = Math.max(frames, entry.framesEncoded ?? 0);
      });
    }
    return frames;
  };

  const toTile = (tile: HTMLElement): TileReport => {
    const { localId = "", username = "", own } = tile.dataset;
    const element = elements.get(tile) ?? elements.size;
    elements.set(tile, element);
    return {
      localId,
      username,
      own: own !== undefined,
      element,
      framesMs: frames.get(localId) ?? [],
      interruptions: interruptions.get(localId) ?? 0,
    };
  };

  // Of a peer that is closed while it is asked, Firefox never answers, or says
  // that it cannot.
  const statsOf = (pc: RTCPeerConnection) =>
    Promise.race([
      pc.getStats().catch(() => undefined),
      new Promise<undefined>((resolve) => setTimeout(resolve, 2_000)),
    ]);

  globalThis.nereidProbe = {
    async report() {
      const live = peers.filter(({ pc }) => pc.connectionState !== "closed");
      const asked = await Promise.all(live.map(({ pc }) => statsOf(pc)));
      const reports = asked.filter((report) => report !== undefined);
      const tiles = document.querySelectorAll<HTMLElement>("[data-local-id]");
      return {
        nowMs: performance.now(),
        joinedMs,
        receiversConnectedMs: peers
          .filter(({ pc }) =>
            pc.getTransceivers().some(({ direction }) =>
              direction === "recvonly"
            )
          )
          .flatMap(({ connectedMs }) => connectedMs ?? []),
        peersMade: peers.length,
        openPeers: live.length,
        // One may be closed by now, of which Firefox tells nothing any more.
        iceNames: live.filter(({ pc }) => pc.signalingState !== "closed").map((
          { pc },
        ) =>
          /a=ice-ufrag:(\S+)/.exec(pc.remoteDescription?.sdp ?? "")?.[1] ?? ""
        ),
        serverAddresses: reports.map(serverAddressOf),
        video: sumOf(reports, "video"),
        audio: sumOf(reports, "audio"),
        pictures: reports.flatMap(picturesOf),
        sent: reports.flatMap(sentOf),
        framesEncoded: countEncoded(reports),
        tiles: [...tiles].map(toTile),
        removedTiles,
      };
    },
  };
}

/** The longest time between two pictures from `fromMs` on, in milliseconds. */
export function longestGapMs(
  framesMs: readonly number[],
  fromMs = -Infinity,
): number {
  const gaps = framesMs.slice(1).flatMap((time, at) => {
    return time < fromMs ? [] : [time - (framesMs[at] ?? time)];
  });
  return Math.max(0, ...gaps);
}

import type { Instant } from "../lib/time.ts";
import type { Encodings } from "./encodings.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import { MAX_MISSING } from "./rtp/nack_generator.ts";
import { upstreamBitrate, type ViewerLimit } from "./rtp/remb.ts";
import { emptyBlock, type ReportBlock, RtcpWriter } from "./rtp/rtcp_writer.ts";
import type { ArrivalLog } from "./rtp/transport_feedback.ts";
import type { TrackViewer } from "./track_viewer.ts";
import type { PeerTransport } from "./transport/ports.ts";

/** Between receiver reports, in milliseconds (B-50). */
const REPORT_INTERVAL_MS = 1_000;

/**
 * Between messages of feedback on all packets of the peer, in milliseconds.
 * Lower lets the publisher's estimate follow sooner; higher costs less of the
 * way to it.
 */
const FEEDBACK_INTERVAL_MS = 50;

/**
 * How often it is looked whether viewers can take less or more than the publisher
 * was told, in milliseconds, and by which part it has to differ to say so at
 * once. Lower keeps queues shorter; higher costs less.
 */
const LIMIT_INTERVAL_MS = 100;
const LIMIT_CHANGE = 0.03;

/** Room for a compound packet: 31 blocks, a REMB and a full NACK fit. */
const PACKET_SIZE = 1_400;

/** What we tell a publisher: what came, what is missing, how much to send. */
export class PublisherReports {
  /** We send no media to a publisher, but RTCP must come from somebody. */
  readonly #ssrc: number;
  readonly #transport: PeerTransport;
  readonly #writer = new RtcpWriter(new Uint8Array(PACKET_SIZE));
  readonly #missing = new Uint16Array(MAX_MISSING);
  /** What the viewers of other threads can take, in bit/s; 0: nobody there. */
  relayedBps = 0;
  /** Whether a recorder gets it: alone, it must not hold the publisher back. */
  isRecorded = false;
  #nextReport = 0;
  #nextFeedback = 0;
  #nextLimit = 0;
  /** What the publisher was told last to send at most. */
  #limitBps = Infinity;
  /** Of which the writer takes the lowest eight bits. */
  #nextFir = 0;

  constructor(ssrc: number, transport: PeerTransport) {
    this.#ssrc = ssrc;
    this.#transport = transport;
  }

  /** Sends what is due now. */
  poll(
    tracks: readonly PublisherTrack[],
    arrivals: ArrivalLog,
    now: Instant,
  ): void {
    if (now >= this.#nextFeedback && arrivals.pending) {
      this.#nextFeedback = now + FEEDBACK_INTERVAL_MS;
      this.#feedback(tracks, arrivals);
    }
    for (const track of tracks) {
      if (!track.live) continue;
      this.#pollMissing(track, now);
      this.#pollKeyframe(track, now);
      track.pollCache(now);
    }
    if (now >= this.#nextReport) {
      this.#nextReport = now + REPORT_INTERVAL_MS;
      this.#report(tracks, now);
    } else if (now >= this.#nextLimit) {
      this.#nextLimit = now + LIMIT_INTERVAL_MS;
      this.#pollLimit(tracks, now);
    }
  }

  /** When each packet came, by which the publisher estimates its path. */
  #feedback(tracks: readonly PublisherTrack[], arrivals: ArrivalLog): void {
    // About the peer as a whole, but the format wants one of its sources.
    const source = tracks.find((track) => track.live)?.ssrc ?? 0;
    while (arrivals.pending) {
      this.#begin();
      this.#writer.transportFeedback(this.#ssrc, source, arrivals);
      this.#transport.sendRtcp(this.#writer.packet());
    }
  }

  #pollMissing(track: PublisherTrack, now: Instant): void {
    const count = track.pollMissing(now, this.#missing);
    if (count === 0) return;
    this.#begin();
    this.#writer.nack(this.#ssrc, track.ssrc, this.#missing, count);
    this.#transport.sendRtcp(this.#writer.packet());
  }

  /**
   * Asks for a keyframe in the way that the publisher understands: PLI, or FIR
   * if it has named nothing else (RFC 5104 §4.3.1). Each FIR is a new request.
   */
  #pollKeyframe(track: PublisherTrack, now: Instant): void {
    const prefersPli = track.understands("nack pli");
    if (!prefersPli && !track.understands("ccm fir")) return;
    if (track.kind !== "video" || !track.keyframes.poll(now)) return;
    this.#begin();
    if (prefersPli) this.#writer.pli(this.#ssrc, track.ssrc);
    else this.#writer.fir(this.#ssrc, track.ssrc, this.#nextFir++);
    this.#transport.sendRtcp(this.#writer.packet());
  }

  /** Receiver report and REMB (B-50, B-51). */
  #report(tracks: readonly PublisherTrack[], now: Instant): void {
    const blocks: ReportBlock[] = [];
    for (const track of tracks) {
      const block = emptyBlock();
      if (track.report(now, block)) blocks.push(block);
    }
    if (blocks.length === 0) return;
    this.#writer.reset();
    this.#writer.receiverReport(this.#ssrc, blocks);
    this.#writeLimit(tracks.filter(canBeLimited), now);
    this.#transport.sendRtcp(this.#writer.packet());
  }

  /** Does not wait for the next report where viewers can take less, or more. */
  #pollLimit(tracks: readonly PublisherTrack[], now: Instant): void {
    const limited = tracks.filter(canBeLimited);
    if (limited.length === 0) return;
    const ratio = this.#limitOf(limited, now) / this.#limitBps;
    if (ratio > 1 - LIMIT_CHANGE && ratio < 1 + LIMIT_CHANGE) return;
    this.#begin();
    this.#writeLimit(limited, now);
    this.#transport.sendRtcp(this.#writer.packet());
  }

  #writeLimit(limited: readonly PublisherTrack[], now: Instant): void {
    if (limited.length === 0) return;
    this.#limitBps = this.#limitOf(limited, now);
    const sources = limited.map(({ ssrc }) => ssrc);
    this.#writer.remb(this.#ssrc, this.#limitBps, sources);
  }

  #limitOf(limited: readonly PublisherTrack[], now: Instant): number {
    return Math.max(
      limitOf(limited, this.isRecorded, now),
      this.relayedBps,
    );
  }

  /** A compound packet has to begin with a report (RFC 3550 §6.1). */
  #begin(): void {
    this.#writer.reset();
    this.#writer.receiverReport(this.#ssrc, []);
  }
}

function canBeLimited(track: PublisherTrack): boolean {
  return track.live && track.kind === "video" &&
    track.understands("goog-remb");
}

/** A recorder takes whatever comes (row C-11). */
const RECORDER: ViewerLimit = {
  rateBps: Infinity,
  maxSpatialLayer: 0,
  maxTemporalLayer: 0,
};

/** What the viewers of these tracks can take together, in bit/s (B-51). */
function limitOf(
  limited: readonly PublisherTrack[],
  isRecorded: boolean,
  now: Instant,
): number {
  return upstreamBitrate(limited.map((track) => {
    const { encodings } = track;
    const isOneOfSeveral = encodings !== undefined && encodings.all.length > 1;
    const viewers = isOneOfSeveral
      ? bestOf(encodings, now)
      : limitsOf(track, track.viewers, now);
    return {
      isLow: isOneOfSeveral && encodings.delivering(now)[0] === track,
      viewers: isRecorded ? [...viewers, RECORDER] : viewers,
    };
  }));
}

/** Who can take most: others have a smaller encoding to fall back on. */
function bestOf(encodings: Encodings, now: Instant): ViewerLimit[] {
  const rates = [...encodings.viewers]
    .filter(({ isSent, wantsHigh }) => isSent && wantsHigh)
    .map((viewer) => viewer.rateBps(now));
  return rates.length === 0 ? [] : [{
    rateBps: Math.max(...rates),
    maxSpatialLayer: 0,
    maxTemporalLayer: 0,
  }];
}

function limitsOf(
  { layerRates }: PublisherTrack,
  viewers: readonly TrackViewer[],
  now: Instant,
): ViewerLimit[] {
  const maxSpatialLayer = layerRates.topSpatial(now);
  const maxTemporalLayer = layerRates.topTemporal(now);
  return viewers.map((viewer) => ({
    rateBps: viewer.rateBps(now),
    maxSpatialLayer,
    maxTemporalLayer,
  }));
}

import type { Instant } from "../lib/time.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import { MAX_MISSING } from "./rtp/nack_generator.ts";
import { upstreamBitrate } from "./rtp/remb.ts";
import { type ReportBlock, RtcpWriter } from "./rtp/rtcp_writer.ts";
import type { PeerTransport } from "./transport/ports.ts";

/** Between receiver reports, in milliseconds (B-50). */
const REPORT_INTERVAL_MS = 1_000;

/** Room for a compound packet: 31 blocks, a REMB and a full NACK fit. */
const PACKET_SIZE = 1_400;

/** What we tell a publisher: what came, what is missing, how much to send. */
export class PublisherReports {
  /** We send no media to a publisher, but RTCP must come from somebody. */
  readonly #ssrc: number;
  readonly #transport: PeerTransport;
  readonly #writer = new RtcpWriter(new Uint8Array(PACKET_SIZE));
  readonly #missing = new Uint16Array(MAX_MISSING);
  #nextReport = 0;
  /** Of which the writer takes the lowest eight bits. */
  #nextFir = 0;

  constructor(ssrc: number, transport: PeerTransport) {
    this.#ssrc = ssrc;
    this.#transport = transport;
  }

  /** Sends what is due now. */
  poll(tracks: readonly PublisherTrack[], now: Instant): void {
    for (const track of tracks) {
      if (!track.live) continue;
      this.#pollMissing(track, now);
      this.#pollKeyframe(track, now);
      track.pollCache(now);
    }
    if (now < this.#nextReport) return;
    this.#nextReport = now + REPORT_INTERVAL_MS;
    this.#report(tracks, now);
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
    const limited = tracks.filter((track) =>
      track.live && track.kind === "video" && track.understands("goog-remb")
    );
    if (limited.length > 0) {
      const bitrate = upstreamBitrate(limited.map((track) => ({
        isLow: false,
        viewers: track.viewers.map((viewer) => ({
          rateBps: viewer.rateBps(now),
          maxSpatialLayer: 0,
          maxTemporalLayer: 0,
        })),
      })));
      const sources = limited.map(({ ssrc }) => ssrc);
      this.#writer.remb(this.#ssrc, bitrate, sources);
    }
    this.#transport.sendRtcp(this.#writer.packet());
  }

  /** A compound packet has to begin with a report (RFC 3550 §6.1). */
  #begin(): void {
    this.#writer.reset();
    this.#writer.receiverReport(this.#ssrc, []);
  }
}

function emptyBlock(): ReportBlock {
  return {
    ssrc: 0,
    fractionLost: 0,
    cumulativeLost: 0,
    extendedHighest: 0,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLast: 0,
  };
}

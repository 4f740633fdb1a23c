import type { Instant, Now } from "../lib/time.ts";
import { LossBasedRate } from "./rtp/loss_based_rate.ts";
import { RateMeter } from "./rtp/rate_meter.ts";
import type { ViewerEstimate } from "./rtp/remb.ts";
import { Rewriter } from "./rtp/rewriter.ts";
import type { SenderReport } from "./rtp/rtcp_writer.ts";
import { RTP_HEADER_SIZE, writeRtpHeader } from "./rtp/rtp_packet.ts";
import { SenderStatistics } from "./rtp/sender_statistics.ts";
import { CODECS } from "./sdp/codecs.ts";
import type { SubscriberSection } from "./sdp/subscriber_offer.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import type { PeerTransport } from "./transport/ports.ts";

/** Where a track's numbers begin; random (RFC 3550 §5.1). */
export interface FirstNumbers {
  readonly sequenceNumber: number;
  readonly timestamp: number;
}

/** What a track has of the peer that it belongs to. */
export interface SubscriberTrackPeer {
  readonly transport: PeerTransport;
  /** Of all tracks of the peer together, by its REMB. */
  readonly estimate: ViewerEstimate;
  /** Called once, when something that can be shown has been forwarded. */
  readonly onShown: () => void;
}

/**
 * One track towards one viewer: which of the publisher's packets go out, and
 * under which numbers. Keeps no packets.
 */
export class SubscriberTrack {
  readonly source: PublisherTrack;
  readonly statistics = new SenderStatistics();
  /** Our SDP's section for the track; replaced when it becomes (in)active. */
  section: SubscriberSection;

  readonly #peer: SubscriberTrackPeer;
  readonly #rewriter: Rewriter;
  readonly #lossRate = new LossBasedRate();
  readonly #rate = new RateMeter();
  readonly #header = new Uint8Array(RTP_HEADER_SIZE);
  /** Forwarding; a picture also has to begin with a keyframe. */
  #started = false;
  /** A whole keyframe, or a packet of sound, has been forwarded. */
  #shown = false;

  constructor(
    source: PublisherTrack,
    section: SubscriberSection,
    first: FirstNumbers,
    peer: SubscriberTrackPeer,
  ) {
    this.source = source;
    this.section = section;
    this.#peer = peer;
    this.#rewriter = new Rewriter({
      ssrc: section.ssrc,
      payloadType: section.payloadType,
      clockRate: CODECS[section.codec].clockRate,
      firstSequenceNumber: first.sequenceNumber,
      firstTimestamp: first.timestamp,
    });
  }

  /** To the viewer, in milliseconds; 0 while unknown. */
  get rttMs(): number {
    return this.statistics.rttMs ?? 0;
  }

  /** Whether something that can be shown has been forwarded. */
  get shown(): boolean {
    return this.#shown;
  }

  /** What the viewer can take, by its loss and its own estimate, in bit/s (B-38). */
  rateBps(now: Instant): number {
    const estimate = this.#peer.estimate.bitrateBps(now);
    return Math.min(this.#lossRate.rateBps(now), estimate ?? Infinity);
  }

  /**
   * Begins to forward: a picture with the keyframe in the cache if that is
   * recent enough, else with the next one, which is asked for.
   */
  start(now: Instant): void {
    this.source.attach(this);
    if (this.#started || this.source.kind === "audio") return;
    const from = this.source.cache.replayStart(now);
    if (from < 0) {
      this.source.keyframes.want();
      return;
    }
    for (
      let extended = from;
      extended <= this.source.cache.newest;
      extended++
    ) {
      this.#replay(extended, now);
    }
  }

  /** Ends forwarding; what comes after a new start joins on without a break. */
  stop(): void {
    this.source.detach(this);
    this.#started = false;
    this.#rewriter.switchSource();
  }

  /** The source began anew: a picture needs a keyframe. */
  handleRestart(): void {
    this.#started = false;
    this.#rewriter.switchSource();
    if (this.source.kind === "video") this.source.keyframes.want();
  }

  /** Forwards one packet of the source. The packet path. */
  forward(
    extended: number,
    timestamp: number,
    marker: boolean,
    payload: Uint8Array,
    startsKeyframe: boolean,
    now: Instant,
  ): void {
    if (!this.#started) {
      if (this.source.kind === "video" && !startsKeyframe) return;
      this.#started = true;
    }
    // Padding that probed the publisher's path is of no use to a viewer.
    if (payload.length === 0 && this.#rewriter.drop(extended)) return;
    if (!this.#rewriter.map(extended, timestamp, now)) return;
    this.#send(marker, payload, now);
    if (!this.#shown && (marker || this.source.kind === "audio")) {
      this.#shown = true;
      this.#peer.onShown();
    }
  }

  /** Sends a packet again that the viewer misses, if it is still in the cache. */
  handleNack(sequenceNumber: number, now: Instant): void {
    const { cache } = this.source;
    const extended = this.#rewriter.reverse(sequenceNumber);
    const slot = extended < 0 ? -1 : cache.find(extended);
    if (slot < 0) return;
    if (!this.#rewriter.map(extended, cache.timestamp(slot), now)) return;
    this.#send(cache.marker(slot), cache.payload(slot), now);
  }

  /** Notes the viewer's receiver report. */
  handleReport(
    fractionLost: number,
    jitter: number,
    lastSenderReport: number,
    delaySinceLast: number,
    now: Now,
  ): void {
    this.statistics.reportBlock(
      fractionLost,
      jitter,
      lastSenderReport,
      delaySinceLast,
      now,
    );
    const actualBps = this.#rate.bytesPerSecond(now.instant) * 8;
    this.#lossRate.report(fractionLost, actualBps, now.instant);
  }

  /**
   * Fills in a sender report. False if nothing has been sent, or the publisher
   * has not said which time its timestamps mean.
   */
  report(now: Now, report: SenderReport): boolean {
    if (!this.#started || !this.#rewriter.started) return false;
    const timestamp = this.source.clock.timestampAt(now.instant);
    if (timestamp === undefined) return false;
    this.statistics.report(
      now,
      this.section.ssrc,
      this.#rewriter.toViewerTimestamp(timestamp),
      report,
    );
    return true;
  }

  #replay(extended: number, now: Instant): void {
    const { cache } = this.source;
    const slot = cache.find(extended);
    if (slot < 0) return;
    this.forward(
      extended,
      cache.timestamp(slot),
      cache.marker(slot),
      cache.payload(slot),
      cache.startsKeyframe(slot),
      now,
    );
  }

  /** Sends a payload under the numbers that the rewriter has just found. */
  #send(marker: boolean, payload: Uint8Array, now: Instant): void {
    const rewriter = this.#rewriter;
    writeRtpHeader(
      this.#header,
      rewriter.payloadType,
      marker,
      rewriter.sequenceNumber,
      rewriter.timestamp,
      rewriter.ssrc,
    );
    if (this.#peer.transport.sendRtp(this.#header, payload) === 0) return;
    this.statistics.sent(payload.length);
    this.#rate.add(payload.length + RTP_HEADER_SIZE, now);
  }
}

import type { Instant, Now } from "../lib/time.ts";
import type { TrackMeasures } from "../protocol/media_plane.ts";
import type { SendSideEstimator } from "./rtp/congestion/send_side_estimator.ts";
import { LossBasedRate } from "./rtp/loss_based_rate.ts";
import { RateMeter } from "./rtp/rate_meter.ts";
import type { ViewerEstimate } from "./rtp/remb.ts";
import { Rewriter } from "./rtp/rewriter.ts";
import type { SenderReport } from "./rtp/rtcp_writer.ts";
import { RepairBudget } from "./rtp/repair_budget.ts";
import {
  LONG_RTP_HEADER_SIZE,
  RTP_HEADER_SIZE,
  writeRtpHeader,
  writeTransportSequence,
} from "./rtp/rtp_packet.ts";
import { wrapRtx } from "./rtp/rtx.ts";
import { SenderStatistics } from "./rtp/sender_statistics.ts";
import { MAX_CACHED_BYTES } from "./rtp/packet_cache.ts";
import { MAX_RED_DEPTH } from "./rtp/red.ts";
import { CODECS } from "./sdp/codecs.ts";
import type { SubscriberSection } from "./sdp/subscriber_offer.ts";
import { TRANSPORT_SEQUENCE_ID } from "./sdp/extensions.ts";
import type { AgreedHelp } from "./sdp/subscriber_answer.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import type { PeerTransport } from "./transport/ports.ts";

/** Where a track's numbers begin; random (RFC 3550 §5.1). */
export interface FirstNumbers {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** Of the retransmissions. */
  readonly rtxSequenceNumber: number;
}

const NO_HELP: AgreedHelp = {
  rtx: false,
  red: false,
  transportSequence: false,
};

/**
 * From which share of loss on sound is sent with redundancy, and below which no
 * more. Lower mends more at the price of twice the sound's rate.
 */
const RED_FROM = 0.004;
const RED_UNTIL = 0.001;

/** From which share of loss on each packet repeats two, not one. */
const DEEP_RED_FROM = 0.02;

/** Padding repeats the latest packets, so many of them in turn. */
const PADDING_PACKETS = 16;

/**
 * Of what a path carries, for what is not counted in an estimate, such as
 * repairs. Higher uses more of the path; lower keeps its queue shorter.
 */
const MEDIA_SHARE = 0.95;

/** What a track has of the peer that it belongs to. */
export interface SubscriberTrackPeer {
  readonly transport: PeerTransport;
  /** Of all tracks of the peer together, by its REMB. */
  readonly estimate: ViewerEstimate;
  /** Of the path that all tracks of the peer share, where the viewer helps. */
  readonly estimator: SendSideEstimator;
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
  /** Of what we offered for the track, what the viewer has agreed to. */
  help = NO_HELP;

  readonly #peer: SubscriberTrackPeer;
  readonly #rewriter: Rewriter;
  readonly #lossRate = new LossBasedRate();
  readonly #rate = new RateMeter();
  readonly #header = new Uint8Array(RTP_HEADER_SIZE);
  readonly #longHeader = new Uint8Array(LONG_RTP_HEADER_SIZE);
  readonly #repairs = new RepairBudget();
  readonly #rtxPayload = new Uint8Array(MAX_CACHED_BYTES + 2);
  #nextRtx: number;
  /** How far back the next packet is that only fills up a probe. */
  #paddingAge = 0;
  #redundant = false;
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
    this.#nextRtx = first.rtxSequenceNumber;
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
    const remb = this.#peer.estimate.bitrateBps(now) ?? Infinity;
    const { estimator } = this.#peer;
    return estimator.started
      ? Math.min(estimator.estimateBps * MEDIA_SHARE, remb)
      : Math.min(this.#lossRate.rateBps(now), remb);
  }

  /** What is known of it, just now. */
  measure(now: Instant): TrackMeasures {
    const { fractionLost, jitter, rttMs, reportedAt } = this.statistics;
    const maxBitrateBps = this.rateBps(now);
    const { clockRate } = CODECS[this.section.codec];
    return {
      bitrateBps: this.#rate.bytesPerSecond(now) * 8,
      ...(Number.isFinite(maxBitrateBps) ? { maxBitrateBps } : {}),
      loss: fractionLost,
      ...(reportedAt === undefined
        ? {}
        : { jitterMs: jitter * 1000 / clockRate }),
      ...(rttMs === undefined ? {} : { rttMs }),
    };
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
    const red = this.#redPayload(extended);
    if (red) this.#send(this.#redType, marker, red, now);
    else this.#send(this.#rewriter.payloadType, marker, payload, now);
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
    const size = cache.payloadSize(slot) + RTP_HEADER_SIZE;
    const { estimator } = this.#peer;
    const rateBps = estimator.started ? estimator.estimateBps : Infinity;
    // A little less than a round trip, as round trips vary.
    const rttMs = this.rttMs * 0.9;
    if (!this.#repairs.take(extended, size, rateBps, rttMs, now)) return;
    this.#sendAgain(extended, slot, now);
  }

  /**
   * Sends something again that nobody has asked for, so that a probe of the path
   * is whole. Returns its bytes, or 0 if the viewer could not tell it from media.
   */
  sendPadding(now: Instant): number {
    const { cache } = this.source;
    if (!this.help.rtx || !this.#started) return 0;
    const age = this.#paddingAge++ % PADDING_PACKETS;
    const extended = cache.newest - age;
    const slot = cache.find(extended);
    // The next one may be there.
    if (slot < 0) return RTP_HEADER_SIZE;
    return this.#sendAgain(extended, slot, now);
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

  get #redType(): number {
    return CODECS[this.section.codec].subscriberRedPayloadType ?? -1;
  }

  /** The payload with redundancy, where that helps the viewer. */
  #redPayload(extended: number): Uint8Array | undefined {
    if (!this.help.red) return undefined;
    const { loss } = this.#peer.estimator;
    this.#redundant = loss > (this.#redundant ? RED_UNTIL : RED_FROM);
    if (!this.#redundant) return undefined;
    const depth = loss > DEEP_RED_FROM ? MAX_RED_DEPTH : 1;
    return this.source.redPayload(extended, this.section.payloadType, depth);
  }

  /** Sends a packet of the cache again: in a source of its own where agreed. */
  #sendAgain(extended: number, slot: number, now: Instant): number {
    const { cache } = this.source;
    const rewriter = this.#rewriter;
    if (!rewriter.map(extended, cache.timestamp(slot), now)) return 0;
    const marker = cache.marker(slot);
    if (!this.help.rtx) {
      return this.#send(
        rewriter.payloadType,
        marker,
        cache.payload(slot),
        now,
      );
    }
    const { codec, rtxSsrc } = this.section;
    const size = wrapRtx(
      rewriter.sequenceNumber,
      cache.payload(slot),
      this.#rtxPayload,
    );
    const payload = this.#rtxPayload.subarray(0, size);
    const payloadType = CODECS[codec].subscriberRtxPayloadType!;
    return this.#write(
      payloadType,
      marker,
      this.#nextRtx++,
      rtxSsrc,
      payload,
      now,
    );
  }

  /** Sends a payload under the numbers that the rewriter has just found. */
  #send(
    payloadType: number,
    marker: boolean,
    payload: Uint8Array,
    now: Instant,
  ): number {
    const { sequenceNumber, ssrc } = this.#rewriter;
    const sent = this.#write(
      payloadType,
      marker,
      sequenceNumber,
      ssrc,
      payload,
      now,
    );
    if (sent > 0) this.statistics.sent(payload.length);
    return sent;
  }

  #write(
    payloadType: number,
    marker: boolean,
    sequenceNumber: number,
    ssrc: number,
    payload: Uint8Array,
    now: Instant,
  ): number {
    const { estimator, transport } = this.#peer;
    const numbered = this.help.transportSequence && transport.connected;
    const header = numbered ? this.#longHeader : this.#header;
    const { timestamp } = this.#rewriter;
    writeRtpHeader(
      header,
      payloadType,
      marker,
      sequenceNumber,
      timestamp,
      ssrc,
    );
    const size = header.length + payload.length;
    if (numbered) {
      const number = estimator.send(size, now);
      writeTransportSequence(header, TRANSPORT_SEQUENCE_ID, number);
    }
    if (transport.sendRtp(header, payload) === 0) return 0;
    this.#rate.add(size, now);
    return size;
  }
}

// Long because: what one packet goes through, step by step, is here in one place.
import type { Instant, Now } from "../lib/time.ts";
import type { TrackMeasures } from "../protocol/media_plane.ts";
import type { PacedTrack } from "./rtp/congestion/pacer.ts";
import type { Claim } from "./rtp/congestion/share_rate.ts";
import type { PictureReader } from "./rtp/picture_reader.ts";
import { Rewriter } from "./rtp/rewriter.ts";
import type { SenderReport } from "./rtp/rtcp_writer.ts";
import { RepairBudget } from "./rtp/repair_budget.ts";
import { RTP_HEADER_SIZE } from "./rtp/rtp_packet.ts";
import { SenderStatistics } from "./rtp/sender_statistics.ts";
import { CODECS } from "./sdp/codecs.ts";
import type { SubscriberSection } from "./sdp/subscriber_offer.ts";
import { type AgreedHelp, NO_HELP } from "./sdp/subscriber_answer.ts";
import type { Encodings } from "./encodings.ts";
import { LayerSwitch } from "./layer_switch.ts";
import type { PublisherTrack } from "./publisher_track.ts";
import type {
  FirstNumbers,
  SubscriberTrackPeer,
} from "./subscriber_track_peer.ts";
import { RtxWriter } from "./rtx_writer.ts";
import { TrackPicture } from "./track_picture.ts";
import { TrackRate } from "./track_rate.ts";
import { measureTrack } from "./track_measures.ts";
import { TrackShare } from "./track_share.ts";
import type { TrackViewer } from "./track_viewer.ts";
import { TrackWriter } from "./track_writer.ts";
import type { PathTrack } from "./viewer_path.ts";

/** How often a layer is chosen, in milliseconds. */
const CHOICE_INTERVAL_MS = 100;

/** Padding repeats the latest packets, so many of them in turn. */
const PADDING_PACKETS = 16;

/**
 * One track towards one viewer: which of the publisher's packets go out, and
 * under which numbers. Keeps no packets.
 */
export class SubscriberTrack implements PathTrack, PacedTrack, TrackViewer {
  readonly statistics = new SenderStatistics();
  /** Our SDP's section for the track; replaced when it becomes (in)active. */
  section: SubscriberSection;

  readonly #peer: SubscriberTrackPeer;
  readonly #layers: LayerSwitch;
  readonly #rewriter: Rewriter;
  readonly #picture: TrackPicture;
  readonly #rate: TrackRate;
  readonly #writer: TrackWriter;
  readonly #repairs = new RepairBudget();
  readonly #share: TrackShare;
  readonly #rtx: RtxWriter;
  #help: AgreedHelp = NO_HELP;
  /** How far back the next packet is that only fills up a probe. */
  #paddingAge = 0;
  /** Between {@linkcode start} and {@linkcode stop}. */
  #wanted = false;
  /** Counts the breaks after which packets have other numbers. */
  #generation = 0;
  #nextChoice = 0;
  /** Forwarding; a picture also has to begin with a keyframe. */
  #started = false;
  /** A whole keyframe, or a packet of sound, has been forwarded. */
  #shown = false;

  constructor(
    encodings: Encodings,
    section: SubscriberSection,
    first: FirstNumbers,
    peer: SubscriberTrackPeer,
  ) {
    this.section = section;
    this.#layers = new LayerSwitch(encodings, this);
    this.#peer = peer;
    this.#share = new TrackShare(this.#layers, peer.tile);
    this.#rate = new TrackRate(this.#share, peer.estimate);
    this.#writer = new TrackWriter(peer);
    const { rtxSequenceNumber } = first;
    this.#rtx = new RtxWriter(this.#writer, section.rtxSsrc, rtxSequenceNumber);
    this.#rewriter = new Rewriter({
      ssrc: section.ssrc,
      clockRate: CODECS[section.codec].clockRate,
      firstSequenceNumber: first.sequenceNumber,
      firstTimestamp: first.timestamp,
    });
    this.#picture = new TrackPicture(this.#layers, this.#rewriter);
  }

  /** Of what we offered for the track, what the viewer has agreed to. */
  set help(help: AgreedHelp) {
    this.#help = help;
    this.#writer.transportSequenceId = help.transportSequence ?? -1;
    this.#writer.audioLevelId = help.audioLevel ?? -1;
    this.#writer.dependencyId = help.dependency ?? -1;
  }

  /** What it is a track of, in whatever encoding. */
  get encodings(): Encodings {
    return this.#layers.encodings;
  }

  /** The encoding that is sent. */
  get source(): PublisherTrack {
    return this.#layers.source;
  }

  /** Whether the viewer has a use for more than the smallest picture. */
  get wantsHigh(): boolean {
    return !this.#layers.low;
  }

  /** Takes whether the viewer wants no more than the smallest picture. */
  want(video: "low" | "high", now: Instant): void {
    this.#layers.low = video === "low";
    if (this.isSent) this.#layers.choose(this.#rate.layerBps(now), now);
  }

  /** Whether it is to be sent, and there is room for it. */
  get isSent(): boolean {
    return this.#wanted && !this.#share.isNothing;
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
    return this.#rate.bps(now);
  }

  /** What it wants of the viewer's path, while it is to be sent. */
  claim(now: Instant): Claim | undefined {
    if (!this.#wanted) return undefined;
    return this.#share.claim(this.#peer.estimator.loss, this.#writer, now);
  }

  /**
   * What it may use of the viewer's path, in bit/s. With 0 it is not sent, and
   * its publisher no longer heeds this viewer, until there is more. Then the
   * publisher hears of it first, which may send much more meanwhile.
   */
  setTargetRate(bps: number, now: Instant): void {
    const follows = this.#share.set(bps, now);
    if (!this.#wanted) return;
    if (follows === "stop") this.statistics.pauses++;
    if (follows === "stop") this.#halt();
    else if (follows === "ask") {
      this.#layers.begin(this.#rate.layerBps(now), now);
    } // What came before is of a higher rate.
    else if (follows === "go") this.source.keyframes.want();
    else this.#chooseLayer(now);
  }

  /** Does what is due without a path that is shared out. */
  poll(now: Instant): void {
    if (this.#share.targetBps !== undefined || now < this.#nextChoice) return;
    this.#nextChoice = now + CHOICE_INTERVAL_MS;
    this.#chooseLayer(now);
  }

  #chooseLayer(now: Instant): void {
    if (this.isSent) this.#layers.choose(this.#rate.layerBps(now), now);
  }

  /** What is known of it, just now. */
  measure(now: Instant): TrackMeasures {
    const { clockRate } = CODECS[this.section.codec];
    return measureTrack(this.statistics, {
      bitrateBps: this.#writer.bitrateBps(now),
      maxBitrateBps: this.rateBps(now),
      clockRate,
      estimator: this.#peer.estimator,
      layers: this.#layers.measure(now),
    });
  }

  /**
   * Begins to forward: a picture with the keyframe in the cache if that is
   * recent enough, else with the next one, which is asked for.
   */
  start(now: Instant): void {
    this.#wanted = true;
    this.encodings.viewers.add(this);
    if (this.#share.isNothing || this.#started) return;
    this.#layers.begin(this.#rate.layerBps(now), now);
    if (this.#started || this.source.kind === "audio") return;
    const { cache } = this.source;
    const from = cache.replayStart(now);
    if (from < 0) return this.source.keyframes.want();
    for (let at = from; at <= cache.newest; at++) this.#replay(at, now);
  }

  /** Ends forwarding; what comes after a new start joins on without a break. */
  stop(): void {
    this.#wanted = false;
    this.encodings.viewers.delete(this);
    this.#halt();
  }

  #halt(): void {
    this.#layers.end();
    this.#break();
  }

  #break(): void {
    this.#started = false;
    this.#generation++;
    this.#picture.restart();
  }

  /** The source began anew: a picture needs a keyframe. */
  handleRestart(source: PublisherTrack): void {
    if (source !== this.source) return;
    this.#break();
    if (this.source.kind === "video") this.source.keyframes.want();
  }

  /**
   * Forwards packets of the source that is sent, or that is to be sent from its
   * next keyframe on: the first `size` of these extended numbers, which are in
   * its cache. The packet path.
   *
   * @param pictures what those of a picture say of themselves
   */
  forwardAll(
    source: PublisherTrack,
    extended: readonly number[],
    pictures: readonly PictureReader[],
    size: number,
    now: Instant,
  ): void {
    for (let i = 0; i < size; i++) {
      const slot = source.cache.find(extended[i]!);
      if (slot < 0) continue;
      this.#forward(source, extended[i]!, slot, pictures[i], now);
    }
  }

  #forward(
    source: PublisherTrack,
    extended: number,
    slot: number,
    picture: PictureReader | undefined,
    now: Instant,
  ): void {
    const { cache } = source;
    const timestamp = cache.timestamp(slot) | 0;
    if (source !== this.source) {
      if (!cache.startsKeyframe(slot) || !this.#layers.isNext(source)) return;
      if (!this.#started && this.#share.isHeld) return;
      this.#picture.goOver(source, timestamp, now);
      this.#generation++;
    }
    if (!this.#started) {
      if (source.kind === "video" && !cache.startsKeyframe(slot)) return;
      if (this.#share.isHeld) return;
      this.#started = true;
    }
    const size = cache.payloadSize(slot);
    // Padding that probed the publisher's path is of no use to a viewer.
    if (size === 0 && this.#rewriter.drop(extended)) return;
    if (picture === undefined) {
      if (!this.#rewriter.map(extended, timestamp, now)) return;
      this.#writer.level = cache.level(slot);
      const { red } = source;
      const payload = this.#findRed(extended);
      if (payload < 0) this.#sendPayload(slot, undefined, now);
      else {
        this.#send(
          this.#help.red!,
          cache.marker(slot),
          red.memory,
          red.offset(payload),
          red.size(payload),
          now,
        );
      }
      return this.#noteShown();
    }
    if (!this.#picture.map(picture, extended, timestamp, now)) return;
    const { pacer } = this.#peer;
    if (pacer.mustWait(now)) {
      pacer.push(this, extended, this.#generation, size, now);
    } else this.#sendPayload(slot, picture, now);
    if (this.#shown) return;
    if (this.#picture.isLast(picture, cache.marker(slot))) this.#noteShown();
  }

  /** See {@linkcode PacedTrack.release}. */
  release(extended: number, generation: number, now: Instant): void {
    const slot = this.source.cache.find(extended);
    // What was to be sent before a break would be taken for what comes after.
    if (slot < 0 || generation !== this.#generation) return;
    this.#sendOriginal(extended, slot, now);
  }

  /** Sends a packet again that the viewer misses, if it is still in the cache. */
  handleNack(sequenceNumber: number, now: Instant): void {
    const { cache } = this.source;
    const extended = this.#rewriter.reverse(sequenceNumber);
    this.statistics.asked++;
    // What is older than the latest keyframe shows nothing any more.
    if (extended < 0 || extended < cache.latestKeyframe) return;
    const slot = cache.find(extended);
    if (slot < 0) return cache.isPast(extended) ? this.#giveUp(now) : undefined;
    const size = cache.payloadSize(slot) + RTP_HEADER_SIZE;
    const { estimator } = this.#peer;
    const rateBps = estimator.started ? estimator.estimateBps : Infinity;
    // A little less than a round trip, as round trips vary.
    const rttMs = this.rttMs * 0.9;
    const copies = this.#repairs.take(extended, size, rateBps, rttMs, now);
    if (this.#repairs.exhausted) this.#giveUp(now);
    let sent = 0;
    for (let copy = 0; copy < copies; copy++) {
      sent += this.#sendAgain(extended, slot, now);
    }
    if (sent > 0) this.statistics.repaired++;
  }

  /**
   * Has a keyframe come in place of what cannot be repaired. On a path that is
   * congested nothing else is sent until then, and no keyframe of before.
   */
  #giveUp(now: Instant): void {
    if (this.source.kind === "audio") return;
    if (!this.#peer.estimator.isCongested(now)) {
      this.source.keyframes.want();
      return;
    }
    this.#break();
    this.#share.hold(now);
  }

  /**
   * Sends something again that nobody has asked for, so that a probe of the path
   * is whole. Returns its bytes, or 0 if the viewer could not tell it from media.
   */
  sendPadding(now: Instant): number {
    const { cache } = this.source;
    const { rtx } = this.#help;
    if (!rtx || !this.#wanted) return 0;
    if (!this.#started) return this.#rtx.writePadding(rtx, now);
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
    const actualBps = this.#writer.bitrateBps(now.instant);
    this.#rate.report(fractionLost, actualBps, now.instant);
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
    const { source } = this;
    const slot = source.cache.find(extended);
    if (slot < 0) return;
    this.#forward(source, extended, slot, source.readPicture(slot), now);
  }

  #noteShown(): void {
    if (this.#shown) return;
    this.#shown = true;
    this.#peer.onShown();
  }

  /** The viewer's number for the codec. */
  get #payloadType(): number {
    return this.#help.payloadType ?? this.section.payloadType;
  }

  /** The payload with redundancy, where that helps the viewer; −1 otherwise. */
  #findRed(extended: number): number {
    if (!this.#help.red) return -1;
    const { depth } = this.#share.redundancy;
    if (depth === 0) return -1;
    const { cache, red } = this.source;
    return red.find(cache, extended, this.#payloadType, depth);
  }

  /** Sends a packet of the cache again: in a source of its own where agreed. */
  #sendAgain(extended: number, slot: number, now: Instant): number {
    const { cache } = this.source;
    const rewriter = this.#rewriter;
    if (!this.#help.rtx) return this.#sendOriginal(extended, slot, now);
    if (!rewriter.map(extended, cache.timestamp(slot) | 0, now)) return 0;
    const picture = this.source.readPicture(slot);
    const { memory } = cache;
    const at = cache.payloadOffset(slot);
    this.#describe(slot);
    const isNumbered = this.#picture.number(picture, memory, at);
    try {
      return this.#rtx.write(
        this.#help.rtx,
        this.#picture.isLast(picture, cache.marker(slot)),
        rewriter.sequenceNumber,
        rewriter.timestamp | 0,
        memory,
        at,
        cache.payloadSize(slot),
        now,
      );
    } finally {
      if (isNumbered) this.#picture.restore(picture, memory, at);
    }
  }

  /** Sends a packet of the cache as it is sent the first time. */
  #sendOriginal(extended: number, slot: number, now: Instant): number {
    const timestamp = this.source.cache.timestamp(slot) | 0;
    if (!this.#rewriter.map(extended, timestamp, now)) return 0;
    return this.#sendPayload(slot, this.source.readPicture(slot), now);
  }

  /** Sends what is in the cache under the numbers that the rewriter has found. */
  #sendPayload(
    slot: number,
    picture: PictureReader | undefined,
    now: Instant,
  ): number {
    const { cache } = this.source;
    const { memory } = cache;
    const at = cache.payloadOffset(slot);
    const size = cache.payloadSize(slot);
    const marker = this.#picture.isLast(picture, cache.marker(slot));
    this.#writer.level = cache.level(slot);
    this.#describe(slot);
    const isNumbered = this.#picture.number(picture, memory, at);
    try {
      return this.#send(this.#payloadType, marker, memory, at, size, now);
    } finally {
      if (isNumbered) this.#picture.restore(picture, memory, at);
    }
  }

  /** The next packet has the descriptor of the one in the cache. */
  #describe(slot: number): void {
    const { cache } = this.source;
    this.#writer.describe(
      cache.memory,
      cache.descriptorOffset(slot),
      cache.descriptorSize(slot),
      this.#picture.frameNumberShift,
    );
  }

  /** Sends a payload under the numbers that the rewriter has just found. */
  #send(
    payloadType: number,
    marker: boolean,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    now: Instant,
  ): number {
    const { sequenceNumber, ssrc, timestamp } = this.#rewriter;
    const sent = this.#writer.write(
      payloadType,
      marker,
      sequenceNumber,
      timestamp | 0,
      ssrc | 0,
      buffer,
      offset,
      sizeBytes,
      now,
    );
    if (sent > 0) this.statistics.sent(sizeBytes);
    return sent;
  }
}

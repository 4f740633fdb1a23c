import type { Instant } from "../lib/time.ts";
import type { TrackMeasures } from "../protocol/media_plane.ts";
import { KeyframeRequests } from "./rtp/keyframe_requests.ts";
import { NackGenerator } from "./rtp/nack_generator.ts";
import {
  MIN_CACHE_CAPACITY,
  MIN_RTT_MS,
  PacketCache,
  wantedCapacity,
} from "./rtp/packet_cache.ts";
import { RateMeter } from "./rtp/rate_meter.ts";
import { RedPayloads } from "./rtp/red_payloads.ts";
import { Reception } from "./rtp/reception.ts";
import { type RemoteClock, SourceClock } from "./rtp/remote_clock.ts";
import type { ReportBlock } from "./rtp/rtcp_writer.ts";
import type { RtpView } from "./rtp/rtp_packet.ts";
import { isRestart, SequenceExtender } from "./rtp/sequence.ts";
import { Av1Reader } from "./rtp/av1.ts";
import { DependencyDescriptor } from "./rtp/dependency_descriptor.ts";
import { LayerMeters } from "./rtp/layers/layer_meters.ts";
import {
  createPictureReader,
  isPictureCodec,
  type PictureReader,
} from "./rtp/picture_reader.ts";
import { CODECS } from "./sdp/codecs.ts";
import type { AcceptedSection, OfferedCodec } from "./sdp/publisher_offer.ts";
import type { Encodings } from "./encodings.ts";
import type { TrackViewer } from "./track_viewer.ts";

/** How often the cache's size is reconsidered, in milliseconds (B-22). */
const RESIZE_INTERVAL_MS = 1_000;

/**
 * The most packets that are forwarded at a time. Lower has the first viewers wait
 * less for a large picture; higher, fewer and longer runs of packets to each.
 */
const MAX_BATCH = 32;

/**
 * One encoding of a track that a publisher sends, and there is only one without
 * simulcast: what has come of it, what is missing, and who gets it. The only copy of its packets is in {@linkcode cache}.
 */
export class PublisherTrack {
  readonly kind: "audio" | "video";
  /** What the encoding is called, of several; empty if it is the only one. */
  readonly rid: string;
  /** It is one of these. */
  encodings: Encodings | undefined;
  /** What its layers take. */
  readonly layerRates = new LayerMeters();
  /** When to ask the publisher for a keyframe, on behalf of all viewers. */
  readonly keyframes = new KeyframeRequests();
  readonly cache: PacketCache;
  /** What viewers get who lose some of the sound. */
  readonly red = new RedPayloads();
  /** Which RTP timestamp the publisher is at. */
  clock!: SourceClock;
  /** What it is sent in: the first that was offered, until packets tell. */
  codec!: OfferedCodec;
  /** What the latest offer says of the track. */
  section: AcceptedSection;
  /** The source that delivers, or −1 before the first packet. */
  ssrc = -1;
  /** How loud its latest packet is: the byte of RFC 6464, or −1 if there is none. */
  level = -1;
  /** The source of what it sends again (RFC 4588), or −1 if there is none. */
  rtxSsrc = -1;
  /** Of the picture, in pixels; 0 while it is not known. */
  width = 0;
  /** When the latest packet came. */
  heardAt: Instant;
  /** The most that it has ever taken within a second, in bit/s. */
  peakBps = 0;

  readonly #viewers: TrackViewer[] = [];
  readonly #extender = new SequenceExtender();
  readonly #nacks = new NackGenerator();
  readonly #rate = new RateMeter();
  readonly #remote: RemoteClock;
  #clockRate!: number;
  /** Of pictures: what each packet that waits says of itself. */
  #readers: readonly PictureReader[] = [];
  /** Of AV1: what its frames refer to. */
  readonly #descriptor = new DependencyDescriptor();
  /** The same for packets of the cache. */
  #cacheReader: PictureReader | undefined;
  #reception: Reception | undefined;
  #resizeAt = 0;
  /** Packets that wait to be forwarded, by extended number, and how many. */
  readonly #batch = new Array<number>(MAX_BATCH).fill(0);
  #batchSize = 0;
  /** The lowest of them. */
  #batchOldest = 0;

  constructor(
    section: AcceptedSection,
    rid: string,
    remote: RemoteClock,
    now: Instant,
  ) {
    this.section = section;
    this.rid = rid;
    this.heardAt = now;
    this.kind = section.kind;
    this.#remote = remote;
    this.#setCodec(section.codecs[0]!);
    this.cache = new PacketCache(MIN_CACHE_CAPACITY[section.kind]);
  }

  /** Takes what a further offer says of the track. */
  renegotiate(section: AcceptedSection): void {
    this.section = section;
    const same = section.codecs.find(({ codec }) => codec === this.codec.codec);
    if (same !== undefined) this.codec = same;
  }

  /** What a packet of the cache says of itself, if it is a picture's: good for once. */
  readPicture(slot: number): PictureReader | undefined {
    const { cache } = this;
    const reader = this.#cacheReader;
    const at = cache.payloadOffset(slot);
    reader?.parse(cache.memory, at, cache.payloadSize(slot));
    if (reader instanceof Av1Reader) reader.restore(cache.layers(slot));
    return reader;
  }

  /** Whether packets have come. */
  get live(): boolean {
    return this.ssrc >= 0;
  }

  /** Who gets the track now. */
  get viewers(): readonly TrackViewer[] {
    return this.#viewers;
  }

  /** From now on the viewer's track gets what comes. */
  attach(viewer: TrackViewer, now: Instant): void {
    if (this.#viewers.includes(viewer)) return;
    // Not to this one: what is in the cache already, it may get from there.
    this.forwardBatch(now);
    this.#viewers.push(viewer);
  }

  /** The viewer's track gets nothing more. */
  detach(viewer: TrackViewer): void {
    const index = this.#viewers.indexOf(viewer);
    if (index >= 0) this.#viewers.splice(index, 1);
  }

  /** Whether the publisher said that it understands a kind of feedback. */
  understands(feedback: string): boolean {
    return this.codec.feedback.includes(feedback);
  }

  /**
   * Takes a packet of this track that was sent again in a source of its own;
   * `view` is that of the original (see `unwrapRtx`).
   */
  handleRepair(view: RtpView, bytes: Uint8Array, now: Instant): void {
    if (view.payloadType !== this.codec.payloadType) return;
    const extended = this.#extender.extendRepair(view.sequenceNumber);
    // What we have was repeated only to probe the path.
    if (extended < 0 || this.cache.find(extended) >= 0) return;
    this.#take(extended, view, bytes, now);
  }

  /**
   * Takes a packet of this track, which `view` has parsed from `bytes`; it is
   * forwarded by {@linkcode forwardBatch}. The packet path: nothing is allocated.
   */
  handlePacket(view: RtpView, bytes: Uint8Array, now: Instant): void {
    if (view.payloadType !== this.codec.payloadType) {
      this.forwardBatch(now);
      if (!this.#changePayloadType(view.payloadType)) return;
    }
    if (view.ssrc !== this.ssrc) {
      this.forwardBatch(now);
      this.#begin(view.ssrc);
    }
    const highest = this.#extender.highest;
    const extended = this.#extender.extend(view.sequenceNumber);
    if (extended < 0) return;
    if (highest >= 0 && isRestart(extended, highest)) {
      this.forwardBatch(now);
      this.#restart();
    }
    this.#reception!.receive(extended, view.timestamp, now);
    this.#take(extended, view, bytes, now);
  }

  #take(
    extended: number,
    view: RtpView,
    bytes: Uint8Array,
    now: Instant,
  ): void {
    // What waits to be forwarded has to stay in the cache until then.
    const inWay = this.#batchSize > 0 &&
      extended - this.#batchOldest >= this.cache.capacity;
    if (inWay) this.forwardBatch(now);
    const reader = this.#readers[this.#batchSize];
    const isAv1 = reader instanceof Av1Reader;
    const at = isAv1 ? this.#describe(reader, view, bytes) : -1;
    const startsKeyframe = reader !== undefined &&
      reader.parse(bytes, view.payloadOffset, view.payloadSize) &&
      reader.startsKeyframe;
    if (reader !== undefined) this.#measure(reader, view.size, now);
    this.#nacks.receive(extended, now, startsKeyframe);
    this.#rate.add(view.size, now);
    if (startsKeyframe) this.keyframes.keyframeStarted();
    const layers = isAv1 ? reader.layers : 0;
    const isKept = this.cache
      .store(extended, view, bytes, now, startsKeyframe, layers);
    if (!isKept) return;
    if (at >= 0) {
      this.cache.noteDescriptor(extended, at - view.start, view.elementSize);
    }
    if (this.level >= 0) this.cache.noteLevel(extended, this.level);
    if (this.#viewers.length === 0) return;
    if (this.#batchSize === 0 || extended < this.#batchOldest) {
      this.#batchOldest = extended;
    }
    this.#batch[this.#batchSize++] = extended;
    if (this.#batchSize === MAX_BATCH) this.forwardBatch(now);
  }

  /**
   * Forwards what came since the last call: to one viewer after the other, all
   * packets to each, so that its keys and counters are touched but once, and the
   * system can send them as one message.
   */
  forwardBatch(now: Instant): void {
    const size = this.#batchSize;
    if (size === 0) return;
    this.#batchSize = 0;
    const viewers = this.#viewers;
    for (let i = 0; i < viewers.length; i++) {
      viewers[i]!.forwardAll(this, this.#batch, this.#readers, size, now);
    }
  }

  /** Layers of AV1 are in a header extension: where that is, or −1. */
  #describe(reader: Av1Reader, view: RtpView, bytes: Uint8Array): number {
    const id = this.section.dependencyExtensionId;
    const at = id === undefined ? -1 : view.findExtension(id);
    if (at < 0) return -1;
    if (!this.#descriptor.parse(bytes, at, view.elementSize)) return -1;
    reader.describe(this.#descriptor);
    return at;
  }

  #measure(picture: PictureReader, bytes: number, now: Instant): void {
    const { spatialLayer, temporalLayer, width } = picture;
    this.heardAt = now;
    if (width > 0) this.width = width;
    this.layerRates.add(spatialLayer, temporalLayer, bytes, now);
  }

  /** Notes the publisher's sender report on this track. */
  handleSenderReport(
    ntpHigh: number,
    ntpLow: number,
    rtpTimestamp: number,
    now: Instant,
  ): void {
    this.clock.senderReport(ntpHigh, ntpLow, rtpTimestamp, now);
    this.#reception?.senderReport(ntpHigh, ntpLow, now);
  }

  /** What came of it over the last second, in bit/s. */
  rateBps(now: Instant): number {
    return this.#rate.bytesPerSecond(now) * 8;
  }

  /** The same of the last moments. */
  recentBps(now: Instant): number {
    return this.#rate.recentBytesPerSecond(now) * 8;
  }

  /** What is known of it, just now. */
  measure(now: Instant): TrackMeasures {
    const jitter = this.#reception?.jitter ?? 0;
    return {
      bitrateBps: this.rateBps(now),
      loss: this.#reception?.fractionLost ?? 0,
      jitterMs: jitter * 1000 / this.#clockRate,
      repairs: {
        asked: this.#nacks.asked,
        repaired: this.#nacks.repaired,
        keyframeRequests: this.keyframes.sent,
      },
    };
  }

  /** Fills in the next receiver report's block; false if there is nothing to say. */
  report(now: Instant, block: ReportBlock): boolean {
    return this.#reception?.report(now, block) ?? false;
  }

  /**
   * Writes to `out` which packets to ask for again, and returns how many.
   * Where repair is hopeless, a keyframe is wanted instead.
   */
  pollMissing(now: Instant, out: Uint16Array): number {
    if (!this.understands("nack")) return 0;
    const count = this.#nacks.poll(now, out);
    // In a source of its own, a repair does not hide the loss.
    if (count > 0 && this.rtxSsrc < 0) this.#reception?.expectAgain(count);
    if (this.#nacks.hopeless && this.kind === "video") this.keyframes.want();
    return count;
  }

  /** Once a second at most: fits the cache to rate and round-trip time (B-22). */
  pollCache(now: Instant): void {
    if (now < this.#resizeAt) return;
    this.#resizeAt = now + RESIZE_INTERVAL_MS;
    this.peakBps = Math.max(this.peakBps, this.rateBps(now));
    let rttMs = MIN_RTT_MS;
    for (const viewer of this.#viewers) rttMs = Math.max(rttMs, viewer.rttMs);
    const wanted = wantedCapacity(
      this.kind,
      this.#rate.packetsPerSecond(now),
      rttMs,
    );
    const { capacity } = this.cache;
    // Shrinking throws packets away that may yet be asked for: with hesitation.
    if (wanted > capacity || wanted * 4 <= capacity) this.cache.resize(wanted);
  }

  /** The publisher sends in another format; false if that is none of ours. */
  #changePayloadType(payloadType: number): boolean {
    const codec = this.section.codecs
      .find((codec) => codec.payloadType === payloadType);
    if (codec === undefined) return false;
    const isOther = codec.codec !== this.codec.codec;
    this.#setCodec(codec);
    if (isOther && this.live) this.#restart();
    return true;
  }

  #setCodec(codec: OfferedCodec): void {
    const { clockRate, name } = CODECS[codec.codec];
    const isOther = this.codec?.codec !== codec.codec;
    this.codec = codec;
    if (!isOther) return;
    this.#clockRate = clockRate;
    this.clock = new SourceClock(clockRate, this.#remote);
    const isPicture = isPictureCodec(name);
    this.#readers = isPicture
      ? Array.from({ length: MAX_BATCH }, () => createPictureReader(name))
      : [];
    this.#cacheReader = isPicture ? createPictureReader(name) : undefined;
    if (this.live) this.#reception = new Reception(this.ssrc, clockRate);
  }

  /** The first packet of a source: another one than before, or the first at all. */
  #begin(ssrc: number): void {
    const isFirst = this.ssrc < 0;
    this.ssrc = ssrc;
    this.rtxSsrc = this.section.rtxSsrcs.get(ssrc) ?? -1;
    this.#reception = new Reception(ssrc, this.#clockRate);
    if (!isFirst) this.#restart();
  }

  /** What was remembered is of no use to what comes. */
  #restart(): void {
    this.cache.clear();
    this.red.clear();
    this.clock.clear();
    this.layerRates.clear();
    this.#descriptor.clear();
    for (const viewer of this.#viewers) viewer.handleRestart(this);
  }
}

import type { Instant, Now } from "../lib/time.ts";
import type {
  Negotiation,
  SubscriberKey,
  TrackMeasures,
  WantedTracks,
} from "../protocol/media_plane.ts";
import { PeerIdentity, randomU32 } from "./peer_identity.ts";
import type { PeerContext, Publisher } from "./publisher.ts";
import type { Encodings } from "./encodings.ts";
import type { PeerFeedback } from "./rtp/congestion/peer_feedback.ts";
import { ViewerEstimate } from "./rtp/remb.ts";
import { readRtcp, type RtcpVisitor } from "./rtp/rtcp_reader.ts";
import { CODECS } from "./sdp/codecs.ts";
import { toSubscriberMsid } from "./sdp/msid.ts";
import { parseSubscriberAnswer } from "./sdp/subscriber_answer.ts";
import {
  type SubscriberSection,
  writeSubscriberOffer,
} from "./sdp/subscriber_offer.ts";
import { SubscriberReports } from "./subscriber_reports.ts";
import { SubscriberTrack } from "./subscriber_track.ts";
import type { SubscriberTrackPeer, Tile } from "./subscriber_track_peer.ts";
import type { PeerObserver, PeerTransport } from "./transport/ports.ts";
import type { PathPeer, ViewerPath } from "./viewer_path.ts";

/**
 * The most packets that one viewer is sent again between two polls. Lower
 * starves long bursts of loss; higher lets a viewer that asks for everything
 * cost more.
 */
const MAX_REPAIRS_PER_POLL = 128;

/** What a subscriber joins: a flow, and the way to a viewer. */
export interface SubscriberEnds {
  readonly publisher: Publisher;
  readonly path: ViewerPath;
  /** What the flow's picture shows. */
  readonly shows: "screen" | "camera";
  /** See {@linkcode Tile.pixels}. */
  readonly tilePixels: number | undefined;
}

/**
 * An outgoing peer: one flow towards one viewer. Makes the offers, and hands
 * what the viewer reports to the track that it is about.
 */
export class Subscriber implements PeerObserver, RtcpVisitor, PathPeer {
  readonly key: SubscriberKey;

  readonly #context: PeerContext;
  readonly #publisher: Publisher;
  readonly #transport: PeerTransport;
  readonly #identity: PeerIdentity;
  readonly #reports: SubscriberReports;
  readonly #estimate = new ViewerEstimate();
  readonly #path: ViewerPath;
  readonly #feedback: PeerFeedback;
  readonly #tile: Tile;
  readonly #trackPeer: SubscriberTrackPeer;
  /** By section of our offers; never removed, only made inactive (B-7). */
  readonly #tracks: SubscriberTrack[] = [];
  /** What the viewer takes, by its latest answer. */
  #accepted: readonly boolean[] = [];
  #negotiation: Negotiation | undefined;
  /** Whether the offer of `#negotiation` has not been answered. */
  #awaitsAnswer = false;
  #live = false;
  #repairs = 0;
  #rtcpNow: Now;

  constructor(key: SubscriberKey, ends: SubscriberEnds, context: PeerContext) {
    const { publisher, path, shows, tilePixels } = ends;
    this.key = key;
    this.#tile = { shows, pixels: tilePixels };
    this.#publisher = publisher;
    this.#path = path;
    this.#context = context;
    this.#transport = context.hub.createPeer(this);
    this.#identity = new PeerIdentity(context.random);
    this.#reports = new SubscriberReports(this.#transport);
    this.#feedback = path.estimator.addPeer(context.clock.now().instant);
    this.#trackPeer = {
      transport: this.#transport,
      estimate: this.#estimate,
      estimator: path.estimator,
      pacer: path.pacer,
      feedback: this.#feedback,
      tile: this.#tile,
      onShown: () => this.#checkLive(),
    };
    this.#rtcpNow = context.clock.now();
    publisher.subscribers.add(this);
    path.add(this);
  }

  /** By section of our offers. */
  get tracks(): readonly SubscriberTrack[] {
    return this.#tracks;
  }

  /** Makes the first or a further offer. */
  offer(
    negotiation: Negotiation,
    wanted: WantedTracks,
    restartIce: boolean,
  ): void {
    this.#negotiation = negotiation;
    this.#awaitsAnswer = true;
    this.#updateSections(wanted);
    if (wanted.video !== "none") this.wantLayers(wanted.video);
    if (restartIce) this.#transport.restartIce();
    const sections = this.#sections();
    const local = this.#identity.next(this.#context.hub, this.#transport);
    const hasTracks = sections.some(({ active }) => active);
    this.#context.onEvent({
      kind: "subscriber-offered",
      subscriber: this.key,
      negotiation,
      // Without a section there is no description that anybody could use.
      sdp: sections.length > 0 ? writeSubscriberOffer(sections, local) : "",
      hasTracks,
    });
  }

  /** Takes which picture the viewer wants from now on, without an offer. */
  wantLayers(video: "low" | "high"): void {
    const { instant } = this.#context.clock.now();
    for (const track of this.#tracks) track.want(video, instant);
  }

  /** The viewer shows the picture so large from now on, in pixels. */
  weigh(tilePixels: number): void {
    this.#tile.pixels = tilePixels;
  }

  /**
   * Takes the answer to the latest offer. One to an earlier offer, or a second
   * one, has no effect.
   *
   * @throws {SdpError} if it does not fit the offer
   * @throws {RangeError} if it changes the certificate of a connected peer
   */
  answer(negotiation: Negotiation, sdp: string): void {
    if (negotiation !== this.#negotiation || !this.#awaitsAnswer) return;
    const answer = parseSubscriberAnswer(sdp, this.#sections());
    this.#transport.setRemote(answer.remote);
    this.#awaitsAnswer = false;
    this.#accepted = answer.accepted;
    for (const [index, help] of answer.help.entries()) {
      this.#tracks[index]!.help = help;
    }
    this.#startAndStop(this.#context.clock.now().instant);
    this.#context.onEvent({
      kind: "subscriber-answer-applied",
      subscriber: this.key,
      negotiation,
    });
  }

  /** What is known of the tracks that are sent. */
  measure(now: Instant): TrackMeasures[] {
    return this.#tracks.filter(({ section }) => section.active)
      .map((track) => track.measure(now));
  }

  /** Sends the reports that are due. */
  poll(now: Now): void {
    this.#repairs = 0;
    if (!this.#transport.connected) return;
    this.#reports.poll(this.#tracks, now);
    const tracks = this.#tracks;
    for (let i = 0; i < tracks.length; i++) tracks[i]!.poll(now.instant);
  }

  /** Idempotent; no events follow. */
  close(): void {
    for (const track of this.#tracks) track.stop();
    this.#publisher.subscribers.delete(this);
    this.#path.estimator.removePeer(this.#feedback);
    this.#path.remove(this);
    this.#transport.close();
  }

  handleConnected(now: Instant): void {
    this.#startAndStop(now);
  }

  /** Viewers send no media. */
  handleRtp(): void {}
  handleBatchEnd(): void {}

  handleRtcp(packet: Uint8Array, _now: Instant): void {
    this.#rtcpNow = this.#context.clock.now();
    this.#feedback.receiveFeedback(this.#rtcpNow.instant);
    readRtcp(packet, this);
  }

  handleFailed(_reason: string, _recoverable: boolean): void {
    this.#context.onEvent({ kind: "subscriber-failed", subscriber: this.key });
  }

  reportBlock(
    _reporterSsrc: number,
    sourceSsrc: number,
    fractionLost: number,
    _cumulativeLost: number,
    _extendedHighest: number,
    jitter: number,
    lastSenderReport: number,
    delaySinceLast: number,
  ): void {
    const track = this.#trackOf(sourceSsrc);
    if (!track) return;
    track.handleReport(
      fractionLost,
      jitter,
      lastSenderReport,
      delaySinceLast,
      this.#rtcpNow,
    );
    if (track.rttMs > 0) this.#path.estimator.rttMs = track.rttMs;
  }

  packetStatus(
    sequenceNumber: number,
    received: boolean,
    arrivalTicks: number,
  ): void {
    this.#feedback.packetStatus(sequenceNumber, received, arrivalTicks);
  }

  transportFeedback(): void {
    this.#feedback.transportFeedback();
  }

  nack(
    _senderSsrc: number,
    mediaSsrc: number,
    packetId: number,
    bitmask: number,
  ): void {
    const track = this.#trackOf(mediaSsrc);
    if (!track) return;
    for (let bit = 0; bit <= 16; bit++) {
      if (bit > 0 && (bitmask >> (bit - 1) & 1) === 0) continue;
      if (this.#repairs++ >= MAX_REPAIRS_PER_POLL) return;
      track.handleNack((packetId + bit) & 0xffff, this.#rtcpNow.instant);
    }
  }

  pli(_senderSsrc: number, mediaSsrc: number): void {
    const track = this.#trackOf(mediaSsrc);
    if (!track) return;
    track.statistics.keyframeRequests++;
    track.source.keyframes.want();
  }

  /** Repeats need no telling apart: the requests to the publisher are paced. */
  fir(senderSsrc: number, sourceSsrc: number, _number: number): void {
    this.pli(senderSsrc, sourceSsrc);
  }

  remb(_senderSsrc: number, bitrateBps: number): void {
    this.#estimate.note(bitrateBps, this.#rtcpNow.instant);
  }

  #trackOf(ssrc: number): SubscriberTrack | undefined {
    return this.#tracks.find((track) => track.section.ssrc === ssrc);
  }

  #sections(): SubscriberSection[] {
    return this.#tracks.map((track) => track.section);
  }

  /** At most one track of sound and one of picture (row A-56). */
  #updateSections({ audio, video }: WantedTracks): void {
    const sources: Encodings[] = [];
    const sound = audio ? this.#publisher.liveTrack("audio") : undefined;
    const picture = video !== "none"
      ? this.#publisher.liveTrack("video")
      : undefined;
    if (sound) sources.push(sound);
    if (picture) sources.push(picture);
    for (const [index, track] of this.#tracks.entries()) {
      const active = sources.includes(track.encodings);
      const isOther = track.section.codec !== track.encodings.main.codec.codec;
      if (active && (isOther || !track.section.active)) {
        track.stop();
        // Chromium shows nothing of a source that has been away and is back
        // under the same number.
        this.#tracks[index] = this.#createTrack(track.encodings, index);
        continue;
      }
      track.section = { ...track.section, active };
      if (!active) track.stop();
    }
    for (const source of sources) {
      const known = this.#tracks.some(({ encodings }) => encodings === source);
      if (!known) {
        this.#tracks.push(this.#createTrack(source, this.#tracks.length));
      }
    }
  }

  /** @param index of the section in the description, from 0 */
  #createTrack(encodings: Encodings, index: number): SubscriberTrack {
    const { random } = this.#context;
    const source = encodings.main;
    const { codec, fmtp } = source.codec;
    const section: SubscriberSection = {
      // Unique over all subscriptions that ever were, because an answer has to
      // repeat it: the answer to another subscription does not fit.
      mid: `${this.key.toString(36)}.${index}`,
      kind: source.kind,
      active: true,
      codec,
      payloadType: CODECS[codec].subscriberPayloadType,
      fmtp,
      ssrc: randomU32(random),
      rtxSsrc: randomU32(random),
      cname: source.section.cname ?? "nereid",
      msid: toSubscriberMsid(source.section.msid, source.kind, ""),
    };
    const first = {
      // A start in the lower half keeps the first wrap away (RFC 3711 §3.3.1).
      sequenceNumber: randomU32(random) & 0x7fff,
      timestamp: randomU32(random),
      rtxSequenceNumber: randomU32(random) & 0x7fff,
    };
    return new SubscriberTrack(encodings, section, first, this.#trackPeer);
  }

  /** Makes each track do what offer, answer and connection allow. */
  #startAndStop(now: Instant): void {
    if (!this.#transport.connected) return;
    this.#tracks.forEach((track, index) => {
      const wanted = track.section.active && this.#accepted[index] === true;
      if (wanted) track.start(now);
      else track.stop();
    });
  }

  /** Live once there is a picture, or sound where no picture is sent. */
  #checkLive(): void {
    if (this.#live) return;
    const sent = this.#tracks.filter((track, index) =>
      track.section.active && this.#accepted[index] === true
    );
    const pictures = sent.filter(({ source }) => source.kind === "video");
    if (!(pictures.length > 0 ? pictures : sent).some(({ shown }) => shown)) {
      return;
    }
    this.#live = true;
    this.#context.onEvent({ kind: "subscriber-live", subscriber: this.key });
  }
}

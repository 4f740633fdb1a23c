import type { Clock, Instant, Now } from "../lib/time.ts";
import type {
  CodecName,
  LiveTrack,
  Negotiation,
  PlaneEvent,
  PublisherKey,
  TrackMeasures,
} from "../protocol/media_plane.ts";
import { Encodings } from "./encodings.ts";
import { findRepaired, findTrack } from "./find_source.ts";
import { PeerIdentity, randomU32 } from "./peer_identity.ts";
import { PublisherReports } from "./publisher_reports.ts";
import { PublisherTrack } from "./publisher_track.ts";
import type { KnownSource } from "./relay/known_source.ts";
import type { RingWriter } from "./relay/packet_ring.ts";
import type { RelayFeedback } from "./relay/relay_feedback.ts";
import type { RingId } from "./relay/relay_messages.ts";
import { Taps } from "./relay/taps.ts";
import { readU16, readU8 } from "./rtp/bytes.ts";
import { RemoteClock } from "./rtp/remote_clock.ts";
import { readRtcp, type RtcpVisitor } from "./rtp/rtcp_reader.ts";
import { RtpView } from "./rtp/rtp_packet.ts";
import { unwrapRtx } from "./rtp/rtx.ts";
import { ArrivalLog } from "./rtp/transport_feedback.ts";
import { levelOf, VoiceActivity } from "./rtp/voice_activity.ts";
import { writePublisherAnswer } from "./sdp/publisher_answer.ts";
import {
  type AcceptedSection,
  parsePublisherOffer,
  type PublisherOffer,
} from "./sdp/publisher_offer.ts";
import type { Subscriber } from "./subscriber.ts";
import { WantedEncodings } from "./wanted_encodings.ts";
import type {
  PeerObserver,
  PeerTransport,
  TransportHub,
} from "./transport/ports.ts";
import type { RandomBytes } from "./transport/random.ts";

/** What peers need of the plane that they belong to. */
export interface PeerContext {
  readonly hub: TransportHub;
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly onEvent: (event: PlaneEvent) => void;
  /** Told of bugs of ours, for the log. */
  readonly onError: (error: unknown) => void;
}

/**
 * An incoming peer: one flow of one client. Sorts packets by track, and tells
 * the client what is missing.
 */
export class Publisher implements PeerObserver, RtcpVisitor {
  readonly key: PublisherKey;
  /** Those that the group allows, the preferred ones first. */
  readonly codecs: readonly CodecName[];
  /** The latest offer that was accepted. */
  offered = "";
  /** Subscriptions to this flow; they add and remove themselves. */
  readonly subscribers = new Set<Subscriber>();

  readonly #context: PeerContext;
  readonly #transport: PeerTransport;
  readonly #identity: PeerIdentity;
  readonly #reports: PublisherReports;
  readonly #remoteClock = new RemoteClock();
  readonly #view = new RtpView();
  readonly #arrivals = new ArrivalLog();
  readonly #wanted = new WantedEncodings();
  /** For viewers in other threads. */
  readonly #taps: Taps;
  /** By the offer's sections. */
  #encodings: Encodings[] = [];
  readonly #voice = new VoiceActivity();
  /** What sources send, as far as another thread has told it. */
  readonly #known = new Map<number, PublisherTrack>();
  /** All encodings of all tracks. */
  #tracks: PublisherTrack[] = [];
  /** The id of the header extension that numbers all packets, if agreed. */
  #transportSequenceId: number | undefined;
  /** The remote ICE name: another one in a later offer is an ICE restart. */
  #remoteUfrag = "";
  /** When the RTCP packet that is being read came. */
  #rtcpNow: Instant;

  /** @param codecs those that the group allows, the preferred ones first */
  constructor(
    key: PublisherKey,
    codecs: readonly CodecName[],
    context: PeerContext,
  ) {
    this.key = key;
    this.codecs = codecs;
    this.#context = context;
    this.#taps = new Taps(key);
    this.#transport = context.hub.createPeer(this);
    this.#identity = new PeerIdentity(context.random);
    this.#reports = new PublisherReports(
      randomU32(context.random),
      this.#transport,
    );
    this.#rtcpNow = context.clock.now().instant;
  }

  /** In the order of the offer. */
  get tracks(): readonly PublisherTrack[] {
    return this.#tracks;
  }

  /**
   * Takes the first or a further offer, and answers it.
   *
   * @throws {SdpError} if it cannot be used; then nothing has changed
   * @throws {RangeError} if it changes the certificate of a connected peer
   */
  offer(negotiation: Negotiation, sdp: string): void {
    const offer = parsePublisherOffer(sdp, this.codecs);
    const { iceUfrag } = offer.remote;
    // First ours, so that checks with the new name are made with our new one.
    if (this.#remoteUfrag !== "" && iceUfrag !== this.#remoteUfrag) {
      this.#transport.restartIce();
    }
    this.#transport.setRemote(offer.remote);
    this.#remoteUfrag = iceUfrag;
    this.offered = sdp;
    const changed = this.#updateTracks(offer);
    const local = this.#identity.next(this.#context.hub, this.#transport);
    this.#context.onEvent({
      kind: "publisher-answered",
      publisher: this.key,
      negotiation,
      sdp: writePublisherAnswer(offer, local),
    });
    if (changed) this.#tellTracks();
  }

  /** The first track of a kind that has delivered packets (row A-56). */
  liveTrack(kind: "audio" | "video"): Encodings | undefined {
    return this.#encodings.find((track) => track.kind === kind && track.live);
  }

  /** What is known of the tracks that deliver. */
  measure(now: Instant): TrackMeasures[] {
    return this.#tracks.filter((track) => track.live)
      .map((track) => track.measure(now));
  }

  /** Sends the reports and requests that are due. */
  poll(now: Now): void {
    if (!this.#transport.connected) return;
    this.#reports.relayedBps = this.#taps.limitBps(now.instant);
    this.#reports.isRecorded = this.#taps.isRecorded;
    this.#reports.poll(this.#tracks, this.#arrivals, now.instant);
    this.#tellSpeaking(now.instant);
    this.#tellLayers(now.instant);
  }

  #tellSpeaking(now: Instant): void {
    if (!this.#voice.poll(now)) return;
    this.#context.onEvent({
      kind: "publisher-speaking",
      publisher: this.key,
      speaking: this.#voice.speaking,
    });
  }

  #tellLayers(now: Instant): void {
    const rids = this.#wanted.poll(this.#encodings, this.#taps, now);
    if (rids === undefined) return;
    this.#context.onEvent({
      kind: "publisher-layers",
      publisher: this.key,
      rids,
    });
  }

  /** The encodings of each track, in the order of the offer. */
  get encodings(): readonly Encodings[] {
    return this.#encodings;
  }

  /** From now on another thread gets a copy of what comes. */
  addTap(ring: RingId, writer: RingWriter, reader?: "recorder"): void {
    const sources = this.#tracks
      .map(({ ssrc, rtxSsrc }, index) => ({ index, ssrc, rtxSsrc }))
      .filter(({ ssrc }) => ssrc >= 0);
    this.#taps.add(ring, writer, sources, reader === "recorder");
  }

  /** It gets nothing more. */
  removeTap(ring: RingId): void {
    this.#taps.remove(ring);
  }

  /** Another thread, which copies packets for this one, has seen a source. */
  learnSource({ index, ssrc, rtxSsrc }: KnownSource): void {
    const track = this.#tracks[index];
    if (track === undefined) return;
    this.#known.set(ssrc, track);
    if (rtxSsrc >= 0) this.#known.set(rtxSsrc, track);
  }

  /** Takes what the viewers in another thread want. */
  heed(ring: RingId, feedback: RelayFeedback): void {
    for (const ssrc of feedback.keyframes) {
      this.#tracks.find((track) => track.ssrc === ssrc)?.keyframes.want();
    }
    this.#taps.heed(ring, feedback, this.#context.clock.now().instant);
  }

  /** Ends the peer and all its subscriptions. Idempotent; no events follow. */
  close(): void {
    for (const subscriber of [...this.subscribers]) subscriber.close();
    this.#transport.close();
  }

  /** Nothing to do: media comes by itself. */
  handleConnected(_now: Instant): void {}

  handleRtp(
    packet: Uint8Array,
    offset: number,
    sizeBytes: number,
    now: Instant,
  ): void {
    if (!this.#view.parse(packet, offset, sizeBytes)) return;
    this.#taps.takeRtp(packet, offset, sizeBytes);
    this.#noteArrival(packet, now);
    for (let i = 0; i < this.#tracks.length; i++) {
      const track = this.#tracks[i]!;
      if (track.rtxSsrc !== this.#view.ssrc) continue;
      this.#handleRtx(track, packet, now);
      return;
    }
    const track = this.#trackOf(packet);
    if (!track) return this.#handleNewRepairs(packet, now);
    this.#noteLevel(track, packet, now);
    const before = track.live ? track.codec.codec : undefined;
    track.handlePacket(this.#view, packet, now);
    if (!track.live || track.codec.codec === before) return;
    this.#tellTracks();
  }

  handleBatchEnd(now: Instant): void {
    this.#taps.flush();
    for (const track of this.#tracks) track.forwardBatch(now);
  }

  handleRtcp(packet: Uint8Array, now: Instant): void {
    this.#rtcpNow = now;
    this.#taps.takeRtcp(packet);
    readRtcp(packet, this);
  }

  handleFailed(_reason: string, _recoverable: boolean): void {
    this.#context.onEvent({ kind: "publisher-failed", publisher: this.key });
  }

  senderReport(
    ssrc: number,
    ntpHigh: number,
    ntpLow: number,
    rtpTimestamp: number,
  ): void {
    const track = this.#tracks.find((track) => track.ssrc === ssrc);
    track?.handleSenderReport(ntpHigh, ntpLow, rtpTimestamp, this.#rtcpNow);
  }

  /** A source that is not known may repeat packets of one that is. */
  #handleNewRepairs(packet: Uint8Array, now: Instant): void {
    const { ssrc } = this.#view;
    const track = this.#known.get(ssrc) ??
      findRepaired(this.#tracks, this.#view, packet);
    if (track === undefined) return;
    track.rtxSsrc = this.#view.ssrc;
    this.#handleRtx(track, packet, now);
  }

  #handleRtx(track: PublisherTrack, packet: Uint8Array, now: Instant): void {
    const view = this.#view;
    for (const { payloadType, rtxPayloadType } of track.section.codecs) {
      if (rtxPayloadType !== view.payloadType) continue;
      if (!unwrapRtx(view, packet, track.ssrc, payloadType)) return;
      track.handleRepair(view, packet, now);
      return;
    }
  }

  /** Notes when the packet came, for the feedback on all packets of the peer. */
  #noteArrival(packet: Uint8Array, now: Instant): void {
    if (this.#transportSequenceId === undefined) return;
    const at = this.#view.findExtension(this.#transportSequenceId);
    if (at < 0 || this.#view.elementSize < 2) return;
    this.#arrivals.receive(readU16(packet, at), now);
  }

  /** Notes how loud a packet of sound is (RFC 6464). */
  #noteLevel(track: PublisherTrack, packet: Uint8Array, now: Instant): void {
    const { audioLevelId } = track.section;
    if (audioLevelId === undefined) return;
    const at = this.#view.findExtension(audioLevelId);
    track.level = at < 0 ? -1 : readU8(packet, at);
    if (track.level >= 0) this.#voice.receive(levelOf(track.level), now);
  }

  #trackOf(packet: Uint8Array): PublisherTrack | undefined {
    for (let i = 0; i < this.#tracks.length; i++) {
      const track = this.#tracks[i]!;
      if (track.ssrc === this.#view.ssrc) return track;
    }
    const { ssrc, payloadType } = this.#view;
    const known = this.#known.get(ssrc);
    const isMedia = known?.section.codecs.some((codec) =>
      codec.payloadType === payloadType
    );
    return isMedia ? known : findTrack(this.#tracks, this.#view, packet);
  }

  /** Returns whether a live track has come to an end, or the offer has grown. */
  #updateTracks(offer: PublisherOffer): boolean {
    const before = this.#encodings;
    const accepted = offer.sections.filter((
      section,
    ): section is AcceptedSection => section.accepted);
    this.#transportSequenceId = accepted
      .map(({ transportSequenceId }) => transportSequenceId)
      .find((id) => id !== undefined);
    this.#encodings = accepted.map((section) => this.#updateEncodings(section));
    this.#tracks = this.#encodings.flatMap(({ all }) => all);
    const gone = before.filter((one) => !this.#encodings.includes(one));
    for (const { viewers } of gone) {
      for (const viewer of [...viewers]) viewer.stop();
    }
    return gone.some(({ live }) => live);
  }

  #updateEncodings(section: AcceptedSection): Encodings {
    const { instant } = this.#context.clock.now();
    const known =
      this.#encodings.find(({ kind, main }) =>
        kind === section.kind && main.section.mid === section.mid
      ) ?? new Encodings(section.kind);
    const rids = section.simulcast.map(({ rid }) => rid);
    known.all = (rids.length > 0 ? rids : [""]).map((rid) => {
      const same = known.all.find((track) => track.rid === rid);
      same?.renegotiate(section);
      return same ??
        new PublisherTrack(section, rid, this.#remoteClock, instant);
    });
    return known;
  }

  #tellTracks(): void {
    const live = this.#encodings.filter((track) => track.live);
    const tracks: LiveTrack[] = live.map(({ kind, main }) => ({
      kind,
      codec: main.codec.codec,
    }));
    this.#context.onEvent({
      kind: "publisher-tracks",
      publisher: this.key,
      tracks,
      complete: live.length === this.#encodings.length,
    });
  }
}

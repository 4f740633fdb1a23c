import type { Clock, Instant, Now } from "../lib/time.ts";
import type {
  CodecName,
  LiveTrack,
  Negotiation,
  PlaneEvent,
  PublisherKey,
  TrackMeasures,
} from "../protocol/media_plane.ts";
import { PeerIdentity, randomU32 } from "./peer_identity.ts";
import { PublisherReports } from "./publisher_reports.ts";
import { PublisherTrack } from "./publisher_track.ts";
import { readU16 } from "./rtp/bytes.ts";
import { RemoteClock } from "./rtp/remote_clock.ts";
import { readRtcp, type RtcpVisitor } from "./rtp/rtcp_reader.ts";
import { RtpView } from "./rtp/rtp_packet.ts";
import { unwrapRtx } from "./rtp/rtx.ts";
import { ArrivalLog } from "./rtp/transport_feedback.ts";
import { writePublisherAnswer } from "./sdp/publisher_answer.ts";
import {
  type AcceptedSection,
  parsePublisherOffer,
  type PublisherOffer,
} from "./sdp/publisher_offer.ts";
import type { Subscriber } from "./subscriber.ts";
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
  /** Subscriptions to this flow; they add and remove themselves. */
  readonly subscribers = new Set<Subscriber>();

  readonly #context: PeerContext;
  readonly #codecs: readonly CodecName[];
  readonly #transport: PeerTransport;
  readonly #identity: PeerIdentity;
  readonly #reports: PublisherReports;
  readonly #remoteClock = new RemoteClock();
  readonly #view = new RtpView();
  readonly #arrivals = new ArrivalLog();
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
    this.#codecs = codecs;
    this.#context = context;
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
    const offer = parsePublisherOffer(sdp, this.#codecs);
    const { iceUfrag } = offer.remote;
    // First ours, so that checks with the new name are made with our new one.
    if (this.#remoteUfrag !== "" && iceUfrag !== this.#remoteUfrag) {
      this.#transport.restartIce();
    }
    this.#transport.setRemote(offer.remote);
    this.#remoteUfrag = iceUfrag;
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
  liveTrack(kind: "audio" | "video"): PublisherTrack | undefined {
    return this.#tracks.find((track) => track.kind === kind && track.live);
  }

  /** What is known of the tracks that deliver. */
  measure(now: Instant): TrackMeasures[] {
    return this.#tracks.filter((track) => track.live)
      .map((track) => track.measure(now));
  }

  /** Sends the reports and requests that are due. */
  poll(now: Now): void {
    if (!this.#transport.connected) return;
    this.#reports.poll(this.#tracks, this.#arrivals, now.instant);
  }

  /** Ends the peer and all its subscriptions. Idempotent; no events follow. */
  close(): void {
    for (const subscriber of [...this.subscribers]) subscriber.close();
    this.#transport.close();
  }

  /** Nothing to do: media comes by itself. */
  handleConnected(_now: Instant): void {}

  handleRtp(packet: Uint8Array, now: Instant): void {
    if (!this.#view.parse(packet)) return;
    this.#noteArrival(packet, now);
    for (const track of this.#tracks) {
      if (track.rtxSsrc !== this.#view.ssrc) continue;
      this.#handleRtx(track, packet, now);
      return;
    }
    const track = this.#trackOf(this.#view);
    if (!track) return this.#learnRtx(this.#view);
    const before = track.live ? track.codec.codec : undefined;
    track.handlePacket(this.#view, packet, now);
    if (!track.live || track.codec.codec === before) return;
    this.#tellTracks();
  }

  handleRtcp(packet: Uint8Array, now: Instant): void {
    this.#rtcpNow = now;
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

  /**
   * Takes a new source for the retransmissions of a track, where the offer names
   * none and the payload type leaves no choice. Its next packet is of use.
   */
  #learnRtx({ ssrc, payloadType }: RtpView): void {
    const possible = this.#tracks.filter(({ live, rtxSsrc, section }) =>
      live && rtxSsrc < 0 &&
      section.codecs.some(({ rtxPayloadType }) =>
        rtxPayloadType === payloadType
      )
    );
    if (possible.length === 1) possible[0]!.rtxSsrc = ssrc;
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

  #trackOf(view: RtpView): PublisherTrack | undefined {
    for (const track of this.#tracks) {
      if (track.ssrc === view.ssrc) return track;
    }
    return this.#trackOfNewSource(view);
  }

  /**
   * Finds the track of a source that has not been seen: by the offer's SSRCs,
   * else by the payload type if that leaves no choice (RFC 9143 §9.2).
   */
  #trackOfNewSource(view: RtpView): PublisherTrack | undefined {
    const declared = this.#tracks.find(({ section }) =>
      section.ssrcs.includes(view.ssrc)
    );
    if (declared) return declared;
    const possible = this.#tracks.filter(({ section }) =>
      section.ssrcs.length === 0 &&
      section.codecs.some(({ payloadType }) => payloadType === view.payloadType)
    );
    return possible.length === 1 ? possible[0] : undefined;
  }

  /** Returns whether a live track has come to an end, or the offer has grown. */
  #updateTracks(offer: PublisherOffer): boolean {
    const before = this.#tracks;
    const accepted = offer.sections.filter((
      section,
    ): section is AcceptedSection => section.accepted);
    this.#transportSequenceId = accepted
      .map(({ transportSequenceId }) => transportSequenceId)
      .find((id) => id !== undefined);
    this.#tracks = accepted.map((section) => {
      const known = before.find((track) =>
        track.section.mid === section.mid && track.kind === section.kind
      );
      if (!known) return new PublisherTrack(section, this.#remoteClock);
      known.renegotiate(section);
      return known;
    });
    const gone = before.filter((track) => !this.#tracks.includes(track));
    for (const track of gone) {
      for (const viewer of [...track.viewers]) viewer.stop();
    }
    return gone.some((track) => track.live);
  }

  #tellTracks(): void {
    const live = this.#tracks.filter((track) => track.live);
    const tracks: LiveTrack[] = live.map(({ kind, codec }) => ({
      kind,
      codec: codec.codec,
    }));
    this.#context.onEvent({
      kind: "publisher-tracks",
      publisher: this.key,
      tracks,
      complete: live.length === this.#tracks.length,
    });
  }
}

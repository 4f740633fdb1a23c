import type { Instant } from "../lib/time.ts";
import type { Pacer } from "./rtp/congestion/pacer.ts";
import type { PeerFeedback } from "./rtp/congestion/peer_feedback.ts";
import { DescribedHeader, numberDescribed } from "./rtp/described_header.ts";
import { RateMeter } from "./rtp/rate_meter.ts";
import {
  addAudioLevel,
  LONG_RTP_HEADER_SIZE,
  LONGEST_RTP_HEADER_SIZE,
  markPadded,
  RTP_HEADER_SIZE,
  writeAudioLevel,
  writeRtpHeader,
  writeTransportSequence,
} from "./rtp/rtp_packet.ts";
import type { SubscriberTrackPeer } from "./subscriber_track_peer.ts";
import type { PeerTransport } from "./transport/ports.ts";

/** What IP, UDP and SRTP add to a packet, in bytes. */
const OVERHEAD_BYTES = 44;

/** What fills a packet that is nothing but padding: as long as its last byte says. */
const PADDING = new Uint8Array(255).fill(255, 254);

/**
 * Writes the headers of one track's packets, with the peer's own number on each
 * where the viewer has agreed to that, and hands them to the transport.
 */
export class TrackWriter {
  readonly #transport: PeerTransport;
  readonly #feedback: PeerFeedback;
  readonly #pacer: Pacer;
  readonly #rate = new RateMeter();
  readonly #header = new Uint8Array(RTP_HEADER_SIZE);
  readonly #longHeader = new Uint8Array(LONG_RTP_HEADER_SIZE);
  readonly #described = new DescribedHeader();
  readonly #longestHeader = new Uint8Array(LONGEST_RTP_HEADER_SIZE);
  /** The extension by which the viewer tells packets of the peer apart, or −1. */
  transportSequenceId = -1;
  /** The extension by which the viewer learns how loud sound is, or −1. */
  audioLevelId = -1;
  /** The extension by which the viewer learns of layers, or −1. */
  dependencyId = -1;
  /** How loud the next packet is, or −1 if that is not known. */
  level = -1;

  constructor({ transport, feedback, pacer }: SubscriberTrackPeer) {
    this.#transport = transport;
    this.#feedback = feedback;
    this.#pacer = pacer;
  }

  /** Of all that was sent over the last second, headers included, in bit/s. */
  bitrateBps(now: Instant): number {
    return this.#rate.bytesPerSecond(now) * 8;
  }

  /** What IP, UDP and SRTP added to that. */
  overheadBps(now: Instant): number {
    return this.#rate.packetsPerSecond(now) * OVERHEAD_BYTES * 8;
  }

  /**
   * Takes the next packet's dependency descriptor, of so many bytes, 0 if it has
   * none; the numbers of frames are shifted.
   */
  describe(bytes: Uint8Array, at: number, size: number, shift: number): void {
    if (this.dependencyId > 0) this.#described.set(bytes, at, size, shift);
  }

  /**
   * Sends a packet, and returns its size; 0 if it could not be sent. Numbers of
   * 32 bits are best given signed: V8 makes objects of larger ones.
   */
  write(
    payloadType: number,
    marker: boolean,
    sequenceNumber: number,
    timestamp: number,
    ssrc: number,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    now: Instant,
  ): number {
    const numbered = this.transportSequenceId > 0 && this.#transport.connected;
    if (this.#described.isSet) {
      const header = this.#described.write(
        payloadType,
        marker,
        sequenceNumber,
        timestamp,
        ssrc,
        this.dependencyId,
        numbered ? this.transportSequenceId : -1,
      );
      if (numbered) {
        const number = this.#feedback.send(header.length + sizeBytes, now);
        numberDescribed(header, number);
      }
      return this.#sendPaced(header, buffer, offset, sizeBytes, now);
    }
    const level = this.audioLevelId > 0 ? this.level : -1;
    this.level = -1;
    const header = this.#headerFor(numbered, level >= 0);
    writeRtpHeader(
      header,
      payloadType,
      marker,
      sequenceNumber,
      timestamp,
      ssrc,
    );
    if (numbered) this.#number(header, sizeBytes, now);
    if (level >= 0) {
      if (numbered) addAudioLevel(header, this.audioLevelId, level);
      else writeAudioLevel(header, this.audioLevelId, level);
    }
    return this.#sendPaced(header, buffer, offset, sizeBytes, now);
  }

  /** Sends nothing but padding (RFC 3550 §5.1), which fills up a probe. */
  writePadding(
    payloadType: number,
    sequenceNumber: number,
    ssrc: number,
    now: Instant,
  ): number {
    if (this.transportSequenceId < 0 || !this.#transport.connected) return 0;
    const header = this.#longHeader;
    writeRtpHeader(header, payloadType, false, sequenceNumber, 0, ssrc);
    this.#number(header, PADDING.length, now);
    markPadded(header);
    return this.#send(header, PADDING, 0, PADDING.length, now);
  }

  #headerFor(isNumbered: boolean, hasLevel: boolean): Uint8Array {
    if (isNumbered && hasLevel) return this.#longestHeader;
    return isNumbered || hasLevel ? this.#longHeader : this.#header;
  }

  #number(header: Uint8Array, payloadSize: number, now: Instant): void {
    const number = this.#feedback.send(header.length + payloadSize, now);
    writeTransportSequence(header, this.transportSequenceId, number);
  }

  #sendPaced(
    header: Uint8Array,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    now: Instant,
  ): number {
    const size = this.#send(header, buffer, offset, sizeBytes, now);
    this.#pacer.sent(size, now);
    return size;
  }

  #send(
    header: Uint8Array,
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    now: Instant,
  ): number {
    const sent = this.#transport.sendRtp(header, buffer, offset, sizeBytes);
    if (sent === 0) return 0;
    const size = header.length + sizeBytes;
    this.#rate.add(size, now);
    return size;
  }
}

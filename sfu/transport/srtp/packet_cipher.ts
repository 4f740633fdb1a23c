/**
 * What a protection profile does to one packet, once it is known which packet it
 * is: no sequence numbers, no replay. One object serves one direction, and RTP
 * or RTCP only where the keys differ.
 */
export interface PacketCipher {
  /** Bytes that protection adds to an RTP packet. */
  readonly rtpOverhead: number;
  /** Bytes that protection adds to an RTCP packet, the index among them. */
  readonly rtcpOverhead: number;
  /**
   * Writes the protected packet to `out` at `offset` and returns its size. The
   * payload has `sizeBytes` at `from`.
   *
   * @param rollover of the packet's number, 32 bits (RFC 3711 §3.3.1)
   */
  sealRtp(
    header: Uint8Array,
    payload: Uint8Array,
    from: number,
    sizeBytes: number,
    rollover: number,
    out: Uint8Array,
    offset: number,
  ): number;
  /**
   * Opens a packet in place, of `sizeBytes` at `offset`. False, and no change, if
   * it is not authentic.
   */
  openRtp(
    buffer: Uint8Array,
    offset: number,
    sizeBytes: number,
    headerSize: number,
    rollover: number,
  ): boolean;
  /**
   * Writes the protected compound packet to `out` at `offset` and returns its
   * size.
   *
   * @param index of the packet, 31 bits (RFC 3711 §3.4)
   */
  sealRtcp(
    packet: Uint8Array,
    ssrc: number,
    index: number,
    out: Uint8Array,
    offset: number,
  ): number;
  /** Where the 32 bits of flag and index are in a packet of that size. */
  rtcpIndexOffset(packetSize: number): number;
  /** Opens a packet in place. False, and no change, if it is not authentic. */
  openRtcp(packet: Uint8Array, ssrc: number): boolean;
  /** Ends what the system holds. Idempotent. */
  close(): void;
}

/** Where an RTP header has the sequence number. */
export const RTP_NUMBER_OFFSET = 2;

/** Where an RTP header has the source. */
export const RTP_SSRC_OFFSET = 8;

/** Says in front of the SRTCP index that the packet is encrypted (RFC 3711 §3.4). */
export const RTCP_ENCRYPTED = 0x8000_0000;

/** Header and sender's SSRC: what is never encrypted of RTCP, in bytes. */
export const RTCP_CLEAR_BYTES = 8;

/** Flag and index, in bytes. */
export const RTCP_INDEX_BYTES = 4;

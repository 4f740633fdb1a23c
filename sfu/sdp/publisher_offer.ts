import type { RemoteParameters } from "../transport/ports.ts";
import type { CodecName } from "./codecs.ts";
import type { Msid } from "./msid.ts";
import { SdpError } from "./sdp_error.ts";

/** A codec of an offer that we forward, under the client's own number. */
export interface OfferedCodec {
  readonly codec: CodecName;
  readonly payloadType: number;
  readonly fmtp?: string | undefined;
  /** What both sides know. */
  readonly feedback: readonly string[];
}

/** A section whose track we receive. */
export interface AcceptedSection {
  readonly accepted: true;
  readonly answer: "recvonly";
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly protocol: string;
  /** At least one. */
  readonly codecs: readonly OfferedCodec[];
  /** Without those of retransmission and FEC; empty if the offer names none. */
  readonly ssrcs: readonly number[];
  readonly cname?: string | undefined;
  readonly msid?: Msid | undefined;
  /** The RTP header extension that carries the mid (RFC 9143 §15), if agreed. */
  readonly midExtensionId?: number | undefined;
}

/** A section that could be received but sends nothing now. */
export interface InactiveSection {
  readonly accepted: false;
  readonly answer: "inactive";
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly protocol: string;
  readonly codecs: readonly OfferedCodec[];
  readonly midExtensionId?: number | undefined;
}

/** A section that is no use to us, or that the client itself has given up. */
export interface RejectedSection {
  readonly accepted: false;
  readonly answer: "rejected";
  /** Empty if the section has none. */
  readonly mid: string;
  /** `audio`, `video`, `application`… */
  readonly media: string;
  readonly protocol: string;
  /** The first format of its `m=` line, as an answer must name one. */
  readonly format: string;
}

/** A section of an offer, and what we answer to it. */
export type OfferedSection =
  | AcceptedSection
  | InactiveSection
  | RejectedSection;

/** What a publisher offers. */
export interface PublisherOffer {
  readonly remote: RemoteParameters;
  /** All of them, in the offer's order. */
  readonly sections: readonly OfferedSection[];
}

/**
 * Reads a publisher's offer.
 *
 * @param codecs those that the group allows
 * @throws {SdpError} if we cannot answer it
 */
export function parsePublisherOffer(
  sdp: string,
  codecs: readonly CodecName[],
): PublisherOffer {
  throw new SdpError(`Cannot use offer: ${sdp.length} ${codecs.length}`);
}

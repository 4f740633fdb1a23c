import type { CodecName } from "./codecs.ts";
import type { LocalSdp } from "./local_sdp.ts";
import type { Msid } from "./msid.ts";
import { SdpError } from "./sdp_error.ts";

/** One track of a subscription. Sections are never removed, only made inactive. */
export interface SubscriberSection {
  readonly mid: string;
  readonly kind: "audio" | "video";
  /** Whether we send it now. */
  readonly active: boolean;
  readonly codec: CodecName;
  /** The codec's `subscriberPayloadType`. */
  readonly payloadType: number;
  /** The publisher's. */
  readonly fmtp?: string | undefined;
  readonly ssrc: number;
  readonly cname: string;
  readonly msid: Msid;
}

/** Writes an offer to a viewer. */
export function writeSubscriberOffer(
  sections: readonly SubscriberSection[],
  local: LocalSdp,
): string {
  throw new SdpError(`${sections.length} ${local.sessionId}`);
}

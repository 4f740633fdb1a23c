import type { LocalSdp } from "./local_sdp.ts";
import type { PublisherOffer } from "./publisher_offer.ts";
import { SdpError } from "./sdp_error.ts";

/** Writes the answer to a publisher's offer: section by section as it says. */
export function writePublisherAnswer(
  offer: PublisherOffer,
  local: LocalSdp,
): string {
  throw new SdpError(`${offer.sections.length} ${local.sessionId}`);
}

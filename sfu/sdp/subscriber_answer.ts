import type { RemoteParameters } from "../transport/ports.ts";
import { SdpError } from "./sdp_error.ts";
import type { SubscriberSection } from "./subscriber_offer.ts";

/** What a viewer answers. */
export interface SubscriberAnswer {
  readonly remote: RemoteParameters;
  /** By the offer's order: whether the viewer takes what we send. */
  readonly accepted: readonly boolean[];
}

/**
 * Reads a viewer's answer to the offer of `sections`.
 *
 * @throws {SdpError} if it cannot be used, or is the answer to something else
 */
export function parseSubscriberAnswer(
  sdp: string,
  sections: readonly SubscriberSection[],
): SubscriberAnswer {
  throw new SdpError(`${sdp.length} ${sections.length}`);
}

import type { RemoteParameters } from "../transport/ports.ts";
import { CODECS, TRANSPORT_FEEDBACK } from "./codecs.ts";
import {
  cannotUse,
  parseDocument,
  type SdpDocument,
  type Section,
  sectionName,
} from "./document.ts";
import {
  allowsMixedHeaders,
  AUDIO_LEVEL_EXTENSION,
  DEPENDENCY_EXTENSION,
  findExtensionId,
  TRANSPORT_SEQUENCE_EXTENSION,
} from "./extensions.ts";
import { type OfferedCodec, parseCodecs } from "./offered_codecs.ts";
import { parseRemoteTransport } from "./remote_transport.ts";
import { isReceivable, parseDirection } from "./section_state.ts";
import type { SubscriberSection } from "./subscriber_offer.ts";

/**
 * How the viewer wants a section's packets: under its own numbers (RFC 3264
 * §6.1), though browsers take ours. Of what we offered to help with, what it can
 * use; the rest is `undefined`.
 */
export interface AgreedHelp {
  /** Of the codec; `undefined` if the viewer does not take it. */
  readonly payloadType: number | undefined;
  /** Of retransmissions in a source of their own (RFC 4588). */
  readonly rtx: number | undefined;
  /** Of redundant sound (RFC 2198). */
  readonly red: number | undefined;
  /**
   * The id of the header extension that numbers all packets of the peer, on
   * which there is feedback.
   */
  readonly transportSequence: number | undefined;
  /** That of the extension that tells how loud sound is. */
  readonly audioLevel: number | undefined;
  /** That of the extension that tells the layers of AV1. */
  readonly dependency: number | undefined;
}

/** None at all, before there is an answer. */
export const NO_HELP: AgreedHelp = {
  payloadType: undefined,
  rtx: undefined,
  red: undefined,
  transportSequence: undefined,
  audioLevel: undefined,
  dependency: undefined,
};

/** What a viewer answers. */
export interface SubscriberAnswer {
  readonly remote: RemoteParameters;
  /** By the offer's order: whether we send it and the viewer takes it. */
  readonly accepted: readonly boolean[];
  /** By the offer's order. */
  readonly help: readonly AgreedHelp[];
}

/**
 * Reads a viewer's answer to the offer of `sections` (RFC 8829 §5.9).
 *
 * A viewer may reject single sections or make them inactive, but not all of
 * them be rejected, as then there is no transport.
 *
 * @throws {SdpError} if it cannot be used, or is the answer to something else
 */
export function parseSubscriberAnswer(
  sdp: string,
  sections: readonly SubscriberSection[],
): SubscriberAnswer {
  const document = parseDocument(sdp, "answer");
  requireSameSections(document.sections, sections);
  const live = document.sections.filter(isReceivable);
  if (live.length === 0) {
    const offered = sections.map(({ codec }) => CODECS[codec].encoding);
    const reason = `every section is rejected, of ${offered.join(" and ")}`;
    throw cannotUse("answer", reason);
  }
  const { remote } = parseRemoteTransport(document, live);
  const accepted = document.sections.map((answered, index) => {
    const offered = sections[index];
    return offered !== undefined && isTaken(document, answered, offered);
  });
  const help = document.sections.map((answered, index) =>
    parseHelp(document, answered, sections[index]!)
  );
  return { remote, accepted, help };
}

/** Refuses the answer to another offer, as when two have crossed. */
function requireSameSections(
  answered: readonly Section[],
  offered: readonly SubscriberSection[],
): void {
  if (answered.length !== offered.length) {
    const counts = `${answered.length} sections for ${offered.length}`;
    throw cannotUse("answer", `${counts} of the offer`);
  }
  for (const [index, section] of answered.entries()) {
    const expected = offered[index];
    const same = section.mid === expected?.mid &&
      section.media === expected.kind;
    if (same) continue;
    throw cannotUse(
      "answer",
      `${sectionName(section)} is not that of the offer`,
    );
  }
}

function isTaken(
  document: SdpDocument,
  answered: Section,
  offered: SubscriberSection,
): boolean {
  const receives = isReceivable(answered) &&
    parseDirection(document, answered).receives;
  if (!offered.active && receives) {
    // RFC 3264 §6.1 forbids it; it is what the answer to an earlier offer says.
    const where = sectionName(answered);
    throw cannotUse("answer", `${where} is active, and inactive in the offer`);
  }
  return receives && findTaken(answered, offered) !== undefined;
}

/** The offered codec in the answer, whatever its number there. */
function findTaken(
  answered: Section,
  { codec }: SubscriberSection,
): OfferedCodec | undefined {
  return parseCodecs(answered, [CODECS[codec].name])
    .find((one) => one.codec === codec);
}

function parseHelp(
  document: SdpDocument,
  answered: Section,
  offered: SubscriberSection,
): AgreedHelp {
  const { subscriberRtxPayloadType, subscriberRedPayloadType } =
    CODECS[offered.codec];
  const taken = findTaken(answered, offered);
  const isNumbered = taken?.feedback.includes(TRANSPORT_FEEDBACK) === true;
  return {
    payloadType: taken?.payloadType,
    rtx: subscriberRtxPayloadType && taken?.rtxPayloadType,
    red: subscriberRedPayloadType && taken?.redPayloadType,
    audioLevel: offered.kind === "audio"
      ? findExtensionId(answered, AUDIO_LEVEL_EXTENSION)
      : undefined,
    // Those of keyframes are long.
    dependency: offered.codec === "av1" &&
        allowsMixedHeaders(document, answered)
      ? findExtensionId(answered, DEPENDENCY_EXTENSION)
      : undefined,
    transportSequence: isNumbered
      ? findExtensionId(answered, TRANSPORT_SEQUENCE_EXTENSION)
      : undefined,
  };
}

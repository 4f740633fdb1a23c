import { assertNever } from "../../lib/assert_never.ts";
import {
  AUDIO_LEVEL_EXTENSION,
  DEPENDENCY_EXTENSION,
  MID_EXTENSION,
  mixedHeadersLines,
  REPAIRED_ID_EXTENSION,
  STREAM_ID_EXTENSION,
  TRANSPORT_SEQUENCE_EXTENSION,
} from "./extensions.ts";
import type { LocalSdp } from "./local_sdp.ts";
import {
  type AcceptedSection,
  type InactiveSection,
  type OfferedSection,
  type PublisherOffer,
  type RejectedSection,
} from "./publisher_offer.ts";
import { simulcastLines } from "./simulcast.ts";
import {
  codecLines,
  extensionLines,
  joinLines,
  rtxLines,
  sessionLines,
  transportLines,
} from "./write.ts";

/**
 * Writes the answer to a publisher's offer: section by section what the offer's
 * `answer` fields say, all on one transport, with the client as DTLS client.
 */
export function writePublisherAnswer(
  offer: PublisherOffer,
  local: LocalSdp,
): string {
  return joinLines([
    ...sessionLines(local, offer.bundle),
    ...offer.sections.flatMap((section) => sectionLines(section, local)),
  ]);
}

function sectionLines(section: OfferedSection, local: LocalSdp): string[] {
  switch (section.answer) {
    case "recvonly":
    case "inactive":
      return liveLines(section, local);
    case "rejected":
      return rejectedLines(section);
    default:
      return assertNever(section);
  }
}

function liveLines(
  section: AcceptedSection | InactiveSection,
  local: LocalSdp,
): string[] {
  const { kind: media, protocol, codecs, mid } = section;
  const formats = codecs.flatMap(({ payloadType, rtxPayloadType }) =>
    rtxPayloadType === undefined ? payloadType : [payloadType, rtxPayloadType]
  );
  return [
    ...transportLines({ media, protocol, formats }, mid, local, "passive"),
    `a=${section.answer}`,
    ...mixedHeadersLines(section.mixedHeaders),
    ...extensionLines(
      section.transportSequenceId,
      TRANSPORT_SEQUENCE_EXTENSION,
    ),
    ...extensionLines(section.midExtensionId, MID_EXTENSION),
    ...nameLines(section, section.streamIdExtensionId, STREAM_ID_EXTENSION),
    ...nameLines(section, section.repairedIdExtensionId, REPAIRED_ID_EXTENSION),
    ...extensionLines(section.audioLevelId, AUDIO_LEVEL_EXTENSION),
    ...extensionLines(section.dependencyExtensionId, DEPENDENCY_EXTENSION),
    ...codecs.flatMap((codec) => [
      ...codecLines(
        codec.codec,
        codec.payloadType,
        codec.fmtp,
        codec.feedback,
      ),
      ...rtxLines(codec.codec, codec.payloadType, codec.rtxPayloadType),
    ]),
    ...section.answer === "recvonly" ? simulcastLines(section.simulcast) : [],
  ];
}

/** What is offered for one direction is answered for that (RFC 8285 §5). */
function nameLines(
  { oneWayExtensionIds }: AcceptedSection | InactiveSection,
  id: number | undefined,
  uri: string,
): string[] {
  if (id === undefined) return [];
  return oneWayExtensionIds?.includes(id)
    ? [`a=extmap:${id}/recvonly ${uri}`]
    : extensionLines(id, uri);
}

function rejectedLines(section: RejectedSection): string[] {
  const { media, protocol, format, mid } = section;
  return [
    `m=${media} 0 ${protocol} ${format}`,
    "c=IN IP4 0.0.0.0",
    ...mid === "" ? [] : [`a=mid:${mid}`],
    "a=inactive",
  ];
}

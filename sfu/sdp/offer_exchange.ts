import { type CodecName, CODECS } from "./codecs.ts";
import {
  allValues,
  cannotUse,
  firstValue,
  parseDocument,
  type SdpDocument,
  type Section,
} from "./document.ts";
import {
  AUDIO_LEVEL_EXTENSION,
  findExtensionId,
  TRANSPORT_SEQUENCE_EXTENSION,
} from "./extensions.ts";
import { type OfferedCodec, parseCodecs } from "./offered_codecs.ts";
import { parseRemoteTransport } from "./remote_transport.ts";
import { isReceivable, parseDirection } from "./section_state.ts";
import {
  codecLines,
  extensionLines,
  joinLines,
  redLines,
  rtxLines,
} from "./write.ts";

const ALL_CODECS: readonly CodecName[] = [
  ...new Set(Object.values(CODECS).map(({ name }) => name)),
];

/** What we can send, and a viewer may want, besides the codec. */
const EXTENSIONS = [
  TRANSPORT_SEQUENCE_EXTENSION,
  AUDIO_LEVEL_EXTENSION,
] as const;

/** What of a viewer's offer and of ours have in common. */
interface Match {
  /** In the viewer's offer. */
  readonly index: number;
  readonly lines: readonly string[];
  readonly formats: readonly number[];
}

/** The two answers that two offers call for. */
export interface Answers {
  /** To the viewer's offer. */
  readonly toViewer: string;
  /** To ours, as the viewer would have written it. */
  readonly toUs: string;
}

/**
 * Brings together a viewer's offer to receive and our offer to send, for
 * viewers that begin the negotiation themselves (WHEP): each of the two gets an
 * answer, and neither notices that the other offered as well. What the answers
 * say of codecs has the viewer's numbers (RFC 3264 §6.1).
 *
 * One exchange lasts as long as the peer. Its sections stay where they were in
 * the first round: the viewer has had its answer and is not asked again.
 */
export class OfferExchange {
  readonly #viewer: SdpDocument;
  /** By section of our offers; those without a match are rejected for good. */
  #matches: readonly (Match | undefined)[] | undefined;
  readonly #fingerprints: readonly string[];
  #credentials: { readonly iceUfrag: string; readonly icePwd: string };
  /** Of our latest offer. */
  #ufrag: string | undefined;
  #version = 0;

  /**
   * @param offer the viewer's
   * @throws {SdpError} if it cannot be used
   */
  constructor(offer: string) {
    this.#viewer = parseDocument(offer, "offer");
    const live = this.#viewer.sections.filter((one) => this.#receives(one));
    if (live.length === 0) {
      throw cannotUse("offer", "no section receives sound or pictures");
    }
    const { remote } = parseRemoteTransport(this.#viewer, live);
    this.#credentials = remote;
    this.#fingerprints = remote.fingerprints
      .map(({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`);
  }

  /** What the viewer has room for. */
  get kinds(): ReadonlySet<"audio" | "video"> {
    return new Set(
      this.#viewer.sections.filter((one) => this.#receives(one))
        .map(({ media }) => media === "audio" ? "audio" : "video"),
    );
  }

  /** The viewer's ICE credentials, which change when it restarts ICE. */
  get credentials(): { readonly iceUfrag: string; readonly icePwd: string } {
    return this.#credentials;
  }

  set credentials(
    { iceUfrag, icePwd }: { iceUfrag: string; icePwd: string },
  ) {
    this.#credentials = { iceUfrag, icePwd };
  }

  /** Whether an offer of ours is of another ICE session than the last. */
  isOtherPath(offer: string): boolean {
    return this.#ufrag !== findUfrag(parseDocument(offer, "offer"));
  }

  /**
   * Takes our first or a further offer.
   *
   * @throws {SdpError} if the viewer can play nothing of it
   */
  meet(offer: string): Answers {
    const ours = parseDocument(offer, "offer");
    const matches = this.#matches ??= this.#match(ours);
    if (!matches.some((match) => match !== undefined)) {
      throw cannotUse("offer", "it has no codec of the flow's");
    }
    this.#ufrag = findUfrag(ours);
    return {
      toViewer: this.#answerViewer(ours, matches),
      toUs: this.#answerUs(ours, matches),
    };
  }

  #receives(section: Section): boolean {
    return (section.media === "audio" || section.media === "video") &&
      isReceivable(section) && parseDirection(this.#viewer, section).receives;
  }

  #match(ours: SdpDocument): (Match | undefined)[] {
    const taken = new Set<number>();
    return ours.sections.map((our) => {
      for (const theirs of this.#viewer.sections) {
        if (theirs.media !== our.media || taken.has(theirs.index)) continue;
        const match = this.#receives(theirs) && matchSections(our, theirs);
        if (!match) continue;
        taken.add(theirs.index);
        return match;
      }
      return undefined;
    });
  }

  #answerViewer(
    ours: SdpDocument,
    matches: readonly (Match | undefined)[],
  ): string {
    const { sections } = this.#viewer;
    const find = ({ index }: Section) =>
      matches.findIndex((match) => match?.index === index);
    const bundle = sections.filter((one) => find(one) >= 0 && one.mid !== "")
      .map(({ mid }) => mid);
    return joinLines([
      ...sessionLines(1, ++this.#version, bundle),
      ...ours.attributes.has("ice-lite") ? ["a=ice-lite"] : [],
      ...sections.flatMap((section) => {
        const match = matches[find(section)];
        const our = ours.sections[find(section)];
        if (!match || !our) return rejectedLines(section);
        return [
          ...mediaLines(section, match.formats),
          ...copy(our, "candidate", "end-of-candidates"),
          ...copy(our, "ice-ufrag", "ice-pwd", "ice-options", "fingerprint"),
          "a=setup:passive",
          "a=rtcp-mux",
          our.attributes.has("sendonly") ? "a=sendonly" : "a=inactive",
          ...copy(our, "msid", "ssrc-group", "ssrc"),
          ...match.lines,
        ];
      }),
    ]);
  }

  #answerUs(
    { sections }: SdpDocument,
    matches: readonly (Match | undefined)[],
  ): string {
    const bundle = sections.filter((_, index) => matches[index] !== undefined)
      .map(({ mid }) => mid);
    const { iceUfrag, icePwd } = this.#credentials;
    return joinLines([
      ...sessionLines(2, this.#version, bundle),
      ...sections.flatMap((section, index) => {
        const match = matches[index];
        if (!match) return rejectedLines(section);
        return [
          ...mediaLines(section, match.formats),
          `a=ice-ufrag:${iceUfrag}`,
          `a=ice-pwd:${icePwd}`,
          ...this.#fingerprints,
          "a=setup:active",
          "a=rtcp-mux",
          section.attributes.has("sendonly") ? "a=recvonly" : "a=inactive",
          ...match.lines,
        ];
      }),
    ]);
  }
}

/** The same in all our sections. */
function findUfrag({ sections }: SdpDocument): string | undefined {
  return sections.map(({ attributes }) => firstValue(attributes, "ice-ufrag"))
    .find((ufrag) => ufrag !== undefined);
}

/** What to say of the one codec that we send, if the viewer takes it. */
function matchSections(our: Section, theirs: Section): Match | undefined {
  const [sent] = parseCodecs(our, ALL_CODECS);
  if (!sent) return undefined;
  const taken = parseCodecs(theirs, [CODECS[sent.codec].name])
    .find(({ codec }) => codec === sent.codec);
  if (!taken) return undefined;
  const rtx = sent.rtxPayloadType && taken.rtxPayloadType;
  const red = sent.redPayloadType && taken.redPayloadType;
  const { payloadType } = taken;
  return {
    index: theirs.index,
    formats: [payloadType, rtx, red].filter((format) => format !== undefined),
    lines: [
      ...EXTENSIONS.flatMap((uri) => {
        const isSent = findExtensionId(our, uri) !== undefined;
        const id = isSent ? findExtensionId(theirs, uri) : undefined;
        return extensionLines(id, uri);
      }),
      ...codecLines(taken.codec, payloadType, taken.fmtp, common(sent, taken)),
      ...rtxLines(taken.codec, payloadType, rtx),
      ...redLines(taken.codec, payloadType, red),
    ],
  };
}

function common(a: OfferedCodec, b: OfferedCodec): string[] {
  return a.feedback.filter((one) => b.feedback.includes(one));
}

function sessionLines(
  sessionId: number,
  version: number,
  bundle: readonly string[],
): string[] {
  return [
    "v=0",
    `o=- ${sessionId} ${version} IN IP4 0.0.0.0`,
    "s=-",
    "t=0 0",
    ...bundle.length > 0 ? [`a=group:BUNDLE ${bundle.join(" ")}`] : [],
  ];
}

function mediaLines(
  { media, protocol, mid }: Section,
  formats: readonly number[],
): string[] {
  return [
    `m=${media} 9 ${protocol} ${formats.join(" ")}`,
    "c=IN IP4 0.0.0.0",
    ...mid === "" ? [] : [`a=mid:${mid}`],
  ];
}

function rejectedLines({ media, protocol, formats, mid }: Section): string[] {
  return [
    `m=${media} 0 ${protocol} ${formats[0]}`,
    "c=IN IP4 0.0.0.0",
    ...mid === "" ? [] : [`a=mid:${mid}`],
    "a=inactive",
  ];
}

/** The lines of these names, as they are. */
function copy({ attributes }: Section, ...names: readonly string[]): string[] {
  return names.flatMap((name) =>
    allValues(attributes, name).map((value) =>
      value === "" ? `a=${name}` : `a=${name}:${value}`
    )
  );
}

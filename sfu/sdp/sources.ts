import { allValues, cannotUse, type Section, sectionName } from "./document.ts";
import { isVisible, toInteger } from "./grammar.ts";

const MAX_SSRC = 0xffff_ffff;
/** Simulcast of Firefox needs six with retransmission. */
const MAX_SSRCS = 32;
/** The length of an SDES item (RFC 3550 §6.5). */
const MAX_CNAME_CHARS = 255;

/** Groups (RFC 5576 §4.2) of which only the first SSRC carries media for us. */
const REPAIR_GROUPS: ReadonlySet<string> = new Set(["FID", "FEC", "FEC-FR"]);

/** The RTP sources that a section declares (RFC 5576). */
export interface Sources {
  readonly ssrcs: readonly number[];
  /** The sources of retransmissions (RFC 4588 §8.2), by what they repair. */
  readonly rtxSsrcs: ReadonlyMap<number, number>;
  readonly cname?: string | undefined;
}

/**
 * Reads the SSRCs of a section, without those that repair others.
 *
 * @throws {SdpError} if there are too many
 */
export function parseSources(section: Section): Sources {
  const lines = allValues(section.attributes, "ssrc").flatMap((value) => {
    const [id = "", ...rest] = value.split(" ");
    const ssrc = toInteger(id, MAX_SSRC);
    return ssrc === undefined ? [] : [{ ssrc, rest: rest.join(" ") }];
  });
  const repairs = new Set(
    allValues(section.attributes, "ssrc-group").flatMap(parseRepairs),
  );
  const ssrcs = [...new Set(lines.map(({ ssrc }) => ssrc))]
    .filter((ssrc) => !repairs.has(ssrc));
  if (ssrcs.length > MAX_SSRCS) {
    const where = sectionName(section);
    throw cannotUse("offer", `more than ${MAX_SSRCS} SSRCs in ${where}`);
  }
  const cname = lines
    .flatMap(({ rest }) => rest.startsWith("cname:") ? rest.slice(6) : [])
    .find((text) => isVisible(text, MAX_CNAME_CHARS));
  return { ssrcs, rtxSsrcs: parseRtx(section, ssrcs), cname };
}

function parseRtx(
  section: Section,
  ssrcs: readonly number[],
): Map<number, number> {
  const pairs = allValues(section.attributes, "ssrc-group").flatMap((group) => {
    const [semantics, first = "", second = ""] = group.split(" ");
    const media = toInteger(first, MAX_SSRC);
    const rtx = toInteger(second, MAX_SSRC);
    if (semantics !== "FID" || media === undefined || rtx === undefined) {
      return [];
    }
    return ssrcs.includes(media) ? [[media, rtx] as const] : [];
  });
  return new Map(pairs);
}

function parseRepairs(group: string): number[] {
  const [semantics = "", , ...repairs] = group.split(" ");
  if (!REPAIR_GROUPS.has(semantics)) return [];
  return repairs.flatMap((text) => toInteger(text, MAX_SSRC) ?? []);
}

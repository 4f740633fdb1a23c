import { allValues, firstValue, type Section } from "./document.ts";

/**
 * The most encodings of one track that we take. Browsers can send as many as
 * they like, but there is no use for more than three sizes.
 */
const MAX_ENCODINGS = 4;

/** What RFC 8852 §3.1 allows, as short as everybody has them. */
const RID = /^[A-Za-z0-9]{1,16}$/;

/** One of several encodings in which a client sends a track (RFC 8853). */
export interface OfferedEncoding {
  /** Its name, by which packets are told apart. */
  readonly rid: string;
  /** Whether it is not sent for now. */
  readonly paused: boolean;
}

/**
 * Reads the encodings that a section sends, in its order, which should be that
 * of preference. Of alternatives the first is taken. Empty if there is only one
 * encoding, or if they are not what they should be: then it is as if there were
 * no simulcast, and a browser sends the first one alone.
 */
export function parseSimulcast(section: Section): readonly OfferedEncoding[] {
  const [, list = ""] = /(?:^| )send (\S+)/.exec(
    firstValue(section.attributes, "simulcast") ?? "",
  ) ?? [];
  const described = new Set(
    allValues(section.attributes, "rid").flatMap((value) => {
      const [rid = "", direction] = value.split(" ");
      return direction === "send" ? [rid] : [];
    }),
  );
  const encodings = list.split(";").map((alternatives) => {
    const [first = ""] = alternatives.split(",");
    const paused = first.startsWith("~");
    return { rid: paused ? first.slice(1) : first, paused };
  });
  const rids = new Set(encodings.map(({ rid }) => rid));
  const isUsable = encodings.length > 1 && rids.size === encodings.length &&
    encodings.every(({ rid }) => RID.test(rid) && described.has(rid));
  return isUsable ? encodings.slice(0, MAX_ENCODINGS) : [];
}

/** The lines that take all of these encodings (RFC 8853 §5.3). */
export function simulcastLines(
  encodings: readonly OfferedEncoding[],
): string[] {
  if (encodings.length === 0) return [];
  const list = encodings.map(({ rid, paused }) => `${paused ? "~" : ""}${rid}`);
  return [
    ...encodings.map(({ rid }) => `a=rid:${rid} recv`),
    `a=simulcast:recv ${list.join(";")}`,
  ];
}

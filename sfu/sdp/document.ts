import { isToken, toInteger } from "./grammar.ts";
import { SdpError } from "./sdp_error.ts";

/**
 * The longest SDP that we read, in UTF-16 units. A browser's offer of two
 * sections has 12,000; lower would refuse what honest clients send, higher
 * only helps those who want us to work for nothing.
 */
const MAX_CHARS = 65_536;
const MAX_LINES = 4_096;
/** A flow has two; a viewer's answer has one for each track it ever got. */
const MAX_SECTIONS = 64;
/** As many as there are payload types. */
const MAX_FORMATS = 128;
const MAX_PORT = 65_535;

/** The `a=` lines of one level: all values of each name, in order. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

/** What an `m=` line and the lines below it say. */
export interface Section {
  /** Its place in the document, from 0. */
  readonly index: number;
  /** Empty if the section has none. */
  readonly mid: string;
  /** `audio`, `video`, `application`… */
  readonly media: string;
  readonly port: number;
  readonly protocol: string;
  /** Payload types, for RTP. At least one. */
  readonly formats: readonly string[];
  readonly attributes: Attributes;
}

/** An SDP, cut into lines but not yet understood. */
export interface SdpDocument {
  /** What it is, for error messages. */
  readonly subject: "offer" | "answer";
  readonly attributes: Attributes;
  readonly sections: readonly Section[];
}

/**
 * Cuts an SDP into sections and attributes (RFC 8866 §5). Lines that WebRTC has
 * no use for, such as `s=` or `b=`, are checked for their form and dropped.
 *
 * Lines may end in LF alone, as RFC 8866 §5 asks of parsers.
 *
 * @throws {SdpError} if it is too large or not SDP, or two sections share a mid
 */
export function parseDocument(
  sdp: string,
  subject: SdpDocument["subject"],
): SdpDocument {
  const lines = splitLines(sdp, subject);
  const session = new Map<string, string[]>();
  const sections: Section[] = [];
  let attributes = session;

  for (const [index, line] of lines.entries()) {
    if (!/^[a-z]=/.test(line)) {
      throw cannotUse(subject, `line ${index + 1} is not of the form x=…`);
    }
    if (line.startsWith("m=")) {
      attributes = new Map();
      const section = parseMediaLine(line, sections.length, attributes);
      if (!section) throw cannotUse(subject, `line ${index + 1} is no m= line`);
      sections.push(section);
    } else if (line.startsWith("a=")) {
      addAttribute(attributes, line);
    }
  }
  if (sections.length > MAX_SECTIONS) {
    throw cannotUse(subject, `more than ${MAX_SECTIONS} sections`);
  }
  return {
    subject,
    attributes: session,
    sections: nameSections(subject, sections),
  };
}

/** The value of the first attribute of that name; empty if it has none. */
export function firstValue(
  attributes: Attributes,
  name: string,
): string | undefined {
  return attributes.get(name)?.[0];
}

/** All values of that name. */
export function allValues(
  attributes: Attributes,
  name: string,
): readonly string[] {
  return attributes.get(name) ?? [];
}

/** An error that says what is wrong with an offer or an answer. */
export function cannotUse(
  subject: SdpDocument["subject"],
  reason: string,
): SdpError {
  return new SdpError(`Cannot use ${subject}: ${reason}`);
}

/** How to speak of a section in an error: by its mid, else by its place. */
export function sectionName(section: Section): string {
  return `section "${section.mid || `#${section.index}`}"`;
}

function splitLines(sdp: string, subject: SdpDocument["subject"]): string[] {
  if (sdp.length > MAX_CHARS) {
    throw cannotUse(subject, `longer than ${MAX_CHARS} characters`);
  }
  const lines = sdp.trimEnd().split("\n", MAX_LINES + 1);
  if (lines.length > MAX_LINES) {
    throw cannotUse(subject, `more than ${MAX_LINES} lines`);
  }
  const trimmed = lines.map((line) =>
    line.endsWith("\r") ? line.slice(0, -1) : line
  );
  if (trimmed[0] !== "v=0") {
    throw cannotUse(subject, "does not begin with v=0");
  }
  const bad = trimmed.findIndex(hasControl);
  if (bad >= 0) {
    throw cannotUse(subject, `control character in line ${bad + 1}`);
  }
  return trimmed;
}

function hasControl(line: string): boolean {
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}

function parseMediaLine(
  line: string,
  index: number,
  attributes: Attributes,
): Section | undefined {
  const [media, portText, protocol, ...formats] = line.slice(2).split(" ");
  if (!media || !portText || !protocol) return undefined;
  const port = toInteger(portText.replace(/\/[0-9]{1,5}$/, ""), MAX_PORT);
  const valid = port !== undefined && isToken(media, 32) &&
    protocol.length <= 64 &&
    protocol.split("/").every((part) => isToken(part)) &&
    formats.length > 0 && formats.length <= MAX_FORMATS &&
    formats.every((format) => isToken(format));
  if (!valid) return undefined;
  return { index, mid: "", media, port, protocol, formats, attributes };
}

function addAttribute(attributes: Map<string, string[]>, line: string): void {
  const colon = line.indexOf(":");
  const name = line.slice(2, colon < 0 ? undefined : colon);
  const value = colon < 0 ? "" : line.slice(colon + 1);
  const values = attributes.get(name);
  if (values) values.push(value);
  else attributes.set(name, [value]);
}

/** Reads the mids (RFC 5888 §4) once all attributes are known. */
function nameSections(
  subject: SdpDocument["subject"],
  sections: readonly Section[],
): Section[] {
  const seen = new Set<string>();
  return sections.map((section) => {
    const mid = firstValue(section.attributes, "mid") ?? "";
    if (mid === "") return section;
    if (!isToken(mid)) {
      throw cannotUse(subject, `mid of section #${section.index} is no token`);
    }
    if (seen.has(mid)) throw cannotUse(subject, `mid "${mid}" is used twice`);
    seen.add(mid);
    return { ...section, mid };
  });
}

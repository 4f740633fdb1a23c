import { UsageError } from "./usage_error.ts";

/** What becomes of a flag of Galène's server. */
type Translation =
  /** It has a value, and ours that does the same. */
  | { readonly kind: "same"; readonly flag: string }
  /** It has a value, and none of ours does the same: what to do instead. */
  | { readonly kind: "other"; readonly advice: string }
  /** It has no value, and the same goes for it. */
  | { readonly kind: "other-switch"; readonly advice: string };

const PROFILES =
  "to profile, set DENO_V8_FLAGS=--prof in the server's environment";

/** Those that mean something by themselves; the others are in the code below. */
const FLAGS: Readonly<Record<string, Translation>> = {
  "data": { kind: "same", flag: "--data" },
  "groups": { kind: "same", flag: "--groups" },
  "static": { kind: "same", flag: "--static" },
  "recordings": { kind: "same", flag: "--recordings" },
  "mdns": {
    kind: "other-switch",
    advice: "addresses are announced as they are: leave it out",
  },
  "cpuprofile": { kind: "other", advice: PROFILES },
  "memprofile": { kind: "other", advice: PROFILES },
  "mutexprofile": { kind: "other", advice: PROFILES },
};

/**
 * Understands the flags of Galène's server, which have one dash, in Galène's
 * meaning (F.1), and makes ours of them, which have two. `-http` is where HTTPS
 * is then, unless there is `-insecure` or it is a Unix socket, and nothing else
 * is served. What cannot be done is refused with what to do instead.
 *
 * @throws {UsageError} if there is no such flag, or it cannot be used here
 */
export function translateGaleneFlags(args: readonly string[]): string[] {
  const translated: string[] = [];
  let http: string | undefined;
  let isInsecure = false;
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    const [, name, inline] = /^-([a-z][^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const take = () => inline ?? args[index += 1] ?? missing(arg);
    if (name === undefined) translated.push(arg);
    else if (name === "h" || name === "help") translated.push("--help");
    else if (name === "insecure") isInsecure = inline !== "false";
    else if (name === "http") http = take();
    else if (name === "udp-range") translated.push(toMediaPort(take()));
    else if (name === "turn") refuseTurn(take());
    else if (name === "relay-only") {
      if (inline !== "false") translated.push("--relay-only");
    } else translated.push(...translate(name, inline, take));
  }
  return [...translated, ...toPlaces(http, isInsecure)];
}

function translate(
  name: string,
  inline: string | undefined,
  take: () => string,
): string[] {
  const found = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
  if (found === undefined) {
    throw new UsageError(`There is no flag -${name}. See --help`);
  }
  if (found.kind === "same") return [`${found.flag}=${take()}`];
  // Off, as it is anyway.
  if (found.kind === "other-switch" && inline === "false") return [];
  throw new UsageError(`Cannot use -${name}: ${found.advice}`);
}

/** Where Galène would be: at one place only. */
function toPlaces(http: string | undefined, isInsecure: boolean): string[] {
  if (http === undefined && !isInsecure) return [];
  const place = http ?? ":8443";
  return isInsecure || place.startsWith("/")
    ? [`--http=${place}`, "--https=off"]
    : [`--https=${place}`, "--http=off"];
}

function toMediaPort(range: string): string {
  if (/^\d+$/.test(range)) return `--media-port=${range}`;
  throw new UsageError(
    `Cannot use -udp-range ${range}: one port is enough here, give that one`,
  );
}

function refuseTurn(address: string): void {
  // What the server thinks best, which is none of its own (ADR 0026).
  if (address === "" || address === "auto") return;
  throw new UsageError(
    `Cannot use -turn ${address}: Nereid has no TURN server of its own, as it takes media over TCP itself. Leave it out, or run one beside it and name that in ice-servers.json`,
  );
}

function missing(flag: string): never {
  throw new UsageError(`Flag ${flag} needs a value. See --help`);
}

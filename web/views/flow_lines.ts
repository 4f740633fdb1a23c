import type { FlowStatistics } from "../../protocol/flow_statistics.ts";
import type { TrackStats } from "../client/types.ts";
import { STRINGS } from "../strings.ts";

/** What this browser sees of a track, in lines. */
export function linesOfTrack(track: TrackStats): readonly string[] {
  const words = STRINGS.figures;
  const { rate, width, height, framesPerSecond: fps = 0 } = track;
  const { loss, jitterMs, roundTripMs, freezes, frozenSeconds = 0 } = track;
  return present([
    rate !== undefined && words.rate({ kbps: toKbps(rate) }),
    width !== undefined && height !== undefined &&
    words.size({ width, height, fps: Math.round(fps) }),
    loss !== undefined && words.loss({ percent: toPercent(loss) }),
    jitterMs !== undefined && words.delay({ ms: Math.round(jitterMs) }),
    roundTripMs !== undefined &&
    words.roundTrip({ ms: Math.round(roundTripMs) }),
    freezes !== undefined && freezes > 0 &&
    words.freezes({ number: freezes, seconds: frozenSeconds.toFixed(1) }),
  ]);
}

/** What the server sees of a flow, in lines. */
export function linesOfServer(flow: FlowStatistics): readonly string[] {
  const words = STRINGS.figures;
  const { tracks, pathLoss } = flow;
  const sum = (name: "asked" | "repaired" | "keyframeRequests" | "pauses") =>
    tracks.reduce((total, track) => total + (track[name] ?? 0), 0);
  const room = flow.maxBitrate ??
    largest(tracks.map(({ maxBitrate }) => maxBitrate));
  const loss = pathLoss ?? largest(tracks.map(({ loss }) => loss));
  const rttMs = largest(tracks.map(({ rtt }) => rtt));
  const [asked, keyframes, pauses] = [
    sum("asked"),
    sum("keyframeRequests"),
    sum("pauses"),
  ];
  return present([
    room !== undefined && words.room({ kbps: toKbps(room) }),
    loss !== undefined && words.loss({ percent: toPercent(loss) }),
    rttMs !== undefined && words.roundTrip({ ms: Math.round(rttMs) }),
    layerOf(flow),
    asked > 0 && words.repairs({ repaired: sum("repaired"), asked }),
    keyframes > 0 && words.keyframes({ number: keyframes }),
    pauses > 0 && words.pauses({ number: pauses }),
  ]);
}

/** Which of a picture's sizes and rates comes; counted from the smallest. */
function layerOf({ tracks }: FlowStatistics): string | false {
  const track = tracks.find(({ maxSid = 0, maxTid = 0 }) =>
    maxSid + maxTid > 0
  );
  if (track === undefined) return false;
  const { sid = 0, maxSid = 0, tid = 0, maxTid = 0 } = track;
  return STRINGS.figures.layer({
    size: sid + 1,
    sizes: maxSid + 1,
    rate: tid + 1,
    rates: maxTid + 1,
  });
}

/** What one sends, as Galène's tiles have it: the rate of each picture and sound. */
export function ratesOf(tracks: readonly TrackStats[]): string {
  const rates = tracks.toSorted(pictureFirst)
    .flatMap(({ rates, rate }) => rates ?? rate ?? [])
    .map((rate) => String(toKbps(rate)));
  return rates.length === 0
    ? ""
    : STRINGS.figures.rate({ kbps: rates.join(" + ") });
}

function pictureFirst(a: TrackStats, b: TrackStats): number {
  return Number(b.kind === "video") - Number(a.kind === "video");
}

function toKbps(bitsPerSecond: number): number {
  return Math.round(bitsPerSecond / 1_000);
}

function toPercent(share: number): string {
  return (share * 100).toFixed(1);
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function present(lines: readonly (string | false)[]): readonly string[] {
  return lines.filter((line) => line !== false);
}

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { StreamStats, TrackStats } from "../client/types.ts";
import type { Flow } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { judge } from "./connection_quality.ts";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";

/** Higher takes less of the processor; lower shows changes sooner. */
const INTERVAL_MS = 1_000;

/** How well a flow gets through, in words and in figures. */
export function FlowFigures({ flow }: { readonly flow: Flow }): JSX.Element {
  const { session } = usePage();
  const stats = useSignal<StreamStats>({});
  useEffect(() => {
    const stream = session.connection?.findByLocalId(flow.localId);
    if (stream === undefined) return;
    stream.onstats = (latest) => stats.value = latest;
    stream.setStatsInterval(INTERVAL_MS);
    return () => stream.setStatsInterval(0);
  }, [flow.flowId]);

  const tracks = Object.values(stats.value);
  const quality = judge(tracks);
  const words = STRINGS.figures;
  return (
    <div class="figures" data-quality={quality} data-testid="figures">
      <p class="figures-quality">
        <Icon name="signal" /> {words.quality[quality]}
      </p>
      {tracks.map((track, index) => (
        <ul key={index}>
          {linesOf(track).map((line) => <li key={line}>{line}</li>)}
        </ul>
      ))}
    </div>
  );
}

function linesOf(track: TrackStats): readonly string[] {
  const words = STRINGS.figures;
  const { rate, width, height, framesPerSecond: fps = 0 } = track;
  const { loss, jitterMs, roundTripMs } = track;
  return [
    rate !== undefined && words.rate({ kbps: Math.round(rate / 1000) }),
    width !== undefined && height !== undefined &&
    words.size({ width, height, fps: Math.round(fps) }),
    loss !== undefined && words.loss({ percent: (loss * 100).toFixed(1) }),
    jitterMs !== undefined && words.delay({ ms: Math.round(jitterMs) }),
    roundTripMs !== undefined &&
    words.roundTrip({ ms: Math.round(roundTripMs) }),
  ].filter((line) => line !== false);
}

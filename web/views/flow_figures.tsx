import type { JSX } from "preact";
import type { ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { TrackStats } from "../client/types.ts";
import type { Flow } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { judge } from "./connection_quality.ts";
import { linesOfServer, linesOfTrack, ratesOf } from "./flow_lines.ts";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";

/** Between two figures, which are too many for a line each. */
const SEPARATOR = " · ";

/** How well a flow gets through, in words and in figures. */
export function FlowFigures(
  { flow, stats }: {
    readonly flow: Flow;
    readonly stats: ReadonlySignal<readonly TrackStats[]>;
  },
): JSX.Element {
  const { session } = usePage();
  useEffect(() => session.figures.watch(), []);
  const tracks = stats.value;
  const server = session.figures.of(flow.flowId);
  const quality = judge(tracks);
  const words = STRINGS.figures;
  return (
    <div class="figures" data-quality={quality} data-testid="figures">
      <p class="figures-quality">
        <Icon name="signal" /> {words.quality[quality]}
      </p>
      {tracks.map((track, index) => (
        <p key={index}>{linesOfTrack(track).join(SEPARATOR)}</p>
      ))}
      {server !== undefined && (
        <div data-testid="server-figures">
          <p class="figures-source">{words.server}</p>
          <p>{linesOfServer(server).join(SEPARATOR)}</p>
        </div>
      )}
    </div>
  );
}

/** How much of one's own flow goes out, beside its name. */
export function SendRates(
  { stats }: { readonly stats: ReadonlySignal<readonly TrackStats[]> },
): JSX.Element {
  return (
    <span class="tile-rates" data-testid="send-rates">
      {ratesOf(stats.value)}
    </span>
  );
}

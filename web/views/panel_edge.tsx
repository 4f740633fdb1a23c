import type { JSX } from "preact";
import { PANEL_WIDTHS } from "../media/preferences.ts";
import { STRINGS } from "../strings.ts";
import { usePage } from "./page.ts";

/** How far one press of an arrow moves it, in CSS pixels. */
const STEP = 20;

/** The edge between the tiles and the panel, which is drawn to and fro. */
export function PanelEdge(): JSX.Element {
  const { preferences } = usePage();
  const { panelWidth } = preferences.current.value;
  const resize = (width: number) => {
    const { least, most } = PANEL_WIDTHS;
    const panelWidth = Math.round(Math.min(most, Math.max(least, width)));
    preferences.update({ panelWidth });
  };
  return (
    <div
      class="panel-edge"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={STRINGS.call.panelWidth}
      aria-valuemin={PANEL_WIDTHS.least}
      aria-valuemax={PANEL_WIDTHS.most}
      aria-valuenow={panelWidth}
      data-testid="panel-edge"
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const edge = event.currentTarget;
        if (!edge.hasPointerCapture(event.pointerId)) return;
        const panel = edge.parentElement?.getBoundingClientRect();
        if (panel === undefined) return;
        resize(
          isLeftToRight(edge)
            ? panel.right - event.clientX
            : event.clientX - panel.left,
        );
      }}
      onKeyDown={(event) => {
        const outwards = isLeftToRight(event.currentTarget)
          ? "ArrowLeft"
          : "ArrowRight";
        if (event.key === outwards) resize(panelWidth + STEP);
        else if (/^Arrow(Left|Right)$/.test(event.key)) {
          resize(panelWidth - STEP);
        } else return;
        event.preventDefault();
      }}
    />
  );
}

function isLeftToRight(element: HTMLElement): boolean {
  return getComputedStyle(element).direction === "ltr";
}

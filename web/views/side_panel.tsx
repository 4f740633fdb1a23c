import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";
import { PanelEdge } from "./panel_edge.tsx";

/** The frame of what opens beside the tiles, or over them on a phone. */
export function SidePanel(
  { title, closeLabel, actions, children }: {
    readonly title: string;
    readonly closeLabel: string;
    /** Beside the button that closes it. */
    readonly actions?: ComponentChildren;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  const { store, preferences } = usePage();
  const { panelWidth } = preferences.current.value;
  const panel = useRef<HTMLElement>(null);
  // Now, as what is inside may take the focus when it is there.
  const opener = useRef(document.activeElement).current;
  useEffect(() => () => {
    // Whoever closed it by keyboard goes on where they opened it.
    const inside = panel.current?.contains(document.activeElement) ?? true;
    if (inside && opener instanceof HTMLElement) opener.focus();
  }, []);
  return (
    <aside
      class="panel"
      ref={panel}
      aria-label={title}
      style={{ "--panel-width": `${panelWidth}px` }}
    >
      <PanelEdge />
      <header class="panel-header">
        <h2>{title}</h2>
        <div class="panel-header-actions">
          {actions}
          <button
            type="button"
            class="icon-button"
            aria-label={closeLabel}
            title={closeLabel}
            onClick={() => store.dispatch({ kind: "panel-closed" })}
          >
            <Icon name="close" />
          </button>
        </div>
      </header>
      {children}
    </aside>
  );
}

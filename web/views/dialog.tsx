import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { STRINGS } from "../strings.ts";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";

/** The frame of what opens above everything else. */
export function Dialog(
  { title, testId, wide = false, children }: {
    readonly title: string;
    readonly testId: string;
    readonly wide?: boolean;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  const { store } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Closed in an orderly way, it gives the focus back.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={wide ? "dialog dialog-wide" : "dialog"}
      aria-label={title}
      data-testid={testId}
      onClose={() => store.dispatch({ kind: "dialog-closed" })}
      onPointerDown={(event) => {
        // Only the backdrop is the dialog itself.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="dialog-inner">
        <header class="panel-header">
          <h2>{title}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label={STRINGS.close}
            title={STRINGS.close}
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

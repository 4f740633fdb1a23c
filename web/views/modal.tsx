import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { STRINGS } from "../strings.ts";
import { Icon } from "./icons.tsx";

/** The frame of what opens above everything else, whatever page it is on. */
export function Modal(
  { title, testId, wide = false, onClose, children }: {
    readonly title: string;
    readonly testId: string;
    readonly wide?: boolean;
    /** Called when the user has closed it, and not if it has just been taken away. */
    readonly onClose: () => void;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const told = useRef(onClose);
  told.current = onClose;
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    // The event comes late: by then this one may be gone, and another open.
    const tell = () => told.current();
    element.addEventListener("close", tell);
    element.showModal();
    return () => {
      element.removeEventListener("close", tell);
      // Closed in an orderly way, it gives the focus back.
      element.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={wide ? "dialog dialog-wide" : "dialog"}
      aria-label={title}
      data-testid={testId}
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

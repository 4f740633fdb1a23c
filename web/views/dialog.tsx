import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { Modal } from "./modal.tsx";
import { usePage } from "./page.ts";

/** A dialogue of the call's page, which its state knows to be open. */
export function Dialog(
  { children, ...frame }: {
    readonly title: string;
    readonly testId: string;
    readonly wide?: boolean;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  const { store } = usePage();
  const { dialog } = store.state.value;
  const shown = useRef({ dialog, count: 0 });
  // One that is opened anew is a new element: the old one may be closing still.
  if (shown.current.dialog !== dialog) {
    shown.current = { dialog, count: shown.current.count + 1 };
  }
  return (
    <Modal
      key={shown.current.count}
      {...frame}
      onClose={() => store.dispatch({ kind: "dialog-closed", dialog })}
    >
      {children}
    </Modal>
  );
}

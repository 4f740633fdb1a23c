import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { STRINGS } from "../../strings.ts";
import { Modal } from "../modal.tsx";

/** A button for what cannot be undone: asks first. */
export function ConfirmButton(
  { label, name = label, title, text, small = true, onConfirm }: {
    readonly label: string;
    /** For screen readers, if the label needs its row to be understood. */
    readonly name?: string;
    readonly title: string;
    readonly text: string;
    readonly small?: boolean;
    readonly onConfirm: () => void;
  },
): JSX.Element {
  const asking = useSignal(false);
  return (
    <>
      <button
        type="button"
        class={`button ${small ? "button-small " : ""}button-quiet-danger`}
        aria-label={name}
        onClick={() => asking.value = true}
      >
        {label}
      </button>
      {asking.value && (
        <Modal
          title={title}
          testId="confirm"
          onClose={() => asking.value = false}
        >
          <p>{text}</p>
          <div class="dialog-actions">
            <button
              type="button"
              class="button"
              autofocus
              onClick={() => asking.value = false}
            >
              {STRINGS.cancel}
            </button>
            <button
              type="button"
              class="button button-danger"
              data-testid="confirm-yes"
              onClick={() => {
                asking.value = false;
                onConfirm();
              }}
            >
              {label}
            </button>
          </div>
        </Modal>
      )}
    </>
  );
}

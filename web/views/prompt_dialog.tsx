import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { assertNever } from "../../lib/assert_never.ts";
import type { CallActions } from "../call/call_actions.ts";
import type { Dialog as DialogState } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { Dialog } from "./dialog.tsx";
import { usePage } from "./page.ts";

type Prompt = Extract<
  DialogState,
  { kind: "lock" | "clear" | "announce" | "warn" | "remove" }
>;

/** What a prompt says and does. */
interface Question {
  readonly title: string;
  /** What is to be written; empty if nothing. */
  readonly label: string;
  readonly text?: string;
  readonly send: string;
  readonly danger?: boolean;
  /** Whether it makes sense without words. */
  readonly optional?: boolean;
  readonly act: (actions: CallActions, text: string) => void;
}

/** Asks for a few words, or whether one is sure, before something is done. */
export function PromptDialog(
  { dialog }: { readonly dialog: Prompt },
): JSX.Element {
  const { store, session } = usePage();
  const text = useSignal("");
  const question = toQuestion(dialog);
  const close = () => store.dispatch({ kind: "dialog-closed", dialog });
  const missing = !question.optional && text.value.trim() === "";
  return (
    <Dialog title={question.title} testId="prompt">
      <form
        class="prompt"
        onSubmit={(event) => {
          event.preventDefault();
          if (missing) return;
          question.act(session.actions, text.value.trim());
          close();
        }}
      >
        {question.text !== undefined && <p class="soft">{question.text}</p>}
        {question.label !== "" && (
          <label class="field">
            <span class="field-label">{question.label}</span>
            <input
              data-testid="prompt-text"
              value={text.value}
              onInput={(event) => text.value = event.currentTarget.value}
              maxLength={1_000}
              autocomplete="off"
              autofocus
              dir="auto"
            />
          </label>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={close}>
            {STRINGS.cancel}
          </button>
          <button
            type="submit"
            class={question.danger
              ? "button button-danger"
              : "button button-primary"}
            data-testid="prompt-send"
            disabled={missing}
          >
            {question.send}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function toQuestion(dialog: Prompt): Question {
  const { group, people } = STRINGS;
  switch (dialog.kind) {
    case "lock":
      return {
        title: group.lockTitle,
        label: group.lockLabel,
        send: group.lockSend,
        optional: true,
        act: (actions, text) => actions.lock(text),
      };
    case "clear":
      return {
        title: group.clearTitle,
        label: "",
        text: group.clearText,
        send: group.clearSend,
        danger: true,
        optional: true,
        act: (actions) => actions.clearChat(),
      };
    case "announce":
      return {
        title: group.announceTitle,
        label: group.announceLabel,
        send: group.announceSend,
        act: (actions, text) => actions.warn("", text),
      };
    case "warn":
      return {
        title: people.warnTitle({ name: dialog.username }),
        label: people.warnLabel,
        send: people.warnSend,
        act: (actions, text) => actions.warn(dialog.id, text),
      };
    case "remove":
      return {
        title: people.removeTitle({ name: dialog.username }),
        label: people.removeLabel,
        send: people.removeSend,
        danger: true,
        optional: true,
        act: (actions, text) => actions.remove(dialog.id, text),
      };
    default:
      return assertNever(dialog);
  }
}

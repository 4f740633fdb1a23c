import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { OpenGroup } from "../../admin/admin_state.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { useAdmin } from "./admin_context.ts";
import { ConfirmButton } from "./confirm_button.tsx";

/** Replaces the keys of a group's authentication server, or removes them. */
export function KeysPanel(
  { group }: { readonly group: OpenGroup },
): JSX.Element {
  const { session } = useAdmin();
  const keys = useSignal("");
  const problem = useSignal("");
  const words = WORDS.keys;
  return (
    <form
      class="admin-form"
      onSubmit={(event) => {
        event.preventDefault();
        problem.value = isJson(keys.value) ? "" : words.notJson;
        if (problem.value === "") void session.setKeys(group.name, keys.value);
      }}
    >
      <p class="soft">{words.intro}</p>
      <label class="field">
        <span class="field-label">{words.label}</span>
        <textarea
          class="admin-code"
          rows={8}
          dir="ltr"
          spellcheck={false}
          required
          value={keys.value}
          data-testid="keys"
          placeholder='{"keys": [{"kty": "oct", "alg": "HS256", "k": "…"}]}'
          onInput={(event) => keys.value = event.currentTarget.value}
        />
      </label>
      <p class="field-error" role="alert">{problem.value}</p>
      <div class="dialog-actions dialog-actions-start">
        <button
          type="submit"
          class="button button-primary"
          data-testid="set-keys"
        >
          {words.set}
        </button>
        <ConfirmButton
          label={words.remove}
          title={words.removeTitle}
          text={words.removeText}
          small={false}
          onConfirm={() => void session.setKeys(group.name, undefined)}
        />
      </div>
    </form>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // SyntaxError
  }
}

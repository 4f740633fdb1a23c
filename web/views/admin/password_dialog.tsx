import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { NewPassword } from "../../admin/changes.ts";
import type { User } from "../../admin/admin_state.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { STRINGS } from "../../strings.ts";
import { ChoiceField } from "../choice_field.tsx";
import { Modal } from "../modal.tsx";
import { Secret } from "../password_field.tsx";
import { useAdmin } from "./admin_context.ts";
import { nameOf } from "./user_name.ts";

const KINDS: readonly NewPassword["kind"][] = ["secret", "anything", "none"];

/** Asks by what a user is to prove who they are. */
export function PasswordDialog(
  { group, user, onClose }: {
    readonly group: string;
    readonly user: User;
    readonly onClose: () => void;
  },
): JSX.Element {
  const { session } = useAdmin();
  const words = WORDS.users;
  const kind = useSignal<NewPassword["kind"]>("secret");
  const text = useSignal("");
  const isMissing = kind.value === "secret" && text.value === "";
  return (
    <Modal
      title={words.passwordOf({ name: nameOf(user) })}
      testId="password-dialog"
      onClose={onClose}
    >
      <form
        class="admin-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isMissing) return;
          const password: NewPassword = kind.value === "secret"
            ? { kind: "secret", text: text.value }
            : { kind: kind.value };
          onClose();
          void session.setPassword(group, user, password);
        }}
      >
        <ChoiceField
          label={words.kind}
          choices={KINDS}
          words={words.kinds}
          chosen={kind.value}
          testId="password-kind"
          onChoose={(chosen) => kind.value = chosen}
        />
        {kind.value === "secret" && (
          <>
            <Secret
              label={words.fresh}
              value={text}
              autocomplete="new-password"
              testId="new-password"
            />
            <p class="soft small">{words.secretHint}</p>
          </>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {STRINGS.cancel}
          </button>
          <button
            type="submit"
            class="button button-primary"
            data-testid="set-password"
            disabled={isMissing}
          >
            {words.set}
          </button>
        </div>
      </form>
    </Modal>
  );
}

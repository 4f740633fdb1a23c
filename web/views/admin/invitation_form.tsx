import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { WORDS } from "../../languages/admin/words.ts";
import { parseValidity, usualEnd } from "../validity.ts";
import { useAdmin } from "./admin_context.ts";
import { PermissionSelect } from "./permission_select.tsx";
import { TextField } from "./text_field.tsx";

/** What sets of permissions mean in an invitation, which takes single ones. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  op: ["op", "present", "message", "caption", "token"],
  present: ["present", "message"],
  message: ["message"],
  observe: [],
  caption: ["caption"],
  admin: ["admin"],
};

/** Asks whom to invite, until when, and what they may do. */
export function InvitationForm(
  { group }: { readonly group: string },
): JSX.Element {
  const { session } = useAdmin();
  const username = useSignal("");
  const set = useSignal("present");
  const from = useSignal("");
  const until = useSignal(usualEnd(Date.now()));
  const subgroups = useSignal(false);
  const problem = useSignal("");
  const words = WORDS.tokens;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const validity = parseValidity(from.value, until.value, Date.now());
    problem.value = validity === undefined ? words.badDates : "";
    if (validity === undefined) return;
    void session.invite(group, {
      username: username.value.trim(),
      permissions: PERMISSIONS[set.value] ?? [],
      includeSubgroups: subgroups.value,
      ...validity,
    });
  };
  return (
    <form class="admin-form" onSubmit={submit}>
      <div class="field-row">
        <TextField
          label={words.username}
          value={username.value}
          onText={(text) => username.value = text}
          autocomplete="off"
          testId="token-username"
        />
        <label class="field">
          <span class="field-label">{WORDS.users.permissions}</span>
          <PermissionSelect
            label={WORDS.users.permissions}
            permissions={set.value}
            testId="token-permissions"
            onChoose={(chosen) => set.value = String(chosen ?? "")}
          />
        </label>
      </div>
      <div class="field-row">
        <TextField
          label={words.from}
          type="datetime-local"
          value={from.value}
          onText={(text) => from.value = text}
        />
        <TextField
          label={words.until}
          type="datetime-local"
          value={until.value}
          onText={(text) => until.value = text}
          testId="token-until"
          required
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={subgroups.value}
          onChange={(event) => subgroups.value = event.currentTarget.checked}
        />
        {words.subgroups}
      </label>
      <p class="field-error" role="alert">{problem.value}</p>
      <div>
        <button
          type="submit"
          class="button button-primary"
          data-testid="make-token"
        >
          {words.create}
        </button>
      </div>
    </form>
  );
}

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { Invitation } from "../../admin/admin_state.ts";
import type { InvitationTerms } from "../../admin/changes.ts";
import type { Permissions } from "../../admin/documents.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { toTimeField } from "../time_field.ts";
import { parseValidity, usualEnd } from "../validity.ts";
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
  { initial, onTerms }: {
    /** The one that is to be changed; without, it is for a new one. */
    readonly initial?: Invitation;
    readonly onTerms: (terms: InvitationTerms) => void;
  },
): JSX.Element {
  const username = useSignal(initial?.username ?? "");
  const set = useSignal<Permissions>(toSet(initial?.permissions));
  const from = useSignal(toField(initial?.["not-before"]) ?? "");
  const until = useSignal(toField(initial?.expires) ?? usualEnd(Date.now()));
  const subgroups = useSignal(initial?.includeSubgroups ?? false);
  const problem = useSignal("");
  const words = WORDS.tokens;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const validity = parseValidity(from.value, until.value, Date.now());
    problem.value = validity === undefined ? words.badDates : "";
    if (validity === undefined) return;
    onTerms({
      username: username.value.trim(),
      permissions: toPermissions(set.value),
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
            onChoose={(chosen) => set.value = chosen}
          />
        </label>
      </div>
      <div class="field-row">
        <TextField
          label={words.from}
          type="datetime-local"
          value={from.value}
          onText={(text) => from.value = text}
          testId="token-from"
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
          data-testid={initial === undefined ? "make-token" : "save-token"}
        >
          {initial === undefined ? words.create : WORDS.groups.save}
        </button>
      </div>
    </form>
  );
}

/** Permissions as they are chosen: by a set's name, or as the list that they are. */
function toSet(permissions: readonly string[] | null | undefined): Permissions {
  if (permissions == null) return "present";
  const wanted = permissions.toSorted().join();
  const known = Object.entries(PERMISSIONS)
    .find(([, each]) => each.toSorted().join() === wanted);
  return known?.[0] ?? [...permissions];
}

function toPermissions(set: Permissions): readonly string[] {
  return Array.isArray(set) ? set : PERMISSIONS[set ?? ""] ?? [];
}

/** A time as a field has it; nothing if there is none. */
function toField(time: string | null | undefined): string | undefined {
  const timeMs = Date.parse(time ?? "");
  return Number.isNaN(timeMs) ? undefined : toTimeField(timeMs);
}

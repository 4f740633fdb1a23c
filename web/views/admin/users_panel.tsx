import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { OpenGroup, User } from "../../admin/admin_state.ts";
import type { Permissions } from "../../admin/documents.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { useAdmin } from "./admin_context.ts";
import { ConfirmButton } from "./confirm_button.tsx";
import { PasswordDialog } from "./password_dialog.tsx";
import { PermissionSelect } from "./permission_select.tsx";
import { TextField } from "./text_field.tsx";
import { nameOf } from "./user_name.ts";

/** Who may enter a group, and what they may do there. */
export function UsersPanel(
  { group }: { readonly group: OpenGroup },
): JSX.Element {
  const words = WORDS.users;
  const missing = ["", undefined].filter((special) =>
    !group.users.some(({ name }) => name === special)
  );
  return (
    <div class="admin-form">
      <AddUser group={group} />
      {group.users.length === 0 && <p class="soft">{words.none}</p>}
      <ul class="admin-rows" data-testid="users">
        {group.users.map((user) => (
          <UserRow key={`${user.name}`} group={group} user={user} />
        ))}
      </ul>
      {missing.map((name) => (
        <AddSpecial key={`${name}`} group={group} name={name} />
      ))}
    </div>
  );
}

function AddUser({ group }: { readonly group: OpenGroup }): JSX.Element {
  const { store, session } = useAdmin();
  const name = useSignal("");
  const permissions = useSignal<Permissions>("present");
  const words = WORDS.users;
  return (
    <form
      class="field-row"
      onSubmit={async (event) => {
        event.preventDefault();
        const wanted = name.value.trim();
        await session.addUser(group.name, wanted, permissions.value);
        if (store.state.peek().outcome?.kind === "done") name.value = "";
      }}
    >
      <TextField
        label={words.name}
        value={name.value}
        onText={(text) => name.value = text}
        autocomplete="off"
        testId="new-user"
        required
      />
      <label class="field">
        <span class="field-label">{words.permissions}</span>
        <PermissionSelect
          label={words.permissions}
          permissions={permissions.value}
          testId="new-user-permissions"
          onChoose={(chosen) => permissions.value = chosen}
        />
      </label>
      <button type="submit" class="button" data-testid="add-user">
        {words.add}
      </button>
    </form>
  );
}

function UserRow(
  { group, user }: { readonly group: OpenGroup; readonly user: User },
): JSX.Element {
  const { session } = useAdmin();
  const isAsking = useSignal(false);
  const words = WORDS.users;
  const name = nameOf(user);
  return (
    <li class="admin-row">
      <span class="admin-row-name">
        <span dir="auto">{name}</span>
        {!user.name && <small class="soft">{hintOf(user.name)}</small>}
      </span>
      <PermissionSelect
        label={words.permissionsOf({ name })}
        permissions={user.permissions}
        testId={`permissions-${user.name ?? "*"}`}
        onChoose={(permissions) =>
          void session.setPermissions(group, user, permissions)}
      />
      <button
        type="button"
        class="button button-small"
        aria-label={words.passwordOf({ name })}
        onClick={() => isAsking.value = true}
      >
        {words.password}
      </button>
      <ConfirmButton
        label={words.remove}
        name={words.removeOf({ name })}
        title={words.removeTitle}
        text={words.removeText({ name })}
        onConfirm={() => void session.deleteUser(group, user)}
      />
      {isAsking.value && (
        <PasswordDialog
          group={group.name}
          user={user}
          onClose={() => isAsking.value = false}
        />
      )}
    </li>
  );
}

/** Lets in those who are nobody in particular, with whatever password. */
function AddSpecial(
  { group, name }: {
    readonly group: OpenGroup;
    readonly name: string | undefined;
  },
): JSX.Element {
  const { store, session } = useAdmin();
  const words = WORDS.users;
  const add = async () => {
    await session.addUser(group.name, name, "present");
    if (store.state.peek().outcome?.kind !== "done") return;
    const user: User = { name, permissions: "present" };
    await session.setPassword(group.name, user, { kind: "anything" });
  };
  return (
    <div class="admin-row">
      <span class="admin-row-name soft">{hintOf(name)}</span>
      <button type="button" class="button" onClick={() => void add()}>
        {name === undefined ? words.addAnybody : words.addNameless}
      </button>
    </div>
  );
}

function hintOf(name: string | undefined): string {
  const words = WORDS.users;
  return name === undefined ? words.anybodyHint : words.namelessHint;
}

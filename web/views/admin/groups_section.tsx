import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { assertNever } from "../../../lib/assert_never.ts";
import type { GroupTab, OpenGroup } from "../../admin/admin_state.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { toGroupAddress } from "../../pages/group_address.ts";
import { useAdmin } from "./admin_context.ts";
import { ConfirmButton } from "./confirm_button.tsx";
import { InvitationsPanel } from "./invitations_panel.tsx";
import { KeysPanel } from "./keys_panel.tsx";
import { SettingsPanel } from "./settings_panel.tsx";
import { TextField } from "./text_field.tsx";
import { UsersPanel } from "./users_panel.tsx";

/** All groups, and the one that is looked at. */
export function GroupsSection(): JSX.Element {
  const { open } = useAdmin().store.state.value;
  return (
    <div class="admin-groups" data-open={open !== undefined}>
      <GroupList />
      {open === undefined
        ? <p class="empty soft admin-choose">{WORDS.groups.choose}</p>
        : <GroupView key={open.name} group={open} />}
    </div>
  );
}

function GroupList(): JSX.Element {
  const { store, session } = useAdmin();
  const { groups, open, busy } = store.state.value;
  const name = useSignal("");
  const like = useSignal("");
  const words = WORDS.groups;
  const model = groups.includes(like.value) ? like.value : undefined;
  return (
    <section class="admin-list" aria-label={WORDS.sections.groups}>
      <form
        class="admin-new"
        onSubmit={async (event) => {
          event.preventDefault();
          await session.createGroup(name.value.trim(), model);
          if (store.state.peek().open?.name === name.value.trim()) {
            name.value = "";
          }
        }}
      >
        <TextField
          label={words.newName}
          value={name.value}
          hint={words.newHint}
          onText={(text) => name.value = text}
          autocomplete="off"
          testId="new-group"
          required
        />
        {groups.length > 0 && (
          <label class="field">
            <span class="field-label">{words.like}</span>
            <select
              value={model ?? ""}
              data-testid="new-group-like"
              onChange={(event) => like.value = event.currentTarget.value}
            >
              <option value="">{words.likeNone}</option>
              {groups.map((group) => (
                <option key={group} value={group}>{group}</option>
              ))}
            </select>
          </label>
        )}
        <button type="submit" class="button" disabled={busy}>
          {words.create}
        </button>
      </form>
      {groups.length === 0 && <p class="soft">{words.none}</p>}
      <ul>
        {groups.map((group) => (
          <li key={group}>
            <button
              type="button"
              class="action admin-group"
              aria-current={group === open?.name}
              onClick={() => void session.open(group)}
            >
              <span dir="auto">{group}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const TABS: readonly GroupTab[] = ["settings", "users", "tokens", "keys"];

function GroupView({ group }: { readonly group: OpenGroup }): JSX.Element {
  const { store, session } = useAdmin();
  const words = WORDS.groups;
  return (
    <section class="card admin-group-view" aria-label={group.name}>
      <button
        type="button"
        class="button admin-back"
        onClick={() => store.dispatch({ kind: "group-closed" })}
      >
        {words.back}
      </button>
      <header class="admin-group-header">
        <h2 dir="auto">{group.name}</h2>
        <a class="button" href={toGroupAddress(group.name)} target="_blank">
          {words.visit}
        </a>
        <ConfirmButton
          label={words.delete}
          title={words.deleteTitle}
          text={words.deleteText({ name: group.name })}
          small={false}
          onConfirm={() => void session.deleteGroup(group)}
        />
      </header>
      <nav class="admin-tabs" aria-label={words.tabs}>
        {TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            class="admin-tab"
            data-testid={`tab-${tab}`}
            aria-current={tab === group.tab ? "page" : undefined}
            onClick={() => store.dispatch({ kind: "tab-chosen", tab })}
          >
            {words[tab]}
          </button>
        ))}
      </nav>
      <TabView group={group} />
    </section>
  );
}

function TabView({ group }: { readonly group: OpenGroup }): JSX.Element {
  switch (group.tab) {
    case "settings":
      return <SettingsPanel group={group} />;
    case "users":
      return <UsersPanel group={group} />;
    case "tokens":
      return <InvitationsPanel group={group} />;
    case "keys":
      return <KeysPanel group={group} />;
    default:
      return assertNever(group.tab);
  }
}

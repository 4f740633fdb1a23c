import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { assertNever } from "../../../lib/assert_never.ts";
import type { OpenGroup } from "../../admin/admin_state.ts";
import {
  type Description,
  type Draft,
  type FieldName,
  withDraft,
} from "../../admin/documents.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { toTimeField } from "../time_field.ts";
import { useAdmin } from "./admin_context.ts";
import { ConflictNote } from "./conflict_note.tsx";
import { TextField } from "./text_field.tsx";

/** A field of a group's description, and what it takes. */
type Field = {
  readonly [Name in FieldName]: {
    readonly name: Name;
    readonly kind: KindOf<NonNullable<Description[Name]>>;
  };
}[FieldName];

type KindOf<Value> = Value extends string ? "text" | "long" | "url" | "time"
  : Value extends number ? "count"
  : Value extends boolean ? "flag"
  : "names";

const FIELDS: readonly Field[] = [
  { name: "displayName", kind: "text" },
  { name: "description", kind: "long" },
  { name: "contact", kind: "text" },
  { name: "comment", kind: "text" },
  { name: "public", kind: "flag" },
  { name: "max-clients", kind: "count" },
  { name: "max-history-age", kind: "count" },
  { name: "not-before", kind: "time" },
  { name: "expires", kind: "time" },
  { name: "autolock", kind: "flag" },
  { name: "autokick", kind: "flag" },
  { name: "auto-subgroups", kind: "flag" },
  { name: "allow-recording", kind: "flag" },
  { name: "unrestricted-tokens", kind: "flag" },
  { name: "codecs", kind: "names" },
  { name: "redirect", kind: "url" },
  { name: "authServer", kind: "url" },
  { name: "authPortal", kind: "url" },
];

/** What a group is like: everything in its description. */
export function SettingsPanel(
  { group }: { readonly group: OpenGroup },
): JSX.Element {
  const { store, session } = useAdmin();
  const { busy } = store.state.value;
  const isChanged = Object.keys(group.draft).length > 0;
  const shown = withDraft(group.version.description, group.draft);
  return (
    <form
      class="admin-form"
      onSubmit={(event) => {
        event.preventDefault();
        void session.saveGroup(group);
      }}
    >
      {group.theirs !== undefined && (
        <ConflictNote group={group} theirs={group.theirs} />
      )}
      <div class="admin-fields">
        {FIELDS.map((field) => (
          <FieldView
            key={field.name}
            field={field}
            shown={shown}
            onDraft={(change) => store.dispatch({ kind: "drafted", change })}
          />
        ))}
      </div>
      <div class="dialog-actions dialog-actions-start admin-save">
        <button
          type="submit"
          class="button button-primary"
          data-testid="save-group"
          disabled={!isChanged || busy || group.theirs !== undefined}
        >
          {WORDS.groups.save}
        </button>
        <button
          type="button"
          class="button"
          disabled={!isChanged}
          onClick={() => store.dispatch({ kind: "draft-dropped" })}
        >
          {WORDS.groups.undo}
        </button>
      </div>
    </form>
  );
}

const HINTS: Readonly<Record<string, string>> = WORDS.hints;

function FieldView(
  { field, shown, onDraft }: {
    readonly field: Field;
    readonly shown: Description;
    readonly onDraft: (change: Draft) => void;
  },
): JSX.Element {
  const { name, kind } = field;
  const value = shown[name];
  const label = WORDS.fields[name];
  const common = { label, hint: HINTS[name], testId: `field-${name}` };
  switch (kind) {
    case "flag":
      return (
        <label class="check">
          <input
            type="checkbox"
            checked={value === true}
            data-testid={common.testId}
            onChange={(event) =>
              onDraft({ [name]: event.currentTarget.checked })}
          />
          {label}
        </label>
      );
    case "long":
      return (
        <label class="field admin-wide">
          <span class="field-label">{label}</span>
          <textarea
            rows={3}
            dir="auto"
            value={String(value ?? "")}
            data-testid={common.testId}
            onInput={(event) => onDraft({ [name]: event.currentTarget.value })}
          />
        </label>
      );
    case "count":
      return (
        <TextField
          {...common}
          type="number"
          min="0"
          step="1"
          value={String(value ?? "")}
          onText={(text) =>
            onDraft({ [name]: text === "" ? undefined : Number(text) })}
        />
      );
    case "time":
      return (
        <TextField
          {...common}
          type="datetime-local"
          value={value === undefined
            ? ""
            : toTimeField(Date.parse(String(value)))}
          onText={(text) =>
            onDraft({
              [name]: text === "" ? undefined : new Date(text).toISOString(),
            })}
        />
      );
    case "names":
      return (
        <NamesField
          {...common}
          names={Array.isArray(value) ? value : []}
          onNames={(names) => onDraft({ [name]: names })}
        />
      );
    case "text":
    case "url":
      return (
        <TextField
          {...common}
          type={kind}
          value={String(value ?? "")}
          onText={(text) => onDraft({ [name]: text })}
        />
      );
    default:
      return assertNever(kind);
  }
}

/** Names with commas between them, which one writes as one likes. */
function NamesField(
  { names, onNames, ...field }: {
    readonly label: string;
    readonly hint: string | undefined;
    readonly testId: string;
    readonly names: readonly string[];
    readonly onNames: (names: string[]) => void;
  },
): JSX.Element {
  const text = useSignal(names.join(", "));
  const toNames = (text: string) => text.split(/[\s,]+/).filter((name) => name);
  // Undone, or read anew.
  const isSame = toNames(text.value).join() === names.join();
  return (
    <TextField
      {...field}
      value={isSame ? text.value : names.join(", ")}
      onText={(written) => {
        text.value = written;
        onNames(toNames(written));
      }}
    />
  );
}

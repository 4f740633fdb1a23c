import type { JSX } from "preact";
import type { OpenGroup, Version } from "../../admin/admin_state.ts";
import {
  type Description,
  differingFields,
  type FieldName,
  withDraft,
} from "../../admin/documents.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { useAdmin } from "./admin_context.ts";

/** Shows what somebody else has made of a group meanwhile, beside one's own. */
export function ConflictNote(
  { group, theirs }: { readonly group: OpenGroup; readonly theirs: Version },
): JSX.Element {
  const { store, session } = useAdmin();
  const words = WORDS.groups;
  const mine = withDraft(theirs.description, group.draft);
  return (
    <section class="admin-conflict" role="alert" data-testid="conflict">
      <h3>{words.conflictTitle}</h3>
      <p>{words.conflictText}</p>
      <div class="admin-scroll">
        <table class="admin-table">
          <thead>
            <tr>
              <td />
              <th scope="col">{words.theirs}</th>
              <th scope="col">{words.yours}</th>
            </tr>
          </thead>
          <tbody>
            {differingFields(theirs.description, mine).map((name) => (
              <tr key={name}>
                <th scope="row">{WORDS.fields[name]}</th>
                <td dir="auto">{toText(theirs.description, name)}</td>
                <td dir="auto">{toText(mine, name)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="dialog-actions dialog-actions-start">
        <button
          type="button"
          class="button"
          data-testid="take-theirs"
          onClick={() => store.dispatch({ kind: "theirs-taken" })}
        >
          {words.takeTheirs}
        </button>
        <button
          type="button"
          class="button button-primary"
          data-testid="keep-mine"
          onClick={() => void session.overwriteGroup(group)}
        >
          {words.keepMine}
        </button>
      </div>
    </section>
  );
}

function toText(description: Description, name: FieldName): string {
  const value = description[name];
  if (value === undefined) return WORDS.groups.empty;
  return value === true ? "✓" : String(value);
}

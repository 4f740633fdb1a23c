import type { JSX } from "preact";
import type { Permissions } from "../../admin/documents.ts";
import { WORDS } from "../../languages/admin/words.ts";

/** The sets of permissions that a group's file may name. */
const SETS = [
  "op",
  "present",
  "message",
  "observe",
  "caption",
  "admin",
] as const;

/** Which of the choices is for those who have a list of their own. */
const LIST = "list";

/** Lets one choose what a user may do. */
export function PermissionSelect(
  { permissions, label, testId, onChoose }: {
    readonly permissions: Permissions;
    /** Empty if the place says what it is for. */
    readonly label: string;
    readonly testId: string;
    readonly onChoose: (permissions: Permissions) => void;
  },
): JSX.Element {
  const words = WORDS.permissions;
  const list = Array.isArray(permissions) ? permissions.join(", ") : undefined;
  return (
    <select
      aria-label={label}
      data-testid={testId}
      value={Array.isArray(permissions) ? LIST : permissions ?? ""}
      onChange={(event) => {
        const { value } = event.currentTarget;
        if (value !== LIST) onChoose(value === "" ? undefined : value);
      }}
    >
      <option value="">{words.none}</option>
      {SETS.map((set) => <option key={set} value={set}>{words[set]}</option>)}
      {list !== undefined && (
        <option value={LIST}>{words.list({ names: list })}</option>
      )}
    </select>
  );
}

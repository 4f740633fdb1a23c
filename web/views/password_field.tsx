import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { changePassword, type PasswordOutcome } from "../pages/password.ts";
import { STRINGS } from "../strings.ts";

/** Whose password it is. */
interface PasswordFieldProps {
  readonly group: string;
  readonly username: string;
}

/** Lets one who has a password change it. */
export function PasswordField(
  { group, username }: PasswordFieldProps,
): JSX.Element {
  const old = useSignal("");
  const fresh = useSignal("");
  const outcome = useSignal<PasswordOutcome | "asking" | undefined>(undefined);
  const words = STRINGS.settings.password;
  const change = async () => {
    outcome.value = "asking";
    outcome.value = await changePassword(
      group,
      username,
      old.value,
      fresh.value,
    );
    if (outcome.value === "changed") old.value = fresh.value = "";
  };
  const said = outcome.value === undefined || outcome.value === "asking"
    ? ""
    : words[outcome.value];
  return (
    <form
      class="field-row"
      onSubmit={(event) => {
        event.preventDefault();
        void change();
      }}
    >
      {/* For those who let a program keep their passwords. */}
      <input
        type="text"
        autocomplete="username"
        value={username}
        readOnly
        hidden
      />
      <Secret label={words.old} value={old} autocomplete="current-password" />
      <Secret label={words.new} value={fresh} autocomplete="new-password" />
      <button
        type="submit"
        class="button"
        disabled={fresh.value === "" || outcome.value === "asking"}
      >
        {words.change}
      </button>
      <p role="status" class="small">{said}</p>
    </form>
  );
}

/** A field for a password. */
export function Secret(
  { label, value, autocomplete, testId }: {
    readonly label: string;
    readonly value: { value: string };
    readonly autocomplete: "current-password" | "new-password";
    readonly testId?: string;
  },
): JSX.Element {
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        type="password"
        {...(testId === undefined ? {} : { "data-testid": testId })}
        value={value.value}
        autocomplete={autocomplete}
        onInput={(event) => value.value = event.currentTarget.value}
      />
    </label>
  );
}

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { STRINGS } from "../strings.ts";
import { usePage } from "./page.ts";
import { parseValidity, usualEnd } from "./validity.ts";

/** Asks whom to invite, and until when. */
export function InviteForm(): JSX.Element {
  const { store, session } = usePage();
  const { permissions } = store.state.value.me;
  const name = useSignal("");
  const mayPresent = useSignal(permissions.includes("present"));
  const from = useSignal("");
  const until = useSignal(usualEnd(Date.now()));
  const problem = useSignal("");
  const words = STRINGS.invite;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const validity = parseValidity(from.value, until.value, Date.now());
    problem.value = validity === undefined ? words.badDates : "";
    if (validity === undefined) return;
    session.actions.invite({
      username: name.value.trim(),
      mayPresent: mayPresent.value,
      ...validity,
    });
  };
  return (
    <form class="invite-form" onSubmit={submit}>
      <label class="field">
        <span class="field-label">{words.name}</span>
        <input
          data-testid="invite-name"
          value={name.value}
          onInput={(event) => name.value = event.currentTarget.value}
          maxLength={255}
          autocomplete="off"
          aria-describedby="invite-name-hint"
        />
        <span class="soft small" id="invite-name-hint">{words.nameHint}</span>
      </label>
      <div class="field-row">
        <TimeField label={words.validFrom} time={from} />
        <TimeField label={words.validUntil} time={until} required />
      </div>
      {permissions.includes("present") && (
        <label class="check">
          <input
            type="checkbox"
            checked={mayPresent.value}
            onChange={(event) => mayPresent.value = event.currentTarget.checked}
          />
          {words.mayPresent}
        </label>
      )}
      <p class="field-error" role="alert">{problem.value}</p>
      <button
        type="submit"
        class="button button-primary"
        data-testid="make-invite"
        // All fields may stay as they are.
        autofocus
      >
        {words.make}
      </button>
    </form>
  );
}

function TimeField(
  { label, time, required = false }: {
    readonly label: string;
    readonly time: { value: string };
    readonly required?: boolean;
  },
): JSX.Element {
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        type="datetime-local"
        required={required}
        value={time.value}
        onInput={(event) => time.value = event.currentTarget.value}
      />
    </label>
  );
}

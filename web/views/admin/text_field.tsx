import type { JSX } from "preact";
import { useId } from "preact/hooks";

/** A line to fill in; what the user writes goes to `onText`. */
export function TextField(
  { label, value, hint, onText, type = "text", testId, ...input }: {
    readonly label: string;
    readonly value: string;
    readonly hint?: string | undefined;
    readonly onText: (text: string) => void;
    readonly type?: "text" | "number" | "url" | "datetime-local";
    readonly testId?: string;
    readonly required?: boolean;
    readonly autocomplete?: "off" | "username";
    readonly min?: string;
    readonly step?: string;
  },
): JSX.Element {
  const id = useId();
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        {...input}
        // Preact's types want each kind of field to be written by itself.
        type={type as "text"}
        {...(testId === undefined ? {} : { "data-testid": testId })}
        value={value}
        dir="auto"
        onInput={(event) => onText(event.currentTarget.value)}
        {...(hint === undefined ? {} : { "aria-describedby": id })}
      />
      {hint !== undefined && <span class="soft small" id={id}>{hint}</span>}
    </label>
  );
}

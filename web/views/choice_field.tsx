import type { JSX } from "preact";

/** Lets the user choose one of a few things. */
export function ChoiceField<T extends string>(
  { label, choices, words, chosen, testId, onChoose }: {
    readonly label: string;
    readonly choices: readonly T[];
    /** What each choice is called. */
    readonly words: Readonly<Record<T, string>>;
    readonly chosen: T;
    readonly testId?: string;
    readonly onChoose: (choice: T) => void;
  },
): JSX.Element {
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <select
        value={chosen}
        data-testid={testId}
        onChange={(event) => {
          const { value } = event.currentTarget;
          const choice = choices.find((each) => each === value);
          if (choice !== undefined) onChoose(choice);
        }}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>{words[choice]}</option>
        ))}
      </select>
    </label>
  );
}

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useCloseMenu } from "./menu.tsx";
import { Icon, type IconName } from "./icons.tsx";

/** Lets the user choose a file, in a menu that goes when it is chosen. */
export function FileItem(
  { label, icon, accept, testId, onChoose }: {
    readonly label: string;
    readonly icon: IconName;
    /** As of an `<input>`; any file without it. */
    readonly accept?: string;
    /** Of the field that takes the file. */
    readonly testId: string;
    readonly onChoose: (file: File) => void;
  },
): JSX.Element {
  const close = useCloseMenu();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="action"
        onClick={() => input.current?.click()}
      >
        <Icon name={icon} />
        <span>{label}</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        data-testid={testId}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file === undefined) return;
          close();
          onChoose(file);
        }}
      />
    </>
  );
}

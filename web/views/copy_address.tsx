import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { STRINGS } from "../strings.ts";
import { Icon } from "./icons.tsx";

/** Long enough to be seen. */
const COPIED_MS = 2_000;

/** Copies the page's address, to send it to others. */
export function CopyAddress(): JSX.Element {
  return <CopyButton text={location.href} label={STRINGS.call.copyAddress} />;
}

/** Copies a text. */
export function CopyButton(
  { text, label, primary = false, small = false }: {
    readonly text: string;
    readonly label: string;
    readonly primary?: boolean;
    readonly small?: boolean;
  },
): JSX.Element {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => copied.value = false, COPIED_MS);
  };
  const look = [
    "button",
    primary && "button-primary",
    small && "button-small",
  ].filter((name) => name !== false);
  return (
    <button
      type="button"
      class={look.join(" ")}
      onClick={() => void copy()}
    >
      <Icon name={copied.value ? "check" : "copy"} />
      <span aria-live="polite">
        {copied.value ? STRINGS.call.copied : label}
      </span>
    </button>
  );
}

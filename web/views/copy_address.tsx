import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { STRINGS } from "../strings.ts";
import { Icon } from "./icons.tsx";

/** Long enough to be seen. */
const COPIED_MS = 2_000;

/** Copies the page's address, to send it to others. */
export function CopyAddress(): JSX.Element {
  const copied = useSignal(false);
  const words = STRINGS.call;
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    copied.value = true;
    setTimeout(() => copied.value = false, COPIED_MS);
  };
  return (
    <button type="button" class="button" onClick={() => void copy()}>
      <Icon name={copied.value ? "check" : "copy"} />
      <span aria-live="polite">
        {copied.value ? words.copied : words.copyAddress}
      </span>
    </button>
  );
}

import type { JSX } from "preact";
import { formatSize } from "../call/files.ts";
import type { Transfer } from "../state/session_state.ts";
import { spokenLocale, STRINGS } from "../strings.ts";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";

/** Files that are offered or under way, beside the conversation. */
export function Transfers(): JSX.Element | null {
  const { transfers } = usePage().store.state.value;
  if (transfers.length === 0) return null;
  return (
    <ul class="transfers" data-testid="transfers">
      {transfers.map((transfer) => (
        <TransferCard key={transfer.key} transfer={transfer} />
      ))}
    </ul>
  );
}

function TransferCard(
  { transfer }: { readonly transfer: Transfer },
): JSX.Element {
  const { up, username, name: file, status } = transfer;
  const name = username || STRINGS.anonymous;
  const size = formatSize(transfer.size, spokenLocale());
  const words = STRINGS.files;
  return (
    <li class="transfer" data-testid="transfer" data-status={status}>
      <Icon name="file" />
      <div class="transfer-text">
        <p dir="auto">
          {up
            ? words.offered({ name, file, size })
            : words.offer({ name, file, size })}
        </p>
        {status === "asking" && <p class="soft small">{words.privacy}</p>}
        <Progress transfer={transfer} />
        <TransferButtons transfer={transfer} />
      </div>
    </li>
  );
}

function Progress({ transfer }: { readonly transfer: Transfer }): JSX.Element {
  const { status, bytes, size } = transfer;
  const percent = size === 0 ? 100 : Math.floor(bytes / size * 100);
  const words = STRINGS.files;
  return (
    <>
      {status === "running" && (
        <progress max={100} value={percent} aria-label={transfer.name} />
      )}
      <p role="status" class="soft small">
        {status === "asking"
          ? ""
          : status === "running"
          ? words.running({ percent })
          : words[status]}
      </p>
    </>
  );
}

function TransferButtons(
  { transfer }: { readonly transfer: Transfer },
): JSX.Element | null {
  const { session, store } = usePage();
  const { key, status } = transfer;
  const words = STRINGS.files;
  const { files } = session;
  switch (status) {
    case "asking":
      return (
        <div class="dialog-actions dialog-actions-start">
          <button
            type="button"
            class="button button-small button-primary"
            data-testid="accept-file"
            onClick={() => files.accept(key)}
          >
            {words.accept}
          </button>
          <button
            type="button"
            class="button button-small"
            data-testid="reject-file"
            onClick={() => files.cancel(key)}
          >
            {words.reject}
          </button>
        </div>
      );
    case "waiting":
    case "running":
      return (
        <button
          type="button"
          class="button button-small"
          onClick={() => files.cancel(key)}
        >
          {words.cancel}
        </button>
      );
    case "done":
    case "rejected":
    case "canceled":
    case "failed":
      return (
        <button
          type="button"
          class="button button-small"
          onClick={() => store.dispatch({ kind: "transfer-gone", key })}
        >
          {STRINGS.toasts.dismiss}
        </button>
      );
  }
}

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { Invitation, OpenGroup } from "../../admin/admin_state.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { toInviteLink } from "../../pages/group_address.ts";
import { spokenLocale } from "../../strings.ts";
import { CopyButton } from "../copy_address.tsx";
import { formatTime } from "../format_time.ts";
import { Modal } from "../modal.tsx";
import { QrCode } from "../qr_code.tsx";
import { useAdmin } from "./admin_context.ts";
import { ConfirmButton } from "./confirm_button.tsx";
import { InvitationForm } from "./invitation_form.tsx";

/** The invitations to a group, with the way to make more. */
export function InvitationsPanel(
  { group }: { readonly group: OpenGroup },
): JSX.Element {
  return (
    <div class="admin-form">
      <InvitationForm group={group.name} />
      {group.invitations.length === 0 && <p class="soft">{WORDS.tokens.none}
      </p>}
      <ul class="admin-rows" data-testid="tokens">
        {group.invitations.map((invitation) => (
          <InvitationRow
            key={invitation.secret}
            group={group.name}
            invitation={invitation}
          />
        ))}
      </ul>
    </div>
  );
}

function InvitationRow(
  { group, invitation }: {
    readonly group: string;
    readonly invitation: Invitation;
  },
): JSX.Element {
  const { session } = useAdmin();
  const isShown = useSignal(false);
  const words = WORDS.tokens;
  const name = invitation.username || words.anybody;
  const link = toInviteLink(group, invitation.secret);
  return (
    <li class="admin-row">
      <span class="admin-row-name">
        <span dir="auto">{name}</span>
        <small class="soft">{describe(invitation)}</small>
      </span>
      <CopyButton text={link} label={words.copy} small />
      <button
        type="button"
        class="button button-small"
        aria-label={words.qrOf({ name })}
        onClick={() => isShown.value = true}
      >
        {words.qr}
      </button>
      <ConfirmButton
        label={words.revoke}
        name={words.revokeOf({ name })}
        title={words.revokeTitle}
        text={words.revokeText}
        onConfirm={() => void session.revoke(group, invitation.secret)}
      />
      {isShown.value && (
        <Modal
          title={words.qr}
          testId="qr-dialog"
          onClose={() => isShown.value = false}
        >
          <QrCode text={link} label={words.qrOf({ name })} />
          <input
            readOnly
            dir="ltr"
            value={link}
            aria-label={words.copy}
            data-testid="token-link"
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton text={link} label={words.copy} primary />
        </Modal>
      )}
    </li>
  );
}

/** Whether it is good, from when until when, and for what. */
function describe(invitation: Invitation): string {
  const words = WORDS.tokens;
  const nowMs = Date.now();
  const fromMs = Date.parse(invitation["not-before"] ?? "");
  const untilMs = Date.parse(invitation.expires ?? "");
  const time = (timeMs: number) =>
    Number.isNaN(timeMs) ? "" : formatTime(timeMs, nowMs, spokenLocale());
  const state = untilMs > nowMs
    ? fromMs > nowMs ? words.notYet : words.good
    : words.over;
  const range = [time(fromMs), time(untilMs)].join(" – ");
  return [state, range, invitation.permissions?.join(", ")]
    .filter((part) => part).join(" · ");
}

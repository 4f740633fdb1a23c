import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { PlacedInvitation } from "../../admin/admin_state.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { toInviteLink } from "../../pages/group_address.ts";
import { spokenLocale, STRINGS } from "../../strings.ts";
import { CopyButton } from "../copy_address.tsx";
import { formatTime } from "../format_time.ts";
import { Modal } from "../modal.tsx";
import { QrCode } from "../qr_code.tsx";
import { useAdmin } from "./admin_context.ts";
import { ConfirmButton } from "./confirm_button.tsx";
import { InvitationForm } from "./invitation_form.tsx";

/** An invitation, and what can be done with it. */
export function InvitationRow(
  { placed, namesGroup = false }: {
    readonly placed: PlacedInvitation;
    /** Where those of several groups are together. */
    readonly namesGroup?: boolean;
  },
): JSX.Element {
  const { session } = useAdmin();
  const { group, invitation } = placed;
  const words = WORDS.tokens;
  const name = invitation.username || words.anybody;
  return (
    <li class="admin-row">
      <span class="admin-row-name">
        <span dir="auto">
          {namesGroup && <strong>{group || words.everyGroup} ·</strong>} {name}
        </span>
        <small class="soft">{describe(placed)}</small>
      </span>
      {/* One for every group leads into none. */}
      {group !== "" && <LinkButtons placed={placed} name={name} />}
      <EditButton placed={placed} name={name} />
      <ConfirmButton
        label={words.revoke}
        name={words.revokeOf({ name })}
        title={words.revokeTitle}
        text={words.revokeText}
        onConfirm={() => void session.revoke(group, invitation.secret)}
      />
    </li>
  );
}

interface ButtonProps {
  readonly placed: PlacedInvitation;
  /** Whom it is for, in words. */
  readonly name: string;
}

function LinkButtons(
  { placed: { group, invitation }, name }: ButtonProps,
): JSX.Element {
  const isShown = useSignal(false);
  const words = WORDS.tokens;
  const link = toInviteLink(group, invitation.secret);
  return (
    <>
      <CopyButton text={link} label={words.copy} small />
      <button
        type="button"
        class="button button-small"
        aria-label={words.qrOf({ name })}
        onClick={() => isShown.value = true}
      >
        {words.qr}
      </button>
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
    </>
  );
}

function EditButton(
  { placed: { group, invitation }, name }: ButtonProps,
): JSX.Element {
  const { session } = useAdmin();
  const isAsking = useSignal(false);
  const words = WORDS.tokens;
  return (
    <>
      <button
        type="button"
        class="button button-small"
        aria-label={words.editOf({ name })}
        onClick={() => isAsking.value = true}
      >
        {words.edit}
      </button>
      {isAsking.value && (
        <Modal
          title={words.editTitle}
          testId="edit-token"
          wide
          onClose={() => isAsking.value = false}
        >
          <InvitationForm
            initial={invitation}
            onTerms={(terms) => {
              isAsking.value = false;
              void session.editInvitation(group, invitation, terms);
            }}
          />
        </Modal>
      )}
    </>
  );
}

/** Whether it is good, from when until when, and for what. */
function describe({ invitation }: PlacedInvitation): string {
  const words = WORDS.tokens;
  const nowMs = Date.now();
  const fromMs = Date.parse(invitation["not-before"] ?? "");
  const untilMs = Date.parse(invitation.expires ?? "");
  const toTime = (timeMs: number) => ({
    time: formatTime(timeMs, nowMs, spokenLocale()),
  });
  // Without an end it is good for ever.
  const state = untilMs <= nowMs
    ? words.over
    : fromMs > nowMs
    ? words.notYet
    : words.good;
  return [
    state,
    !Number.isNaN(fromMs) && STRINGS.invite.from(toTime(fromMs)),
    !Number.isNaN(untilMs) && STRINGS.invite.until(toTime(untilMs)),
    invitation.permissions?.join(", "),
    invitation.issuedBy && words.issuedBy({ name: invitation.issuedBy }),
  ].filter((part) => part).join(" · ");
}

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { describeToken, isValid } from "../call/answers.ts";
import type { Token } from "../client/mod.ts";
import { toInviteLink } from "../pages/group_address.ts";
import { STRINGS } from "../strings.ts";
import { CopyButton } from "./copy_address.tsx";
import { Dialog } from "./dialog.tsx";
import { InviteForm } from "./invite_form.tsx";
import { usePage } from "./page.ts";
import { QrCode } from "./qr_code.tsx";

/** Makes invite links, shows them, and revokes them. */
export function InviteDialog(): JSX.Element {
  const { store, session } = usePage();
  const { me, invitations } = store.state.value;
  const isOperator = me.permissions.includes("op");
  useEffect(() => {
    store.dispatch({ kind: "invitation-seen" });
    if (isOperator) session.actions.listInvitations();
  }, []);
  const { made } = invitations;
  const fresh = made !== undefined && isValid(made, Date.now())
    ? made
    : undefined;
  return (
    <Dialog title={STRINGS.invite.title} testId="invite" wide>
      {fresh === undefined ? <InviteForm /> : <MadeInvitation token={fresh} />}
      {isOperator && <InvitationList tokens={invitations.list} />}
    </Dialog>
  );
}

function MadeInvitation({ token }: { readonly token: Token }): JSX.Element {
  const { store } = usePage();
  const words = STRINGS.invite;
  const link = toInviteLink(token.group, token.token);
  return (
    <div class="made-invitation">
      <QrCode text={link} label={words.qr} />
      <div class="made-invitation-text">
        <label class="field">
          <span class="field-label">{words.link}</span>
          <input
            data-testid="invite-link"
            readOnly
            dir="ltr"
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
        <p class="soft small">{describeToken(token, Date.now())}</p>
        <p class="soft small">{words.scan}</p>
        <div class="dialog-actions dialog-actions-start">
          <CopyButton text={link} label={words.copy} primary />
          <ShareButton link={link} />
          <button
            type="button"
            class="button"
            onClick={() => store.dispatch({ kind: "invitation-seen" })}
          >
            {words.another}
          </button>
        </div>
      </div>
    </div>
  );
}

/** Hands the link to another program, where the browser can. */
function ShareButton({ link }: { readonly link: string }): JSX.Element | null {
  const { store } = usePage();
  if (!("share" in navigator)) return null;
  const { title } = store.state.value.group;
  return (
    <button
      type="button"
      class="button"
      onClick={() =>
        // Whoever changes their mind has not done anything wrong.
        void navigator.share({ title, url: link }).catch(() => undefined)}
    >
      {STRINGS.invite.share}
    </button>
  );
}

function InvitationList(
  { tokens }: { readonly tokens: readonly Token[] },
): JSX.Element {
  const words = STRINGS.invite;
  const all = useSignal(false);
  const now = Date.now();
  const valid = tokens.filter((token) => isValid(token, now)).toReversed();
  const shown = all.value ? valid : valid.slice(0, SHOWN);
  return (
    <section class="invitations">
      <h3>{words.existing}</h3>
      {valid.length === 0 && <p class="soft small">{words.noneYet}</p>}
      <ul data-testid="invitations">
        {shown.map((token) => <Invitation key={token.token} token={token} />)}
      </ul>
      {shown.length < valid.length && (
        <button
          type="button"
          class="button button-small"
          onClick={() => all.value = true}
        >
          {STRINGS.call.more} ({valid.length - shown.length})
        </button>
      )}
    </section>
  );
}

/** More than these, and the form is out of sight. */
const SHOWN = 4;

function Invitation({ token }: { readonly token: Token }): JSX.Element {
  const { session } = usePage();
  const words = STRINGS.invite;
  const name = token.username ?? words.forAnybody;
  return (
    <li class="invitation">
      <span class="small">{describeToken(token, Date.now())}</span>
      <CopyButton
        text={toInviteLink(token.group, token.token)}
        label={words.copy}
        small
      />
      <button
        type="button"
        class="button button-small button-quiet-danger"
        aria-label={words.revokeOf({ name })}
        onClick={() =>
          session.actions.endInvitation(token.token, Date.now() - 1_000)}
      >
        {words.revoke}
      </button>
    </li>
  );
}

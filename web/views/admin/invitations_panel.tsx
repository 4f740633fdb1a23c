import type { JSX } from "preact";
import type { OpenGroup } from "../../admin/admin_state.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { useAdmin } from "./admin_context.ts";
import { InvitationForm } from "./invitation_form.tsx";
import { InvitationRow } from "./invitation_row.tsx";

/** The invitations to a group, with the way to make more. */
export function InvitationsPanel(
  { group }: { readonly group: OpenGroup },
): JSX.Element {
  const { session } = useAdmin();
  return (
    <div class="admin-form">
      <InvitationForm
        onTerms={(terms) => void session.invite(group.name, terms)}
      />
      {group.invitations.length === 0 && <p class="soft">{WORDS.tokens.none}
      </p>}
      <ul class="admin-rows" data-testid="tokens">
        {group.invitations.map((invitation) => (
          <InvitationRow
            key={invitation.secret}
            placed={{ group: group.name, invitation }}
          />
        ))}
      </ul>
    </div>
  );
}

/** The invitations to all groups, and those that are good for every one. */
export function InvitationsSection(): JSX.Element {
  const { invitations } = useAdmin().store.state.value;
  const words = WORDS.tokens;
  if (invitations === undefined) {
    return <p class="soft">{words.reading}</p>;
  }
  return (
    <section class="card" aria-label={WORDS.sections.invitations}>
      <p class="soft">
        {invitations.length === 0 ? words.none : words.allHint}
      </p>
      <ul class="admin-rows" data-testid="all-tokens">
        {invitations.map((placed) => (
          <InvitationRow
            key={placed.invitation.secret}
            placed={placed}
            namesGroup
          />
        ))}
      </ul>
    </section>
  );
}

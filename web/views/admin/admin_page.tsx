import type { JSX } from "preact";
import { assertNever } from "../../../lib/assert_never.ts";
import type { Section } from "../../admin/admin_state.ts";
import { WORDS } from "../../languages/admin/words.ts";
import { HOME_ADDRESS, LOGO_ADDRESS } from "../../pages/base_path.ts";
import { Icon } from "../icons.tsx";
import { LanguageSelect } from "../language_field.tsx";
import { useAdmin } from "./admin_context.ts";
import { GroupsSection } from "./groups_section.tsx";
import { InvitationsSection } from "./invitations_panel.tsx";
import { LimitsSection } from "./limits_section.tsx";
import { describeRefusal } from "./refusal_words.ts";
import { SignIn } from "./sign_in.tsx";
import { StatisticsSection } from "./statistics_section.tsx";
import { useKeptFocus } from "./kept_focus.ts";

/** The whole page for administrators. */
export function AdminPage(): JSX.Element {
  const { store } = useAdmin();
  const { account, section } = store.state.value;
  if (account.kind === "out") return <SignIn />;
  return (
    <div class="admin">
      <Header username={account.username} />
      <main class="admin-main" ref={useKeptFocus()} tabIndex={-1}>
        <OutcomeNote />
        <SectionView section={section} />
      </main>
    </div>
  );
}

function Header({ username }: { readonly username: string }): JSX.Element {
  const { session, preferences } = useAdmin();
  return (
    <header class="admin-header">
      <a class="admin-home" href={HOME_ADDRESS} aria-label={WORDS.home}>
        <img class="logo" src={LOGO_ADDRESS} alt="" width="32" height="32" />
      </a>
      <h1>{WORDS.title}</h1>
      <Sections />
      <div class="admin-account">
        <LanguageSelect preferences={preferences} />
        <span class="small admin-who" dir="auto">{username}</span>
        <button
          type="button"
          class="button"
          data-testid="admin-sign-out"
          onClick={() => session.signOut()}
        >
          {WORDS.signIn.out}
        </button>
      </div>
    </header>
  );
}

const SECTIONS: readonly Section[] = [
  "groups",
  "invitations",
  "statistics",
  "limits",
];

function Sections(): JSX.Element {
  const { store, session } = useAdmin();
  const { section } = store.state.value;
  return (
    <nav class="admin-tabs" aria-label={WORDS.sections.label}>
      {SECTIONS.map((name) => (
        <button
          key={name}
          type="button"
          class="admin-tab"
          data-testid={`admin-${name}`}
          aria-current={name === section ? "page" : undefined}
          onClick={() => void session.show(name)}
        >
          {WORDS.sections[name]}
        </button>
      ))}
    </nav>
  );
}

function SectionView({ section }: { readonly section: Section }): JSX.Element {
  switch (section) {
    case "groups":
      return <GroupsSection />;
    case "invitations":
      return <InvitationsSection />;
    case "statistics":
      return <StatisticsSection />;
    case "limits":
      return <LimitsSection />;
    default:
      return assertNever(section);
  }
}

/** What came of the last thing that was asked for; read out when it changes. */
function OutcomeNote(): JSX.Element {
  const { outcome } = useAdmin().store.state.value;
  return (
    <div role="status" data-testid="outcome">
      {outcome?.kind === "done" && (
        <p class="notice admin-done">
          <Icon name="check" /> {WORDS.done[outcome.deed]}
        </p>
      )}
      {outcome?.kind === "refused" && (
        <div class="notice notice-error">
          <Icon name="warning" />
          <p>{describeRefusal(outcome.refusal)}</p>
        </div>
      )}
    </div>
  );
}

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { ADMIN_ADDRESS, LOGO_ADDRESS } from "../pages/base_path.ts";
import type { PreferenceStore } from "../media/preference_store.ts";
import { findGroup, parseGroupWish } from "../pages/group_address.ts";
import { STRINGS } from "../strings.ts";
import { Icon } from "./icons.tsx";
import { LanguageSelect } from "./language_field.tsx";
import { PublicGroups } from "./public_groups.tsx";

/** The start page: the way into a group, by name or from the public ones. */
export function LandingPage(
  { preferences }: { readonly preferences: PreferenceStore },
): JSX.Element {
  return (
    <div class="landing">
      <div class="landing-sea" aria-hidden="true" />
      <main class="landing-main">
        <header class="landing-header">
          <img class="logo" src={LOGO_ADDRESS} alt="" width="56" height="56" />
          <h1>{STRINGS.product}</h1>
          <p class="landing-tagline">{STRINGS.landing.tagline}</p>
          <p class="soft">{STRINGS.landing.pitch}</p>
        </header>
        <GroupForm />
        <PublicGroups />
        <footer class="landing-footer">
          <LanguageSelect preferences={preferences} />
          <a class="landing-admin" href={ADMIN_ADDRESS}>
            {STRINGS.landing.administration}
          </a>
        </footer>
      </main>
    </div>
  );
}

function GroupForm(): JSX.Element {
  const name = useSignal("");
  const error = useSignal("");
  const busy = useSignal(false);
  const words = STRINGS.landing;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const { group, address } = parseGroupWish(name.value, location.origin);
    if (group === "") {
      error.value = words.emptyName;
      return;
    }
    busy.value = true;
    error.value = await whyNot(group);
    busy.value = false;
    if (error.value === "") location.href = address;
  };

  return (
    <form class="card group-form" onSubmit={submit} noValidate>
      <label class="field">
        <span class="field-label">{words.groupLabel}</span>
        <input
          data-testid="group-name"
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
            error.value = "";
          }}
          placeholder={words.groupPlaceholder}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          autofocus
          aria-invalid={error.value !== ""}
          aria-describedby="group-error"
        />
      </label>
      <button type="submit" class="button button-primary" disabled={busy.value}>
        {busy.value ? words.opening : words.open}
        <Icon name="forward" />
      </button>
      <p id="group-error" class="field-error" role="alert">{error.value}</p>
    </form>
  );
}

/** Why a group cannot be entered, in words; empty if it can. */
async function whyNot(group: string): Promise<string> {
  const found = await findGroup(group);
  switch (found.kind) {
    case "found":
      return "";
    case "missing":
      return STRINGS.landing.noSuchGroup({ name: group });
    case "refused":
      return STRINGS.landing.serverSaid({ status: found.status });
    case "unreachable":
      return STRINGS.landing.unreachable;
  }
}

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { WORDS } from "../../languages/admin/words.ts";
import { LOGO_ADDRESS } from "../../pages/base_path.ts";
import { LanguageSelect } from "../language_field.tsx";
import { Secret } from "../password_field.tsx";
import { useAdmin } from "./admin_context.ts";
import { describeRefusal } from "./refusal_words.ts";
import { TextField } from "./text_field.tsx";

/** Asks who is there. */
export function SignIn(): JSX.Element {
  const { store, session, preferences } = useAdmin();
  const username = useSignal("");
  const password = useSignal("");
  const { account, busy } = store.state.value;
  const words = WORDS.signIn;
  const form = useRef<HTMLFormElement>(null);
  // Also of one who has just signed out; browsers do that of a new page only.
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const refusal = account.kind === "out" ? account.refusal : undefined;
  return (
    <main class="admin-sign-in">
      <header class="admin-sign-in-header">
        <img class="logo" src={LOGO_ADDRESS} alt="" width="48" height="48" />
        <h1>{WORDS.title}</h1>
      </header>
      <form
        ref={form}
        class="card admin-form"
        onSubmit={(event) => {
          event.preventDefault();
          void session.signIn(username.value, password.value);
        }}
      >
        <p class="soft">{words.intro}</p>
        <TextField
          label={words.username}
          value={username.value}
          onText={(text) => username.value = text}
          autocomplete="username"
          testId="admin-username"
          required
        />
        <Secret
          label={words.password}
          value={password}
          autocomplete="current-password"
          testId="admin-password"
        />
        <p class="field-error" role="alert">
          {refusal && describeRefusal(refusal)}
        </p>
        <button
          type="submit"
          class="button button-primary"
          data-testid="admin-sign-in"
          disabled={busy}
        >
          {busy ? words.busy : words.submit}
        </button>
        <p class="soft small">{words.memory}</p>
      </form>
      <LanguageSelect preferences={preferences} />
    </main>
  );
}

/**
 * The script of `change-password.html?group=GROUP&username=NAME`.
 *
 * @module
 */
import { render } from "preact";
import { followLanguage } from "./languages/follow_language.ts";
import { createPreferenceStore } from "./media/preference_store.ts";
import { PasswordPage } from "./views/password_page.tsx";

await followLanguage(createPreferenceStore(localStorage));
const query = new URLSearchParams(location.search);
const root = document.getElementById("app");
if (root !== null) {
  const group = query.get("group") ?? "";
  const username = query.get("username") ?? "";
  render(<PasswordPage group={group} username={username} />, root);
}

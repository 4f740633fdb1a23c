/**
 * The script of `admin/`, the page for administrators: puts its parts together.
 *
 * @module
 */
import { effect } from "@preact/signals";
import { render } from "preact";
import { reduceAdmin } from "./admin/admin_reducer.ts";
import { AdminSession } from "./admin/admin_session.ts";
import { SIGNED_OUT } from "./admin/admin_state.ts";
import { WORDS } from "./languages/admin/words.ts";
import { followLanguage } from "./languages/follow_language.ts";
import { createPreferenceStore } from "./media/preference_store.ts";
import { createReducedStore } from "./state/reduced_store.ts";
import { type Admin, AdminContext } from "./views/admin/admin_context.ts";
import { AdminPage } from "./views/admin/admin_page.tsx";

const store = createReducedStore(SIGNED_OUT, reduceAdmin);
const admin: Admin = {
  store,
  session: new AdminSession(store),
  preferences: createPreferenceStore(localStorage),
};
await followLanguage(admin.preferences);
effect(() => {
  document.title = WORDS.pageTitle;
});
const root = document.getElementById("app");
if (root !== null) {
  render(
    <AdminContext.Provider value={admin}>
      <AdminPage />
    </AdminContext.Provider>,
    root,
  );
}

/**
 * The start page's script.
 *
 * @module
 */
import { render } from "preact";
import { followLanguage } from "./languages/follow_language.ts";
import { createPreferenceStore } from "./media/preference_store.ts";
import { LandingPage } from "./views/landing_page.tsx";

const preferences = createPreferenceStore(localStorage);
await followLanguage(preferences);
const root = document.getElementById("app");
if (root !== null) render(<LandingPage preferences={preferences} />, root);

/**
 * The start page's script.
 *
 * @module
 */
import { render } from "preact";
import { LandingPage } from "./views/landing_page.tsx";

const root = document.getElementById("app");
if (root !== null) render(<LandingPage />, root);

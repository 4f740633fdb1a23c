import type { ComponentChildren, JSX } from "preact";
import { LOGO_ADDRESS } from "../pages/base_path.ts";
import { useScreenFocus } from "./screen_focus.ts";

/** A page that says one thing and offers the ways on. */
export function MessageScreen(
  { title, text, children }: {
    readonly title: string;
    readonly text: string;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  return (
    <main class="message-screen" ref={useScreenFocus()} tabIndex={-1}>
      <div class="landing-sea" aria-hidden="true" />
      <div class="card message-card">
        <img class="logo" src={LOGO_ADDRESS} alt="" width="48" height="48" />
        <h1>{title}</h1>
        <p class="soft">{text}</p>
        <div class="message-actions">{children}</div>
      </div>
    </main>
  );
}

import type { JSX } from "preact";
import { STRINGS } from "../strings.ts";
import { usePage } from "./page.ts";
import { SignPicture } from "./signs.tsx";

/** What passes over the tiles: signs that people give. */
export function Reactions(): JSX.Element {
  const { reactions } = usePage().store.state.value;
  return (
    <div class="reactions" role="status" data-testid="reactions">
      {reactions.map(({ key, username, sign }) => {
        const name = username || STRINGS.anonymous;
        const reaction = STRINGS.reactions[sign];
        return (
          <span key={key} class={`reaction reaction-at-${key % 5}`}>
            <SignPicture sign={sign} />
            <span class="reaction-name" aria-hidden="true">{name}</span>
            <span class="unseen">
              {STRINGS.reactions.from({ name, reaction })}
            </span>
          </span>
        );
      })}
    </div>
  );
}

/** What is being said, as text, below the tiles. */
export function Captions(): JSX.Element {
  const { captions } = usePage().store.state.value;
  return (
    <div
      class="captions"
      role="log"
      aria-label={STRINGS.call.captions}
      data-testid="captions"
    >
      {captions.map(({ key, username, text }) => (
        <p key={key} class="caption" dir="auto">
          {username !== "" && <strong>{username}:</strong>} {text}
        </p>
      ))}
    </div>
  );
}

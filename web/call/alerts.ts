import type { Chimes } from "../media/chimes.ts";
import type { Preferences } from "../media/preferences.ts";
import { type News, newsBetween } from "../state/news.ts";
import type { SessionState } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";

/** Shows a text outside of the page. */
export type Notify = (text: string) => void;

/** Whoever joins is told of the others one by one: that is no news. */
const SETTLING_MS = 1_500;

/** Of what {@linkcode Alerts} is made. */
export interface AlertParts {
  readonly chimes: Pick<Chimes, "play">;
  readonly preferences: () => Preferences;
  readonly notify: Notify;
  /** Whether the user looks elsewhere. */
  readonly isHidden: () => boolean;
  readonly nowMs: () => number;
}

/** Tells of news by sounds, and outside of the page while that is hidden. */
export class Alerts {
  readonly #parts: AlertParts;
  #before: SessionState | undefined;
  #settledMs = 0;

  /** Tells of nothing before it has seen two states. */
  constructor(parts: AlertParts) {
    this.#parts = parts;
  }

  /** Takes in the state of the moment. */
  observe(state: SessionState): void {
    const before = this.#before;
    this.#before = state;
    if (before === undefined) return;
    const now = this.#parts.nowMs();
    if (before.me.id !== state.me.id) this.#settledMs = now + SETTLING_MS;
    const all = newsBetween(before, state);
    const news = now < this.#settledMs
      ? all.filter(({ kind }) => kind === "message")
      : all;
    for (const each of news) this.#tell(each);
  }

  #tell(news: News): void {
    const { chimes, preferences, notify, isHidden } = this.#parts;
    const { sounds, notifications } = preferences();
    if (sounds) chimes.play(news.kind);
    if (notifications && isHidden()) {
      const text = toText(news);
      if (text !== "") notify(text);
    }
  }
}

/** Empty for what is not worth leaving other work for. */
function toText(news: News): string {
  const name = news.username || STRINGS.anonymous;
  switch (news.kind) {
    case "message":
      return STRINGS.chat.newMessage({ name, text: news.text.slice(0, 200) });
    case "hand":
      return STRINGS.call.handRaised({ name });
    case "came":
    case "went":
      return "";
  }
}

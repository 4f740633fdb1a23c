import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { CallSession } from "../call/call_session.ts";
import type { Notices } from "../call/notices.ts";
import type { Chimes } from "../media/chimes.ts";
import type { AudioLevels } from "../media/audio_levels.ts";
import type { LocalMedia } from "../media/local_media.ts";
import type { PreferenceStore } from "../media/preference_store.ts";
import type { Store } from "../state/store.ts";
import type { InviteToken } from "../call/invite_token.ts";

/** What the views of a group's page share. */
export interface Page {
  readonly store: Store;
  readonly session: CallSession;
  readonly media: LocalMedia;
  readonly levels: AudioLevels;
  readonly notices: Notices;
  readonly preferences: PreferenceStore;
  readonly invite: InviteToken;
  readonly chimes: Chimes;
}

/** Hands the page down to all views below it. */
export const PageContext = createContext<Page | undefined>(undefined);

/** The page that a view is on. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error("Cannot render a view off the page");
  return page;
}

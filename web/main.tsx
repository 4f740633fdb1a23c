/**
 * The script of a group's page: puts its parts together.
 *
 * @module
 */
import { effect } from "@preact/signals";
import { render } from "preact";
import { browserEnvironment } from "./client/environment.ts";
import { Alerts } from "./call/alerts.ts";
import { CallSession } from "./call/call_session.ts";
import { InviteToken } from "./call/invite_token.ts";
import { remindMuted } from "./call/mute_reminder.ts";
import { watchSurroundings } from "./call/surroundings.ts";
import { Notices } from "./call/notices.ts";
import { AudioLevels } from "./media/audio_levels.ts";
import { Chimes } from "./media/chimes.ts";
import {
  ChosenEffects,
  type EffectPart,
} from "./media/effects/chosen_effects.ts";
import { LocalMedia } from "./media/local_media.ts";
import { createPreferenceStore } from "./media/preference_store.ts";
import { ScreenAwake } from "./media/screen_awake.ts";
import { parseGroupAddress } from "./pages/group_address.ts";
import { toEndpoint } from "./pages/endpoint.ts";
import { loadStatus, type PublicStatus } from "./pages/group_status.ts";
import { initialState, type SessionState } from "./state/session_state.ts";
import { createStore } from "./state/store.ts";
import { followLanguage } from "./languages/follow_language.ts";
import { STRINGS } from "./strings.ts";
import { GroupPage, NoSuchGroup } from "./views/group_page.tsx";
import { fetchCallScreen } from "./views/lazy_call_screen.tsx";
import { type Page, PageContext } from "./views/page.ts";

/** The page's parts, for a group of which nothing is known but its name. */
function createPage(group: string, endpoint: () => string): Page {
  const store = createStore(initialState(group));
  const environment = browserEnvironment();
  const notices = new Notices(store, environment.setTimer);
  const preferences = createPreferenceStore(localStorage);
  const levels = new AudioLevels();
  // Pages without HTTPS have none, whatever the types say.
  const devices = isSecureContext ? navigator.mediaDevices : undefined;
  const effects = new ChosenEffects({
    preferences: () => preferences.current.peek(),
    storage: localStorage,
    address: addressOf,
    handleNoiseFailed: () => {
      preferences.update({ strongNoiseSuppression: false });
      notices.show("warning", STRINGS.problems.microphone.effect);
    },
  });
  const media = new LocalMedia(
    devices,
    () => preferences.current.peek(),
    effects,
  );
  media.oneffectlost = (kind) => {
    preferences.update(
      kind === "camera"
        ? { background: "none", filter: "none" }
        : { strongNoiseSuppression: false },
    );
    notices.show("warning", STRINGS.problems[kind].effectLost);
  };
  const session = new CallSession({
    store,
    environment,
    chance: () => Math.random(),
    media,
    devices,
    levels,
    notices,
    preferences: () => preferences.current.peek(),
    endpoint,
    saveFile: save,
    navigate: (url) => location.assign(url),
  });
  const invite = new InviteToken(
    { storage: sessionStorage, location, history },
    group,
  );
  const chimes = new Chimes();
  return {
    store,
    session,
    media,
    levels,
    notices,
    preferences,
    invite,
    chimes,
  };
}

/** The page names its parts, which have their content's hash in their names. */
function addressOf(part: EffectPart): string {
  const link = document.querySelector<HTMLLinkElement>(`link[rel="${part}"]`);
  if (link === null) throw new Error(`Cannot load: the page has no ${part}`);
  return link.href;
}

/** Puts a file among the user's downloads. */
function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Shows outside of the page what goes on in it. */
function reflect(page: Page): void {
  effect(() => {
    const state = page.store.state.value;
    const { title } = state.group;
    const { unread } = state.chat;
    document.title = unread === 0
      ? STRINGS.join.pageTitle({ title })
      : STRINGS.join.pageTitleUnread({ title, count: unread });
    document.documentElement.dataset.state = toDataState(state);
  });
  effect(() => {
    const { phase } = page.store.state.value;
    if (phase.kind === "call") page.invite.accept();
    const isBad = phase.kind === "join" && phase.refusal?.field === "password";
    if (isBad) page.invite.discard();
  });
}

/** For tests and style sheets: join, connecting, call or left. */
function toDataState({ phase }: SessionState): string {
  const lost = phase.kind === "call" && phase.link.kind === "lost";
  return lost ? "connecting" : phase.kind;
}

/** Tells of what others do to those who look elsewhere. */
function alert({ store, preferences, chimes }: Page): void {
  const alerts = new Alerts({
    chimes,
    preferences: () => preferences.current.peek(),
    notify: (text) => {
      if (Notification.permission !== "granted") return;
      const { title } = store.state.peek().group;
      const shown = new Notification(title, { body: text, tag: "nereid" });
      shown.onclick = () => focus();
    },
    isHidden: () => document.hidden,
    nowMs: () => performance.now(),
  });
  effect(() => alerts.observe(store.state.value));
}

function listen({ store, levels }: Page): void {
  const awake = new ScreenAwake();
  effect(() => awake.set(store.state.value.phase.kind === "call"));
  const handleTouch = () => {
    // Browsers let sound begin with the first touch of the page.
    void levels.resume();
    // If it cannot be had, the screen that needs it will say so.
    fetchCallScreen().catch(() => undefined);
  };
  addEventListener("pointerdown", handleTouch);
  addEventListener("keydown", handleTouch);
}

/** What the server says of the group; whether its page is to be shown at all. */
function describe(page: Page, status: PublicStatus): boolean {
  const { redirect, authPortal, displayName, description, locked, authServer } =
    status;
  const elsewhere = redirect || (page.invite.value === "" ? authPortal : "");
  if (elsewhere !== "") {
    location.assign(elsewhere);
    return false;
  }
  page.store.dispatch({
    kind: "group-described",
    group: { title: displayName, description, locked, authServer },
  });
  return true;
}

async function main(root: HTMLElement): Promise<void> {
  const group = parseGroupAddress(location.pathname);
  let endpoint = toEndpoint("", location.href);
  const page = createPage(group, () => endpoint);
  const [status] = await Promise.all([
    loadStatus(group),
    followLanguage(page.preferences),
  ]);
  if (status.kind === "missing") {
    document.title = STRINGS.join.pageTitle({
      title: STRINGS.notFound.title,
    });
    return render(<NoSuchGroup />, root);
  }
  if (status.kind === "loaded") {
    if (!describe(page, status.value)) return;
    endpoint = toEndpoint(status.value.endpoint, location.href);
  }
  // A server that gives no status may still let us in: try.
  reflect(page);
  remindMuted(page);
  listen(page);
  watchSurroundings(page);
  alert(page);
  render(
    <PageContext.Provider value={page}>
      <GroupPage />
    </PageContext.Provider>,
    root,
  );
}

const root = document.getElementById("app");
if (root !== null) await main(root);

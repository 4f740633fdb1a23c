import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { listPeople } from "../state/people.ts";
import type { ChatEntry } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { ChatMessage } from "./chat_message.tsx";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";
import { SidePanel } from "./side_panel.tsx";

/** The conversation, and where one writes. */
export function ChatPanel(): JSX.Element {
  const { store } = usePage();
  const { me } = store.state.value;
  const words = STRINGS.chat;
  return (
    <SidePanel title={words.title} closeLabel={words.close}>
      <ChatLog />
      {me.permissions.includes("message")
        ? <ChatForm />
        : <p class="panel-note soft">{words.mayNot}</p>}
    </SidePanel>
  );
}

/** As near to the end as this, one wants to see what comes next. */
const NEAR_END_PX = 60;

function ChatLog(): JSX.Element {
  const { entries } = usePage().store.state.value.chat;
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const element = log.current;
    if (element === null || !atEnd.current) return;
    element.scrollTop = element.scrollHeight;
  }, [entries]);

  const noteScroll = () => {
    const element = log.current;
    if (element === null) return;
    const below = element.scrollHeight - element.scrollTop -
      element.clientHeight;
    atEnd.current = below < NEAR_END_PX;
  };
  return (
    <div
      ref={log}
      class="chat-log"
      role="log"
      aria-label={STRINGS.chat.log}
      data-testid="chat-log"
      tabIndex={0}
      onScroll={noteScroll}
    >
      {entries.length === 0 && (
        <div class="empty">
          <p>{STRINGS.chat.empty}</p>
          <p class="soft">{STRINGS.chat.emptyHint}</p>
        </div>
      )}
      {entries.map((entry, index) => (
        <ChatMessage
          key={entry.key}
          entry={entry}
          continues={continues(entries[index - 1], entry)}
        />
      ))}
    </div>
  );
}

/** Longer, and the time is said again. */
const SAME_BREATH_MS = 60_000;

/** Whether a message goes on where the one before it ended. */
function continues(before: ChatEntry | undefined, entry: ChatEntry): boolean {
  return before !== undefined && !before.emote && !entry.emote &&
    before.source === entry.source && before.dest === entry.dest &&
    entry.timeMs - before.timeMs < SAME_BREATH_MS;
}

function ChatForm(): JSX.Element {
  const { session } = usePage();
  const text = useSignal("");
  const input = useRef<HTMLTextAreaElement>(null);
  const words = STRINGS.chat;
  const to = useAddressee();
  useEffect(() => input.current?.focus(), [to?.id]);

  const send = () => {
    if (text.value.trim() === "") return;
    session.say(text.value.trim());
    text.value = "";
  };
  return (
    <form
      class="chat-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Addressee />
      <div class="chat-form-row">
        <textarea
          ref={input}
          data-testid="chat-input"
          rows={1}
          value={text.value}
          onInput={(event) => text.value = event.currentTarget.value}
          onKeyDown={(event) => {
            const sends = event.key === "Enter" && !event.shiftKey &&
              !event.ctrlKey && !event.metaKey && !event.isComposing;
            if (!sends) return;
            event.preventDefault();
            send();
          }}
          aria-label={words.input}
          placeholder={to === undefined
            ? words.placeholder
            : words.placeholderTo(to.username || STRINGS.anonymous)}
        />
        <button
          type="submit"
          class="icon-button icon-button-primary"
          aria-label={words.send}
          title={words.send}
          disabled={text.value.trim() === ""}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

/** Whom one writes to: everybody, or one person. */
function Addressee(): JSX.Element | null {
  const { store } = usePage();
  const { people, me, chat } = store.state.value;
  const others = listPeople(people, [], me).filter(({ isMe }) => !isMe);
  if (others.length === 0) return null;
  return (
    <label class="chat-to">
      <span class="soft">{STRINGS.chat.to}</span>
      <select
        data-private={chat.to === "" ? undefined : ""}
        value={chat.to}
        onChange={(event) =>
          store.dispatch({
            kind: "chat-addressed",
            to: event.currentTarget.value,
          })}
      >
        <option value="">{STRINGS.chat.everybody}</option>
        {others.map(({ id, username }) => (
          <option key={id} value={id}>{username || STRINGS.anonymous}</option>
        ))}
      </select>
    </label>
  );
}

function useAddressee() {
  const { people, chat } = usePage().store.state.value;
  return people.find(({ id }) => id === chat.to);
}

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ChatEntry } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { ChatForm } from "./chat_form.tsx";
import { ChatMessage } from "./chat_message.tsx";
import { usePage } from "./page.ts";
import { SidePanel } from "./side_panel.tsx";
import { Transfers } from "./transfers.tsx";

/** The conversation, and where one writes. */
export function ChatPanel(): JSX.Element {
  const { store } = usePage();
  const { me } = store.state.value;
  const words = STRINGS.chat;
  return (
    <SidePanel title={words.title} closeLabel={words.close}>
      <ChatLog />
      <Transfers />
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
  return before !== undefined && before.style === "said" &&
    entry.style === "said" &&
    before.source === entry.source && before.dest === entry.dest &&
    entry.timeMs - before.timeMs < SAME_BREATH_MS;
}

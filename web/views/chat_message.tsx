import type { ComponentChildren, JSX } from "preact";
import type { ChatEntry } from "../state/session_state.ts";
import { spokenLocale, STRINGS } from "../strings.ts";
import { formatTime } from "./format_time.ts";
import { Menu, MenuItem } from "./menu.tsx";
import { usePage } from "./page.ts";
import { type RichPart, toRichText } from "./rich_text.ts";

/** One message; without a heading if it goes on where the last one ended. */
export function ChatMessage(
  { entry, continues }: {
    readonly entry: ChatEntry;
    readonly continues: boolean;
  },
): JSX.Element {
  const name = entry.username || STRINGS.anonymous;
  const time = formatTime(entry.timeMs, Date.now(), spokenLocale());
  if (entry.style === "note") return <Note text={entry.text} />;
  if (entry.style === "emote") {
    return (
      <div class="chat-emote chat-line" title={time}>
        <p>
          <strong>{name}</strong> <RichText text={entry.text} />
        </p>
        <MessageActions entry={entry} />
      </div>
    );
  }
  return (
    <article
      class="chat-message"
      data-own={entry.own ? "" : undefined}
      data-private={entry.dest !== "" ? "" : undefined}
      data-continues={continues ? "" : undefined}
    >
      {!continues && (
        <header class="chat-heading">
          <strong>{entry.own ? STRINGS.call.you : name}</strong>
          {entry.dest !== "" && (
            <span class="chat-private">{privacyOf(entry)}</span>
          )}
          <time dateTime={new Date(entry.timeMs).toISOString()}>{time}</time>
        </header>
      )}
      <div class="chat-line">
        <p class="chat-text" dir="auto">
          <RichText text={entry.text} />
        </p>
        <MessageActions entry={entry} />
      </div>
    </article>
  );
}

function Note({ text }: { readonly text: string }): JSX.Element {
  return (
    <aside class="chat-note">
      <p class="chat-text">
        <RichText text={text} />
      </p>
      <small class="soft">{STRINGS.chat.note}</small>
    </aside>
  );
}

/** What an operator may do about a message. */
function MessageActions(
  { entry }: { readonly entry: ChatEntry },
): JSX.Element | null {
  const { store, session } = usePage();
  const isOperator = store.state.value.me.permissions.includes("op");
  // Private ones have no id, and the server does not keep them.
  if (!isOperator || entry.id === "" || entry.source === "") return null;
  const { id, source: userId } = entry;
  const name = entry.username || STRINGS.anonymous;
  return (
    <Menu label={STRINGS.chat.actions} icon="more" class="chat-menu">
      <MenuItem
        label={STRINGS.chat.delete}
        onChoose={() => session.actions.clearChat({ userId, id })}
      />
      <MenuItem
        label={STRINGS.chat.deleteAll({ name })}
        danger
        onChoose={() => session.actions.clearChat({ userId })}
      />
    </Menu>
  );
}

function privacyOf(entry: ChatEntry): string {
  return entry.own
    ? STRINGS.chat.privateTo({ name: entry.destName })
    : STRINGS.chat.privateFrom;
}

/** A message with its code, addresses and emphasis. */
function RichText({ text }: { readonly text: string }): JSX.Element {
  return <>{toRichText(text).map(show)}</>;
}

function show(part: RichPart, key: number): ComponentChildren {
  switch (part.kind) {
    case "text":
      return part.text;
    case "link":
      return (
        <a
          key={key}
          href={part.href}
          target="_blank"
          rel="noreferrer noopener"
        >
          {part.text}
        </a>
      );
    case "code":
      return <code key={key} dir="auto">{part.text}</code>;
    case "block":
      return (
        <pre key={key} tabIndex={0}>
          <code dir="auto">{part.text}</code>
        </pre>
      );
    case "strong":
      return <strong key={key}>{part.parts.map(show)}</strong>;
    case "emphasis":
      return <em key={key}>{part.parts.map(show)}</em>;
    case "deleted":
      return <del key={key}>{part.parts.map(show)}</del>;
  }
}

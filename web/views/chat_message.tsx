import type { JSX } from "preact";
import type { ChatEntry } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";
import { formatTime } from "./format_time.ts";
import { linkify } from "./linkify.ts";

/** One message; without a heading if it goes on where the last one ended. */
export function ChatMessage(
  { entry, continues }: {
    readonly entry: ChatEntry;
    readonly continues: boolean;
  },
): JSX.Element {
  const name = entry.username || STRINGS.anonymous;
  const time = formatTime(entry.timeMs, Date.now());
  if (entry.emote) {
    return (
      <p class="chat-emote" title={time}>
        <strong>{name}</strong> <Text text={entry.text} />
      </p>
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
      <p class="chat-text">
        <Text text={entry.text} />
      </p>
    </article>
  );
}

function privacyOf(entry: ChatEntry): string {
  return entry.own
    ? STRINGS.chat.privateTo(entry.destName)
    : STRINGS.chat.privateFrom;
}

function Text({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {linkify(text).map((part, index) =>
        part.kind === "text" ? part.text : (
          <a
            key={index}
            href={part.href}
            target="_blank"
            rel="noreferrer noopener"
          >
            {part.text}
          </a>
        )
      )}
    </>
  );
}

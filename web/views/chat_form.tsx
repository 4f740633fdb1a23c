import type { JSX } from "preact";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { submit } from "../call/commands/commands.ts";
import { listPeople } from "../state/people.ts";
import { STRINGS } from "../strings.ts";
import { Icon } from "./icons.tsx";
import { CommandList, useCompletion } from "./command_list.tsx";
import { usePage } from "./page.ts";

/** Where one writes: words for everybody or for one person, or a command. */
export function ChatForm(): JSX.Element {
  const page = usePage();
  const text = useSignal("");
  const problem = useSignal("");
  const words = STRINGS.chat;
  const send = () => {
    const written = text.value.trim();
    if (written === "") return;
    problem.value = submit(page, written) ?? "";
    if (problem.value === "") text.value = "";
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
        <Input text={text} problem={problem} onSend={send} />
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
      <p id="chat-problem" class="field-error" role="alert">{problem.value}</p>
    </form>
  );
}

function Input(
  { text, problem, onSend }: {
    readonly text: Signal<string>;
    readonly problem: Signal<string>;
    readonly onSend: () => void;
  },
): JSX.Element {
  const input = useRef<HTMLTextAreaElement>(null);
  const words = STRINGS.chat;
  const to = useAddressee();
  const completion = useCompletion(text);
  useEffect(() => input.current?.focus(), [to?.id]);

  const handleKey = (event: KeyboardEvent) => {
    if (completion.handleKey(event)) return;
    const sends = event.key === "Enter" && !event.shiftKey &&
      !event.ctrlKey && !event.metaKey && !event.isComposing;
    if (!sends) return;
    event.preventDefault();
    onSend();
  };
  return (
    <>
      <CommandList completion={completion} />
      <textarea
        ref={input}
        dir="auto"
        data-testid="chat-input"
        rows={1}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          problem.value = "";
        }}
        onKeyDown={handleKey}
        aria-label={words.input}
        aria-describedby="chat-problem"
        {...completion.attributes}
        placeholder={to === undefined
          ? words.placeholder
          : words.placeholderTo({ name: to.username || STRINGS.anonymous })}
      />
    </>
  );
}

/** Whom one writes to: everybody, or one person. */
function Addressee(): JSX.Element | null {
  const { store } = usePage();
  const { people, me, chat } = store.state.value;
  const others = listPeople(people, [], me)
    .filter(({ isMe, isSystem }) => !isMe && !isSystem);
  if (others.length === 0) return null;
  return (
    <label class="chat-to">
      <span class="soft">{STRINGS.chat.to}</span>
      <select
        data-private={chat.to === "" ? undefined : ""}
        data-testid="chat-to"
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

import type { JSX, TextareaHTMLAttributes } from "preact";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Command, toUsage } from "../call/commands/command.ts";
import { completionsOf } from "../call/commands/commands.ts";
import { STRINGS } from "../strings.ts";
import { usePage } from "./page.ts";

const LIST_ID = "chat-commands";

/** The commands that may be meant, and how keys choose among them. */
export interface Completion {
  readonly commands: readonly Command[];
  readonly chosen: number;
  /** Writes a command in place of what was begun. */
  complete(command: Command): void;
  /** Whether the key was for the list, and so for nobody else. */
  handleKey(event: KeyboardEvent): boolean;
  /** For the field in which one writes. */
  readonly attributes: TextareaHTMLAttributes;
}

/** Completes a command that has been begun. */
export function useCompletion(text: Signal<string>): Completion {
  const { permissions } = usePage().store.state.value.me;
  const at = useSignal(0);
  const hidden = useSignal("");
  const all = completionsOf(text.value, permissions);
  // Of no more help once it is written out, or was sent away.
  const isDone = all.length === 1 && `/${all[0]?.name}` === text.value;
  const commands = isDone || hidden.value === text.value ? [] : all;
  const chosen = Math.min(at.value, Math.max(commands.length - 1, 0));
  useEffect(() => {
    at.value = 0;
  }, [text.value]);

  const complete = ({ name, parameters }: Command) => {
    text.value = parameters === undefined ? `/${name}` : `/${name} `;
  };
  const handleKey = (event: KeyboardEvent) => {
    const command = commands[chosen];
    if (command === undefined || event.isComposing) return false;
    const isWhole = `/${command.name}` === text.value;
    if (event.key === "ArrowDown") at.value = (chosen + 1) % commands.length;
    else if (event.key === "ArrowUp") {
      at.value = (chosen + commands.length - 1) % commands.length;
    } else if (event.key === "Tab" || (event.key === "Enter" && !isWhole)) {
      complete(command);
    } else if (event.key === "Escape") hidden.value = text.value;
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const open = commands.length > 0;
  return {
    commands,
    chosen,
    complete,
    handleKey,
    attributes: open
      ? {
        "aria-autocomplete": "list",
        "aria-controls": LIST_ID,
        "aria-activedescendant": optionId(commands[chosen]),
      }
      : {},
  };
}

function optionId(command: Command | undefined): string | undefined {
  return command === undefined ? undefined : `command-${command.name}`;
}

/** The commands that may be meant, above the field. */
export function CommandList(
  { completion }: { readonly completion: Completion },
): JSX.Element | null {
  const { commands, chosen, complete } = completion;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  if (commands.length === 0) return null;
  return (
    <ul
      ref={list}
      id={LIST_ID}
      class="command-list"
      role="listbox"
      aria-label={STRINGS.chat.commands}
      data-testid="command-list"
    >
      {commands.map((command, index) => (
        <li
          key={command.name}
          id={optionId(command)}
          class="command"
          role="option"
          aria-selected={index === chosen}
          // Not to take the focus from the field.
          onMouseDown={(event) => {
            event.preventDefault();
            complete(command);
          }}
        >
          <code dir="ltr">{toUsage(command)}</code>
          <span class="soft">{STRINGS.commands[command.name]}</span>
        </li>
      ))}
    </ul>
  );
}

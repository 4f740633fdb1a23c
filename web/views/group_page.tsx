import type { JSX } from "preact";
import { HOME_ADDRESS } from "../pages/base_path.ts";
import { STRINGS } from "../strings.ts";
import { JoinScreen } from "./join_screen.tsx";
import { LazyCallScreen } from "./lazy_call_screen.tsx";
import { LeftScreen } from "./left_screen.tsx";
import { MessageScreen } from "./message_screen.tsx";
import { usePage } from "./page.ts";
import { Toasts } from "./toasts.tsx";

/** A group's page: the screen that fits what is going on. */
export function GroupPage(): JSX.Element {
  return (
    <>
      <Screen />
      <Toasts />
    </>
  );
}

function Screen(): JSX.Element {
  const { phase } = usePage().store.state.value;
  switch (phase.kind) {
    case "join":
    case "connecting":
      return <JoinScreen />;
    case "call":
      return <LazyCallScreen />;
    case "left":
      return <LeftScreen departure={phase.departure} />;
  }
}

/** Instead of a group's page, if there is no such group. */
export function NoSuchGroup(): JSX.Element {
  const words = STRINGS.notFound;
  return (
    <MessageScreen title={words.title} text={words.advice}>
      <a class="button button-primary button-large" href={HOME_ADDRESS}>
        {words.home}
      </a>
    </MessageScreen>
  );
}

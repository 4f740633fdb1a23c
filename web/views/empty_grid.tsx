import type { JSX } from "preact";
import { STRINGS } from "../strings.ts";
import { CopyAddress } from "./copy_address.tsx";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";

/** What to do while nobody sends anything. */
export function EmptyGrid(): JSX.Element {
  const { people } = usePage().store.state.value;
  const words = STRINGS.call;
  const alone = people.length <= 1;
  return (
    <div class="grid-empty">
      <span class="grid-empty-icon">
        <Icon name={alone ? "people" : "camera"} />
      </span>
      <h2>{alone ? words.alone : words.nobodySends}</h2>
      <p class="soft">{alone ? words.aloneHint : words.nobodySendsHint}</p>
      {alone && <InviteOrCopy />}
    </div>
  );
}

/** The same in short, over one's own picture. */
export function AloneHint(): JSX.Element | null {
  const { people, flows } = usePage().store.state.value;
  // Who shares something meanwhile has seen it, and wants to see that.
  const alone = people.length === 1 &&
    flows.every(({ own, kind }) => own && kind === "camera");
  if (!alone) return null;
  return (
    <div class="alone">
      <p>{STRINGS.call.alone}</p>
      <InviteOrCopy />
    </div>
  );
}

/** A link that lets guests in, for those who may make one; else the address. */
function InviteOrCopy(): JSX.Element {
  const { store } = usePage();
  if (!store.state.value.me.permissions.includes("token")) {
    return <CopyAddress />;
  }
  return (
    <button
      type="button"
      class="button button-primary"
      onClick={() =>
        store.dispatch({ kind: "dialog-opened", dialog: { kind: "invite" } })}
    >
      <Icon name="invite" /> {STRINGS.invite.title}
    </button>
  );
}

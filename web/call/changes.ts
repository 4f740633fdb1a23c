import type { SessionState } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";

/** What of the state the server may change while one is in the call. */
type Changeable = Pick<SessionState, "me" | "group">;

/**
 * What has changed about oneself or the group, in words. Who is made an operator
 * need not hear of all that operators may.
 */
export function describeChanges(
  before: Changeable,
  after: Changeable,
): readonly string[] {
  const words = STRINGS.call;
  const pairs = [
    ["op", words.isOperatorNow, words.isNoOperator],
    ["present", words.mayPresentNow, words.presentsNoMore],
    ["message", words.mayChatNow, words.mayNotChat],
  ] as const;
  const change = pairs.find(([permission]) =>
    has(before, permission) !== has(after, permission)
  );
  const texts: string[] = [];
  if (change !== undefined) {
    const [permission, given, taken] = change;
    texts.push(has(after, permission) ? given : taken);
  }
  if (before.group.locked !== after.group.locked) {
    const { nowLocked, nowUnlocked } = STRINGS.group;
    texts.push(after.group.locked ? nowLocked : nowUnlocked);
  }
  return texts;
}

function has({ me }: Changeable, permission: string): boolean {
  return me.permissions.includes(permission);
}

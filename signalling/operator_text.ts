import type { Member } from "./group.ts";
import type { Turn } from "./turn.ts";

/**
 * How many UTF-16 units a text may have that an operator writes when it locks
 * the group or sends somebody away. Everybody who is refused gets it. Lower
 * refuses explanations; higher is more than anybody reads.
 */
export const MAX_TEXT_LENGTH = 1_000;

/** Whether an operator's text is too long, which it is told. */
export function isTooLong(text: string, actor: Member, turn: Turn): boolean {
  if (text.length <= MAX_TEXT_LENGTH) return false;
  turn.countLimit("textLength");
  turn.sendError(actor, "message is too long");
  return true;
}

import { assertNever } from "../../../lib/assert_never.ts";
import type { Refusal } from "../../admin/refusal.ts";
import { WORDS } from "../../languages/admin/words.ts";

/** Why the server has refused something, and what to do about it. */
export function describeRefusal(refusal: Refusal): string {
  const words = WORDS.refused;
  switch (refusal.kind) {
    case "origin":
    case "invalid":
      return words[refusal.kind]({ text: refusal.text });
    case "unexpected":
      return words.unexpected({ status: refusal.status, text: refusal.text });
    case "password":
    case "pause":
    case "readOnly":
    case "missing":
    case "conflict":
    case "exists":
    case "busy":
    case "unreachable":
      return words[refusal.kind];
    default:
      return assertNever(refusal);
  }
}

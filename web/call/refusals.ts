import type { Refusal } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";

/** What the server says when it does not let somebody in. */
export interface JoinFailure {
  /** For programs; mostly empty. */
  readonly error: string;
  /** For people, in the server's words. */
  readonly message: string;
}

/** How somebody tried to get in. */
export type Means = "password" | "token";

/** Says in clear words why one was not let in, and what to do about it. */
export function toRefusal(failure: JoinFailure, means: Means): Refusal {
  const words = STRINGS.refusals;
  if (failure.error === "need-username") return words.needName;
  if (failure.error === "duplicate-username") return words.nameTaken;
  switch (failure.message) {
    case "not authorised":
      return means === "token" ? words.badToken : words.badPassword;
    case "group does not exist":
    case "illegal group name":
      return words.noGroup;
    case "this group is not open yet":
      return words.notOpenYet;
    case "this group is closed":
      return words.closed;
    case "there are no operators in this group":
      return words.noOperator;
    case "too many users":
      return words.full;
    case "this group is locked":
      return words.locked;
    case "internal server error":
      return words.serverFault;
    default:
      // A lock may have a message of the operator's own.
      return words.other(failure.message);
  }
}

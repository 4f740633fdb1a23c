import type { Refusal } from "../state/session_state.ts";
import { STRINGS } from "../strings.ts";

/** What the server says when it does not let somebody in. */
export interface JoinFailure {
  /** For programs; mostly empty. */
  readonly error: string;
  /** For people, in the server's words. */
  readonly message: string;
}

/** The error of a failure that is the authorisation server's. */
export const AUTH_SERVER_FAILED = "auth-server";

/** How somebody tried to get in. */
export type Means = "password" | "token";

/** Says in clear words why one was not let in, and what to do about it. */
export function toRefusal(failure: JoinFailure, means: Means): Refusal {
  const words = STRINGS.refusals;
  const sorry = (text: typeof words.other): Refusal => ({
    title: text.title,
    advice: text.advice,
    field: "none",
  });
  if (failure.error === "need-username") {
    return { ...sorry(words.needName), field: "name" };
  }
  if (failure.error === "duplicate-username") {
    return { ...sorry(words.nameTaken), field: "name" };
  }
  if (failure.error === AUTH_SERVER_FAILED) {
    return { ...sorry(words.authServer), field: "password" };
  }
  switch (failure.message) {
    case "not authorised":
      return {
        ...sorry(means === "token" ? words.badToken : words.badPassword),
        field: "password",
      };
    case "group does not exist":
    case "illegal group name":
      return sorry(words.noGroup);
    case "this group is not open yet":
      return sorry(words.notOpenYet);
    case "this group is closed":
      return sorry(words.closed);
    case "there are no operators in this group":
      return sorry(words.noOperator);
    case "too many users":
      return sorry(words.full);
    case "this group is locked":
      return sorry(words.locked);
    case "internal server error":
      return sorry(words.serverFault);
    default:
      // A lock may have a message of the operator's own.
      return failure.message === ""
        ? sorry(words.other)
        : { ...sorry(words.other), advice: failure.message };
  }
}

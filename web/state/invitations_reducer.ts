import type { Token } from "../client/mod.ts";
import type { Invitations } from "./session_state.ts";

/** A token is new, or was changed. */
export function putInvitation(
  { list }: Invitations,
  token: Token,
): Invitations {
  const known = list.some((other) => other.token === token.token);
  return {
    list: known
      ? list.map((other) => other.token === token.token ? token : other)
      : [...list, token],
    made: token,
  };
}

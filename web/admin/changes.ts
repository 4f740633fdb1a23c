import type { Change } from "./admin_client.ts";
import type { Invitation } from "./admin_state.ts";

/** How a user proves who they are, from now on. */
export type NewPassword =
  | { readonly kind: "secret"; readonly text: string }
  | { readonly kind: "anything" | "none" };

/** What an invitation is to say. */
export interface InvitationTerms {
  readonly username: string;
  readonly permissions: readonly string[];
  readonly includeSubgroups: boolean;
  readonly notBeforeMs: number | undefined;
  readonly expiresMs: number;
}

/** The request that sets a password. */
export function toPasswordChange(password: NewPassword): Change {
  switch (password.kind) {
    case "secret":
      return { method: "POST", type: "text/plain", body: password.text };
    case "anything":
      return { method: "PUT", body: JSON.stringify({ type: "wildcard" }) };
    case "none":
      return { method: "DELETE" };
  }
}

/** The request that makes an invitation. */
export function toInvitationChange(terms: InvitationTerms): Change {
  return { method: "POST", body: JSON.stringify(toToken(terms)) };
}

/**
 * The request that gives an invitation other terms. It says all of it: what is
 * left out is gone, and who has made it is not to be forgotten.
 */
export function toInvitationEdit(
  { issuedAt, issuedBy, tag }: Invitation,
  terms: InvitationTerms,
): Change {
  return {
    method: "PUT",
    body: JSON.stringify({
      ...toToken(terms),
      ...(issuedAt ? { issuedAt } : {}),
      ...(issuedBy ? { issuedBy } : {}),
    }),
    ifMatch: tag,
  };
}

function toToken(
  { username, notBeforeMs, expiresMs, ...rest }: InvitationTerms,
): Readonly<Record<string, unknown>> {
  const iso = (timeMs: number) => new Date(timeMs).toISOString();
  return {
    ...rest,
    ...(username === "" ? {} : { username }),
    ...(notBeforeMs === undefined ? {} : { "not-before": iso(notBeforeMs) }),
    expires: iso(expiresMs),
  };
}

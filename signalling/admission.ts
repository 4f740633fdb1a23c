import type { WallTime } from "../lib/time.ts";
import type { ErrorId } from "../protocol/errors.ts";
import type { ClientId } from "../protocol/ids.ts";
import {
  ILLEGAL_GROUP_NAME,
  INTERNAL_ERROR,
  NO_SUCH_GROUP,
  NOT_AUTHORISED,
  TOO_MANY_ATTEMPTS,
  TOO_MANY_USERS,
} from "../protocol/join_refusals.ts";
import type { CredentialsRefusal } from "./effects.ts";
import { type Group, isFreeIn } from "./group.ts";
import { may } from "./permissions.ts";

/** Why somebody does not get in. */
export interface JoinRefusal {
  /** For people. */
  readonly text: string;
  /** For programs, where they can do something about it. */
  readonly error?: ErrorId;
}

/** The texts that clients know (A.3.1). */
const CREDENTIALS_REFUSALS: Readonly<Record<CredentialsRefusal, JoinRefusal>> =
  {
    "need-username": { text: "username required", error: "need-username" },
    "duplicate-username": {
      text: "not authorised: this username is taken",
      error: "duplicate-username",
    },
    "not-authorised": { text: NOT_AUTHORISED },
    "too-many-attempts": { text: TOO_MANY_ATTEMPTS },
    "no-such-group": { text: NO_SUCH_GROUP },
    "illegal-group-name": { text: ILLEGAL_GROUP_NAME },
    "internal": { text: INTERNAL_ERROR },
  };

/** The text of those who send people away for want of an operator. */
export const NO_OPERATORS = "there are no operators in this group";

/** The text for those who come to a locked group, unless an operator gave another. */
export const LOCKED = "this group is locked";

/** What to say of credentials that are refused. */
export function toJoinRefusal(reason: CredentialsRefusal): JoinRefusal {
  return CREDENTIALS_REFUSALS[reason];
}

/** Somebody whose credentials are good. */
export interface Candidate {
  readonly client: ClientId;
  readonly permissions: readonly string[];
}

/**
 * Decides whether a client whose credentials are good gets in now. The order is
 * Galène's, and shows in which text somebody gets who fails several (A.3.1).
 *
 * @returns why not, or `undefined`
 */
export function refuseEntry(
  group: Group,
  candidate: Candidate,
  now: WallTime,
): JoinRefusal | undefined {
  const text = may(candidate, "bypass")
    ? undefined
    : refuseOrdinary(group, now);
  if (text !== undefined) return { text };
  return isFreeIn(group, candidate.client)
    ? undefined
    : toJoinRefusal("internal");
}

function refuseOrdinary(group: Group, now: WallTime): string | undefined {
  const { notBefore, expires, autokick, maxClients } = group.description;
  if (group.lockMessage !== undefined) return group.lockMessage || LOCKED;
  if (notBefore !== undefined && now < notBefore) {
    return "this group is not open yet";
  }
  if (expires !== undefined && now > expires) return "this group is closed";
  if (autokick && !group.hasOperator) return NO_OPERATORS;
  if (maxClients !== undefined && group.size >= maxClients) {
    return TOO_MANY_USERS;
  }
  return undefined;
}

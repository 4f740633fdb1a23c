/**
 * The texts with which a group refuses somebody. Clients show them, and some
 * compare them, so they are part of the wire.
 *
 * @module
 */

/** The password or token is wrong, or there is no such user. */
export const NOT_AUTHORISED = "not authorised";

/** There is no such group. */
export const NO_SUCH_GROUP = "group does not exist";

/** No group can have that name. */
export const ILLEGAL_GROUP_NAME = "illegal group name";

/** Too many wrong passwords: there is a pause before the next is looked at. */
export const TOO_MANY_ATTEMPTS =
  "too many failed attempts: wait a minute, then try again";

/** As many are there as the group's description allows. */
export const TOO_MANY_USERS = "too many users";

/** Something is wrong on the server's side. */
export const INTERNAL_ERROR = "internal server error";

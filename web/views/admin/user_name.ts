import type { User } from "../../admin/admin_state.ts";
import { WORDS } from "../../languages/admin/words.ts";

/** What a user is called, also where it is no single one. */
export function nameOf({ name }: Pick<User, "name">): string {
  if (name === undefined) return WORDS.users.anybody;
  return name === "" ? WORDS.users.nameless : name;
}

import { BASE_PATH } from "./base_path.ts";
import { toBasicAuthorization } from "./basic_authorization.ts";
import { encodeGroup } from "./group_address.ts";

/** What came of changing a password. */
export type PasswordOutcome = "changed" | "wrong" | "failed";

/** Changes a user's own password in a group, by the administrative interface. */
export async function changePassword(
  group: string,
  username: string,
  old: string,
  fresh: string,
): Promise<PasswordOutcome> {
  const user = encodeURIComponent(username);
  try {
    const { ok, status } = await fetch(
      `${BASE_PATH}/galene-api/v0/.groups/${
        encodeGroup(group)
      }/.users/${user}/.password`,
      {
        method: "POST",
        headers: {
          "Content-Type": "text/plain",
          "Authorization": toBasicAuthorization(username, old),
        },
        credentials: "omit",
        body: fresh,
      },
    );
    if (ok) return "changed";
    return status === 401 || status === 403 ? "wrong" : "failed";
  } catch {
    return "failed"; // No network, or no server.
  }
}

import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import type { Authenticator } from "./authenticator.ts";
import { FailedLogins, type LoginKey } from "./failed_logins.ts";
import type { Limits } from "./limits.ts";

/** What {@linkcode LoginPauses} need. */
export interface LoginPauseParts {
  readonly limits: () => Promise<Limits>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each try that was refused unseen. */
  readonly refused: () => void;
}

/** {@linkcode FailedLogins}, with the clock and the limits as they are now. */
export class LoginPauses {
  readonly #failed = new FailedLogins();
  readonly #parts: LoginPauseParts;

  constructor(parts: LoginPauseParts) {
    this.#parts = parts;
  }

  /** Whether somebody's password is not looked at now; that is counted. */
  async refuses(key: LoginKey): Promise<boolean> {
    const { limits, clock, refused } = this.#parts;
    const isBlocked = this.#failed.isBlocked(
      key,
      await limits(),
      clock.now().instant,
    );
    if (isBlocked) refused();
    return isBlocked;
  }

  /** Tells what became of a password that was looked at. */
  async note(key: LoginKey, isRight: boolean): Promise<void> {
    if (isRight) return this.#failed.succeed(key);
    const { limits, clock, log } = this.#parts;
    const now = clock.now().instant;
    this.#failed.fail(key, now);
    // Once for each pause, so that guessing cannot fill the log.
    if (this.#failed.isBlocked(key, await limits(), now)) {
      log.warn("Too many wrong passwords", { ...key });
    }
  }
}

/**
 * An authenticator that does not look at passwords of somebody who has given
 * too many wrong ones. Tokens cannot be guessed, so they are always looked at.
 */
export function withLoginPauses(
  inner: Authenticator,
  pauses: LoginPauses,
): Authenticator {
  return {
    async check(group, credentials, network = "") {
      const { token, username = "" } = credentials;
      if (token !== undefined) return await inner.check(group, credentials);
      const key = { network, group, username };
      if (await pauses.refuses(key)) {
        return { kind: "refused", reason: "too-many-attempts" };
      }
      const outcome = await inner.check(group, credentials);
      if (outcome.kind === "accepted") await pauses.note(key, true);
      else if (outcome.reason === "not-authorised") {
        await pauses.note(key, false);
      }
      return outcome;
    },
  };
}

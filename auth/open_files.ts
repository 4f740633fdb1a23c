import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import { removeLeftovers } from "./atomic_file.ts";
import { createAuthenticator } from "./authenticator.ts";
import { openConfigFile } from "./config.ts";
import { createGroupFiles } from "./group_files.ts";
import { createPasswordHasher } from "./password_hasher.ts";
import { createTokenStore } from "./tokens.ts";

/**
 * Opens what is on disk, and makes those who read it. Removes what a killed
 * server has left half written.
 *
 * @throws {FileFormatError} if the configuration cannot be used
 */
export async function openFiles(
  { dataDirectory, groupsDirectory }: {
    readonly dataDirectory: string;
    readonly groupsDirectory: string;
  },
  clock: Clock,
  log: Log,
) {
  await removeLeftovers(groupsDirectory);
  await removeLeftovers(`${dataDirectory}/var`);
  const config = (await openConfigFile(dataDirectory, log)).read;
  const groups = createGroupFiles(groupsDirectory, log);
  const tokens = createTokenStore(dataDirectory, log);
  const hasher = createPasswordHasher();
  const authenticator = createAuthenticator({
    groups,
    tokens,
    hasher,
    clock,
    config,
  });
  return { config, groups, tokens, hasher, authenticator };
}

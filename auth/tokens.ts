import type { Log } from "../lib/log.ts";
import { FileCache } from "./file_cache.ts";
import {
  decodeTokenFile,
  encodeTokenLine,
  type StatefulToken,
} from "./token_file.ts";

/** The tokens that the server keeps, in one file that others may write, too. */
export interface TokenStore {
  /** Looks for a token; the file is read anew if it has changed. */
  find(token: string): Promise<StatefulToken | undefined>;

  /** Keeps one more, on disk when the promise is done. */
  add(token: StatefulToken): Promise<void>;
}

/** Opens the file of tokens, `var/tokens.jsonl` in the data directory. */
export function createTokenStore(dataDirectory: string, log: Log): TokenStore {
  const directory = `${dataDirectory}/var`;
  const path = `${directory}/tokens.jsonl`;
  const cache = new FileCache((text) =>
    decodeTokenFile(
      text,
      (line) =>
        log.error("Token ignored: its line is damaged", { file: path, line }),
    )
  );
  // One at a time, so that each sees whether the one before ended its line.
  let adding: Promise<void> = Promise.resolve();
  return {
    async find(token) {
      return (await cache.read(path))?.value.get(token);
    },
    add(token) {
      const added = adding.then(() =>
        appendLine(directory, path, encodeTokenLine(token))
      );
      adding = added.catch(() => {});
      return added;
    },
  };
}

/** A new secret for a token: 128 random bits, 22 letters that fit in a URL. */
export function makeTokenSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * Whether a token is good for a group now. One without an end never is, nor is
 * one for the empty group, unless it includes all subgroups.
 */
export function isTokenGood(
  token: StatefulToken,
  group: string,
  now: Date,
): boolean {
  if (token.expires === undefined || token.expires <= now) return false;
  if (token.notBefore !== undefined && token.notBefore > now) return false;
  if (token.group === "") return token.includeSubgroups;
  return token.group === group ||
    (token.includeSubgroups && group.startsWith(`${token.group}/`));
}

/**
 * Appends a line with a single write, so that another process which appends at
 * the same time, or a kill, cannot leave half a line behind. If something else
 * did (a full disk), the new line does not continue the torn one.
 */
async function appendLine(
  directory: string,
  path: string,
  line: string,
): Promise<void> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  using file = await Deno.open(path, {
    read: true,
    append: true,
    create: true,
    mode: 0o600,
  });
  const separator = await endsWithNewline(file) ? "" : "\n";
  const bytes = new TextEncoder().encode(separator + line);
  const written = await file.write(bytes);
  if (written !== bytes.length) {
    throw new Error(`Cannot write ${path}: only ${written} bytes were taken`);
  }
  await file.sync();
}

/** Whether the file is empty or its last line is complete. */
async function endsWithNewline(file: Deno.FsFile): Promise<boolean> {
  if ((await file.stat()).size === 0) return true;
  await file.seek(-1, Deno.SeekMode.End);
  const last = new Uint8Array(1);
  await file.read(last);
  return last[0] === 0x0a;
}

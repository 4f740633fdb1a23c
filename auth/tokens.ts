import type { Log } from "../lib/log.ts";
import { removeFile, replaceFile } from "./atomic_file.ts";
import { FileCache } from "./file_cache.ts";
import { toEtag } from "./group_store.ts";
import { Locks } from "./lock.ts";
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

  /** All tokens, and a mark of the file. */
  list(): Promise<TokenList>;

  /**
   * Changes or removes tokens. Nobody else does so between the question and the
   * write, at least not through this store.
   *
   * @param decide gets what there is, and gives what there is to be; it may
   * throw to change nothing
   */
  change(
    decide: (current: TokenList) => Iterable<StatefulToken>,
  ): Promise<void>;
}

/** The tokens of a file. */
export interface TokenList {
  /** By their secrets. */
  readonly tokens: ReadonlyMap<string, StatefulToken>;
  /** A strong entity tag of the whole file; `undefined` if there is none. */
  readonly etag: string | undefined;
}

/** Opens the file of tokens, `var/tokens.jsonl` in the data directory. */
export function createTokenStore(dataDirectory: string, log: Log): TokenStore {
  const directory = `${dataDirectory}/var`;
  const path = `${directory}/tokens.jsonl`;
  const cache = new FileCache((text) => ({
    tokens: decodeTokenFile(
      text,
      (line) =>
        log.error("Token ignored: its line is damaged", { file: path, line }),
    ),
    etag: toEtag(text),
  }));
  // One at a time, so that each sees what the one before has written.
  const locks = new Locks();

  async function list(): Promise<TokenList> {
    return (await cache.read(path))?.value ??
      { tokens: new Map(), etag: undefined };
  }

  return {
    find: async (token) => (await list()).tokens.get(token),
    add: (token) =>
      locks.run(
        path,
        () => appendLine(directory, path, encodeTokenLine(token)),
      ),
    list,
    change: (decide) =>
      locks.run(path, async () => {
        const text = Array.from(decide(await list()), encodeTokenLine).join("");
        if (text !== "") await replaceFile(path, text);
        else if ((await list()).etag !== undefined) await removeFile(path);
      }),
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

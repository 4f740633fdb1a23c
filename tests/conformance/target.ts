/**
 * The server that the conformance tests speak to. `deno task conformance` says
 * by its environment where it is.
 *
 * @module
 */

/** Its base URL, without a slash at the end. */
export const SERVER_VARIABLE = "NEREID_CONFORMANCE_SERVER";
/** Where its `groups` and `data` are; not set if that is somebody else's affair. */
export const FOLDER_VARIABLE = "NEREID_CONFORMANCE_FOLDER";

/** `http://HOST:PORT` or `https://HOST:PORT`. */
export function serverUrl(): string {
  const url = Deno.env.get(SERVER_VARIABLE);
  if (url !== undefined) return url;
  throw new Error(
    "Cannot test: no server is given. Run `deno task conformance [FILE…]`",
  );
}

/** The folder of `groups` and `data`; only for tests of {@linkcode testOwn}. */
export function serverFolder(): string {
  const folder = Deno.env.get(FOLDER_VARIABLE);
  if (folder !== undefined) return folder;
  throw new Error("Cannot change the server's files: it is not ours");
}

/**
 * A test that changes the server's files, or looks at its process. It is left
 * out, and said to be, when the server is not ours.
 */
export function testOwn(name: string, run: () => Promise<void>): void {
  const ignore = Deno.env.get(SERVER_VARIABLE) !== undefined &&
    Deno.env.get(FOLDER_VARIABLE) === undefined;
  Deno.test({ name, ignore, fn: run });
}

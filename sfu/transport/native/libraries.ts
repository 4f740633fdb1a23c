/**
 * Where the system keeps the libraries that the native ports stand on.
 *
 * @module
 */

/** A library by the name under which its interface is stable. */
export type LibraryName = "libc.so.6" | "libcrypto.so.3" | "libssl.so.3";

/** All that the native ports may want. */
export const LIBRARY_NAMES: readonly LibraryName[] = [
  "libc.so.6",
  "libcrypto.so.3",
  "libssl.so.3",
];

/** Debian's folders, by `Deno.build.arch`; then those of most others. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"],
  aarch64: ["/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu"],
};
const OTHER_FOLDERS = ["/lib64", "/usr/lib64", "/usr/lib"];

/** A library cannot be had; the text says why. */
export class LibraryError extends Error {
  override readonly name = "LibraryError";
}

/**
 * Where a library may be. Whole paths, because Deno takes a bare name in a
 * permission for a file of the working directory.
 */
export function libraryPaths(name: LibraryName): readonly string[] {
  const { os, arch } = Deno.build;
  const own = FOLDERS[arch];
  if (os !== "linux" || own === undefined) return [];
  return [...own, ...OTHER_FOLDERS].map((folder) => `${folder}/${name}`);
}

/**
 * The functions of a library, by the names that a declaration gives them. What
 * has 64 bits is a `bigint`: with a number, a call costs many times as much.
 */
export type Functions<S extends Deno.ForeignLibraryInterface> =
  Deno.DynamicLibrary<S>["symbols"];

/** A function of C's; what Deno's types want to be a `bigint` may be a number. */
type Callable<F> = F extends (...args: infer A) => infer R ? (
    ...args: {
      [K in keyof A]: A[K] extends bigint ? number | bigint : A[K];
    }
  ) => R
  : never;

/** The same for what is not called for each packet. */
export type SlowFunctions<S extends Deno.ForeignLibraryInterface> = {
  readonly [K in keyof S]: Callable<Deno.DynamicLibrary<S>["symbols"][K]>;
};

/**
 * Opens a library. It stays open as long as the process: nobody can know when
 * the last function of it is done.
 *
 * @throws {LibraryError} if it is nowhere, not permitted, or lacks a function
 */
export function openLibrary<const S extends Deno.ForeignLibraryInterface>(
  name: LibraryName,
  declarations: S,
): Functions<S> {
  const { os, arch } = Deno.build;
  const paths = libraryPaths(name);
  if (paths.length === 0) {
    throw new LibraryError(`no native code for ${os} on ${arch}`);
  }
  let refusal: string | undefined;
  for (const path of paths) {
    try {
      return Deno.dlopen(path, declarations).symbols;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        refusal ??= `${name} may not be used without --allow-ffi=${path}`;
      } else if (error instanceof TypeError) {
        throw new LibraryError(`${path} does not fit: ${error.message}`);
      }
    }
  }
  throw new LibraryError(refusal ?? `${name} is not installed`);
}

/** The same functions, for what is not called for each packet. */
export function allowNumbers<S extends Deno.ForeignLibraryInterface>(
  functions: Functions<S>,
): SlowFunctions<S> {
  return functions as unknown as SlowFunctions<S>; // Deno takes both
}

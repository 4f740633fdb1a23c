/** A program that the tests run, and where Debian has it. */
export interface RequiredProgram {
  readonly program: string;
  /** The Debian package that brings it. */
  readonly debianPackage: string;
  /** What the tests do with it, for people. */
  readonly purpose: string;
}

/** What the tests need besides Deno. */
export const REQUIRED_PROGRAMS: readonly RequiredProgram[] = [
  {
    program: "chromium",
    debianPackage: "chromium",
    purpose: "browser tests",
  },
  {
    program: "firefox-esr",
    debianPackage: "firefox-esr",
    purpose: "browser tests",
  },
  {
    program: "ip",
    debianPackage: "iproute2",
    purpose: "a private network for Firefox, which uses no loopback addresses",
  },
  {
    program: "unshare",
    debianPackage: "util-linux",
    purpose: "a private network for Firefox",
  },
  {
    program: "openssl",
    debianPackage: "openssl",
    purpose: "its libraries, by which the native ports work",
  },
];

/** Where programs for administrators are: not on everybody's PATH. */
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin"];

/**
 * The full path of a program, or `undefined` if there is none.
 *
 * @param exists tells whether there is a file of that path
 */
export function findProgram(
  program: string,
  searchPath: string,
  exists: (path: string) => boolean,
): string | undefined {
  return [...searchPath.split(":"), ...MORE_FOLDERS]
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => `${folder}/${program}`)
    .find(exists);
}

/**
 * The full path of one of {@linkcode REQUIRED_PROGRAMS} on this machine.
 *
 * @throws {Error} if it is not there, with what to do about it
 */
export function requireProgram(program: string): string {
  const path = findProgram(program, Deno.env.get("PATH") ?? "", fileExists);
  if (path !== undefined) return path;
  const known = REQUIRED_PROGRAMS.find((each) => each.program === program);
  throw new Error(
    `Cannot find ${program}: install Debian's package "${
      known?.debianPackage ?? program
    }", for example with: apt-get install ${known?.debianPackage ?? program}`,
  );
}

/** Whether there is a file of that path. */
export function fileExists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

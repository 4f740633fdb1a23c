import { type ByteRange, parseByteRange } from "./byte_range.ts";
import { contentTypeOf } from "./content_types.ts";

/** How a file is answered with, if not as it lies there. */
export interface FileOptions {
  /** Of an answer that carries the whole file; 200 if not given. */
  readonly status?: number;
  /**
   * Below which path browsers see the server: what pages load and link to by an
   * absolute path is there, too.
   */
  readonly basePath?: string;
  /** How long browsers may keep it, by when it was changed, if that is special. */
  readonly cacheControl?: (modified: Date) => string;
}

/** Serves the files of one folder. */
export interface StaticFiles {
  /**
   * Answers with a file, or `undefined` if there is none of that name.
   *
   * @param path below the folder, decoded, with slashes and without a leading one
   */
  serve(
    request: Request,
    path: string,
    options?: FileOptions,
  ): Promise<Response | undefined>;

  /** Whether there is a folder of that name; same path as for `serve()`. */
  hasFolder(path: string): Promise<boolean>;
}

/**
 * Opens a folder to the world: its files, but none whose name begins with a
 * dot, and nothing outside of it, through whatever path or symbolic link.
 */
export function createStaticFiles(directory: string): StaticFiles {
  return {
    async serve(
      request,
      path,
      {
        status = 200,
        basePath = "",
        cacheControl = () => cacheControlOf(path),
      } = {},
    ) {
      if (!isPlainPath(path)) return undefined;
      const real = await realPathWithin(directory, path);
      if (real === undefined) return undefined;
      const to = { request, status, cacheControl };
      return basePath !== "" && real.endsWith(".html")
        ? await respondWithPage(real, encodeURI(basePath), to)
        : await respondWithFile(real, to);
    },
    async hasFolder(path) {
      if (!isPlainPath(path)) return false;
      const real = await realPathWithin(directory, path);
      return real !== undefined && (await Deno.stat(real)).isDirectory;
    },
  };
}

/**
 * Whether a decoded path has ordinary names only. Dot files are refused, so
 * are the ways out: `..`, a backslash, an empty name, a NUL.
 */
export function isPlainPath(path: string): boolean {
  return path.split("/").every((name) =>
    name !== "" && !name.startsWith(".") && !/[\\\0]/.test(name)
  );
}

async function realPathWithin(
  directory: string,
  path: string,
): Promise<string | undefined> {
  try {
    const root = await Deno.realPath(directory);
    const real = await Deno.realPath(`${root}/${path}`);
    return real.startsWith(`${root}/`) ? real : undefined;
  } catch (error) {
    return ignoreUnreachable(error);
  }
}

/** What is answered, and how. */
interface AnswerTo {
  readonly request: Request;
  readonly status: number;
  readonly cacheControl: (modified: Date) => string;
}

async function respondWithFile(
  path: string,
  { request, status, cacheControl }: AnswerTo,
): Promise<Response | undefined> {
  const file = await Deno.open(path).catch(ignoreUnreachable);
  if (file === undefined) return undefined;
  const info = await file.stat();
  if (!info.isFile) {
    file.close();
    return undefined;
  }
  const headers = new Headers({
    "Content-Type": contentTypeOf(path),
    "Cache-Control": cacheControl(info.mtime ?? new Date(0)),
    "ETag": `"${info.size}-${info.mtime?.getTime() ?? 0}"`,
    "Last-Modified": (info.mtime ?? new Date(0)).toUTCString(),
  });
  if (status === 200 && isKnownTo(request, headers)) {
    file.close();
    return new Response(null, { status: 304, headers });
  }
  if (status === 200 && request.method === "GET") {
    headers.set("Accept-Ranges", "bytes");
    const range = parseByteRange(wantedRange(request, headers), info.size);
    if (range !== undefined) {
      return await respondWithPart(file, range, info.size, headers);
    }
  }
  headers.set("Content-Length", String(info.size));
  if (request.method === "HEAD") {
    file.close();
    return new Response(null, { status, headers });
  }
  return new Response(file.readable, { status, headers });
}

/** Where a page loads something from, or links to, by an absolute path. */
const ABSOLUTE_PATHS = /\b(href|src|action)=(["'])\/(?!\/)/g;

/** Answers with a page that is seen below a path: all that it names is there. */
async function respondWithPage(
  path: string,
  basePath: string,
  { request, status, cacheControl }: AnswerTo,
): Promise<Response | undefined> {
  const info = await Deno.stat(path).catch(ignoreUnreachable);
  if (!info?.isFile) return undefined;
  const moved = (await Deno.readTextFile(path)).replaceAll(
    ABSOLUTE_PATHS,
    (_, attribute: string, quote: string) =>
      `${attribute}=${quote}${basePath}/`,
  );
  const bytes = new TextEncoder().encode(moved);
  const headers = new Headers({
    "Content-Type": contentTypeOf(path),
    "Cache-Control": cacheControl(info.mtime ?? new Date(0)),
    "ETag": `"${bytes.length}-${info.mtime?.getTime() ?? 0}${basePath}"`,
  });
  if (status === 200 && isKnownTo(request, headers)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("Content-Length", String(bytes.length));
  const body = request.method === "HEAD" ? null : bytes;
  return new Response(body, { status, headers });
}

/** Whether the browser has this version already (RFC 9110 §13.1.2, §13.1.3). */
function isKnownTo(request: Request, headers: Headers): boolean {
  const known = request.headers.get("If-None-Match");
  if (known === null) {
    const since = Date.parse(request.headers.get("If-Modified-Since") ?? "");
    return Date.parse(headers.get("Last-Modified") ?? "") <= since;
  }
  return known.split(",").some((entry) => {
    const tag = entry.trim().replace(/^W\//, "");
    return tag === "*" || tag === headers.get("ETag");
  });
}

/** The range, unless it is for another version (RFC 9110 §13.1.5). */
function wantedRange(request: Request, headers: Headers): string | null {
  const only = request.headers.get("If-Range");
  const isSame = only === null || only === headers.get("ETag") ||
    only === headers.get("Last-Modified");
  return isSame ? request.headers.get("Range") : null;
}

async function respondWithPart(
  file: Deno.FsFile,
  range: ByteRange | "unsatisfiable",
  sizeBytes: number,
  headers: Headers,
): Promise<Response> {
  if (range === "unsatisfiable") {
    file.close();
    headers.set("Content-Range", `bytes */${sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range;
  await file.seek(start, Deno.SeekMode.Start);
  headers.set("Content-Range", `bytes ${start}-${end - 1}/${sizeBytes}`);
  headers.set("Content-Length", String(end - start));
  return new Response(file.readable.pipeThrough(firstBytes(end - start)), {
    status: 206,
    headers,
  });
}

/** Lets so many bytes pass, and ends the stream then. */
function firstBytes(
  count: number,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let left = count;
  return new TransformStream({
    transform(chunk, controller) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      controller.enqueue(part);
      if (left === 0) controller.terminate();
    },
  });
}

/**
 * What the build puts in `assets/` has a hash of its content in its name, such
 * as `main-3K5QZ7WX.js`, and may be kept for ever. Everything else is asked for
 * anew, which costs a 304, so that a page never runs with the script of another
 * version.
 */
function cacheControlOf(path: string): string {
  return /^assets\/.*-[0-9A-Z]{8}\.\w+$/.test(path)
    ? "public, max-age=31536000, immutable"
    : "no-cache";
}

function ignoreUnreachable(error: unknown): undefined {
  const isUnreachable = error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.FilesystemLoop ||
    // The name is longer than the file system knows.
    (error instanceof Error && "code" in error &&
      error.code === "ENAMETOOLONG");
  if (!isUnreachable) throw error;
}

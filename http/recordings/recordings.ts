import type { Authenticator } from "../../auth/authenticator.ts";
import type { Username } from "../../protocol/ids.ts";
import { type ApiCredentials, parseAuthorization } from "../api/credentials.ts";
import { plainText } from "../plain_text.ts";
import { createStaticFiles, type StaticFiles } from "../static_files.ts";
import { isFromElsewhere } from "./cross_site.ts";
import { LIST_STYLE, type RecordedFile, writeListPage } from "./list_page.ts";
import { parseRecordingsPath, type RecordingsPath } from "./recordings_path.ts";
import { chooseLanguage } from "./words.ts";

/** Of what the pages of recordings are made. */
export interface RecordingsParts {
  /** Where recordings are: a folder for each group. It need not exist. */
  readonly directory: string;
  /** Which pauses after too many wrong passwords. */
  readonly authenticator: Authenticator;
  /** Waits as after a wrong password. */
  readonly delay: () => Promise<void>;
  readonly now: () => Date;
}

/** A request for recordings, and what is known of where it comes from. */
export interface RecordingsRequest {
  readonly request: Request;
  /** Who counts as one where passwords are tried. */
  readonly network: string;
  /** How browsers see the server, without a slash at the end. */
  readonly baseUrl: string;
}

/** Answers all requests below `/recordings`. */
export type RecordingsPages = (request: RecordingsRequest) => Promise<Response>;

/** What a form of ours has at most: `q`, and a file's name. */
const MAX_FORM_BYTES = 4_096;

/** A file that was written to so lately may still be growing, in milliseconds. */
const FRESH_MS = 60_000;

/** Makes the pages on which recordings are listed, had and deleted (C.2). */
export function createRecordingsPages(parts: RecordingsParts): RecordingsPages {
  const files = createStaticFiles(parts.directory);
  return async (from) => {
    const url = new URL(from.request.url);
    const path = parseRecordingsPath(url.pathname);
    switch (path.kind) {
      case "nothing":
        return plainText(404, "Not found");
      case "no-group":
        return plainText(400, "Bad group name");
      case "style":
        return style();
      case "list-without-slash": {
        const basePath = new URL(from.baseUrl).pathname.replace(/\/$/, "");
        const location = `${basePath}${url.pathname}/${url.search}`;
        return plainText(308, "See elsewhere", { "Location": location });
      }
      case "list":
      case "file":
        return await authorise(parts, from, path.group) ??
          await answer(parts, files, from, path);
    }
  };
}

/** How to refuse who may not see a group's recordings; nobody else learns more. */
async function authorise(
  { authenticator, delay }: RecordingsParts,
  { request, network }: RecordingsRequest,
  group: string,
): Promise<Response | undefined> {
  const given = parseAuthorization(request.headers.get("Authorization"));
  if (given === undefined) return unauthorised(group);
  const outcome = await authenticator.check(
    group,
    toCredentials(given),
    network,
  );
  if (outcome.kind === "accepted" && outcome.permissions.includes("record")) {
    return undefined;
  }
  const isTooOften = outcome.kind === "refused" &&
    outcome.reason === "too-many-attempts";
  if (isTooOften) {
    return plainText(429, "Too many attempts", { "Retry-After": "60" });
  }
  // As for a wrong password, after which who checks has waited.
  const hasWaited = outcome.kind === "refused" &&
    outcome.reason === "not-authorised";
  if (!hasWaited) await delay();
  return unauthorised(group);
}

/** A token can be given in the place of a password, without a name. */
function toCredentials(given: ApiCredentials) {
  if (given.kind === "bearer") return { token: given.token };
  const { username, password } = given;
  return username === ""
    ? { token: password }
    // Looked at by who checks.
    : { username: username as Username, password };
}

function unauthorised(group: string): Response {
  const realm = encodeURI(`recordings/${group}`).replaceAll('"', "");
  return plainText(401, "Who are you?", {
    "WWW-Authenticate": `Basic realm="${realm}", charset="UTF-8"`,
    "Cache-Control": "no-store",
  });
}

async function answer(
  parts: RecordingsParts,
  files: StaticFiles,
  from: RecordingsRequest,
  path: RecordingsPath & { kind: "list" | "file" },
): Promise<Response> {
  const { request } = from;
  const { method } = request;
  const isReading = method === "GET" || method === "HEAD";
  if (path.kind === "list" && method === "POST") {
    return await remove(parts, from, path.group);
  }
  if (!isReading) {
    const allowed = path.kind === "list" ? "GET, HEAD, POST" : "GET, HEAD";
    return plainText(405, "Method not allowed", { "Allow": allowed });
  }
  const found = path.kind === "list"
    ? await list(parts, from, path.group)
    : await files.serve(request, `${path.group}/${path.name}`, {
      cacheControl: (modified) =>
        parts.now().getTime() - modified.getTime() < FRESH_MS
          ? "private, no-cache"
          : "private, max-age=1800",
    });
  return found ?? plainText(404, "Not found");
}

async function list(
  { directory }: RecordingsParts,
  { request, baseUrl }: RecordingsRequest,
  group: string,
): Promise<Response | undefined> {
  const files = await readFolder(`${directory}/${group}`);
  if (files === undefined) return undefined;
  const page = writeListPage({
    group,
    files,
    language: chooseLanguage(request.headers.get("Accept-Language")),
    basePath: new URL(baseUrl).pathname.replace(/\/$/, ""),
  });
  return new Response(request.method === "HEAD" ? null : page, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-cache",
      "Vary": "Accept-Language",
      // So that the form says where it is from.
      "Referrer-Policy": "same-origin",
    },
  });
}

/** A group's recordings by name; `undefined` if it has no folder. */
async function readFolder(
  folder: string,
): Promise<readonly RecordedFile[] | undefined> {
  const files: RecordedFile[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !/\.(webm|mkv)$/.test(name)) continue;
      const { size: sizeBytes } = await Deno.lstat(`${folder}/${name}`);
      files.push({ name, sizeBytes });
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
  return files.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Deletes one file, if it is a page of ours that asks for it (C-24, J-16). */
async function remove(
  { directory }: RecordingsParts,
  { request, baseUrl }: RecordingsRequest,
  group: string,
): Promise<Response> {
  if (isFromElsewhere(request, baseUrl)) {
    return plainText(403, "This form is not from this page");
  }
  const form = await readForm(request);
  const name = form?.get("filename") ?? "";
  const isName = /^[^./\\\0][^/\\\0]*\.(webm|mkv)$/.test(name);
  if (form?.get("q") !== "delete" || !isName) {
    return plainText(400, "Bad request");
  }
  try {
    await Deno.remove(`${directory}/${group}/${name}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return plainText(404, "Not found");
  }
  const { pathname } = new URL(request.url);
  const location = new URL(baseUrl).pathname.replace(/\/$/, "") + pathname;
  return plainText(303, "Deleted", { "Location": location });
}

async function readForm(
  request: Request,
): Promise<URLSearchParams | undefined> {
  const type = request.headers.get("Content-Type") ?? "";
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return undefined;
  const length = Number(request.headers.get("Content-Length") ?? NaN);
  if (!(length <= MAX_FORM_BYTES)) return undefined;
  return new URLSearchParams(await request.text());
}

function style(): Response {
  return new Response(LIST_STYLE, {
    headers: {
      "Content-Type": "text/css; charset=utf-8",
      "Cache-Control": "max-age=1800",
    },
  });
}

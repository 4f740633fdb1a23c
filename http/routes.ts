import { type Context, Hono } from "hono";

import type { Log } from "../lib/log.ts";
import { decodePath, parseGroupPath, toGroupPath } from "./group_path.ts";
import { toPublicStatus } from "./group_status.ts";
import type { GroupsPort } from "./ports.ts";
import type { RemoteAddress } from "./remote_address.ts";
import { addSecurityHeaders } from "./security_headers.ts";
import { createStaticFiles, type StaticFiles } from "./static_files.ts";
import type { WebSocketEndpoint } from "./websocket.ts";

/** Of what the HTTP side is made. */
export interface RouteParts {
  /** The folder of the web client. */
  readonly staticDirectory: string;
  readonly groups: GroupsPort;
  readonly websocket: WebSocketEndpoint;
  readonly log: Log;
}

/** Answers a request; needs no port, so tests call it directly. Never throws. */
export type FetchHandler = (
  request: Request,
  remote: RemoteAddress,
) => Promise<Response>;

type Env = { Bindings: { remote: RemoteAddress } };

/**
 * The files that a group's page may be, the first one that exists counts. The
 * second makes frontends written for Galène work with `--static`.
 */
const GROUP_PAGES = ["group.html", "galene.html"] as const;

/** Makes the handler for all requests, HTTP and HTTPS alike. */
export function createRoutes(parts: RouteParts): FetchHandler {
  const files = createStaticFiles(parts.staticDirectory);
  const app = new Hono<Env>({ strict: true });
  app.get("/ws", (c) => parts.websocket.upgrade(c.req.raw, c.env.remote));
  app.all("/public-groups.json", async (c) => {
    const groups = await parts.groups.publicGroups();
    return noCacheJson(groups.map((group) => toPublicStatus(group, c.req.url)));
  });
  app.all("/group/*", (c) => answerGroup(c, parts.groups, files));
  app.all("*", (c) => answerStatic(c, files));
  app.onError((error, c) => {
    parts.log.error("Request failed", {
      method: c.req.method,
      // Without the query: an invite link has its token there.
      path: new URL(c.req.url).pathname,
      error: error.stack ?? String(error),
    });
    return plainText(500, "Internal server error");
  });
  return async (request, remote) =>
    addSecurityHeaders(await app.fetch(request, { remote }));
}

async function answerGroup(
  c: Context<Env>,
  groups: GroupsPort,
  files: StaticFiles,
): Promise<Response> {
  const url = new URL(c.req.url);
  const path = parseGroupPath(url.pathname);
  if (path.kind === "nothing") return await notFound(c, files);
  if (path.kind === "page-without-slash") {
    return redirect(toGroupPath(path.group) + url.search);
  }
  if (path.kind === "page") {
    return await answerPage(c, path.group, groups, files);
  }
  if (path.command === ".status.json" && path.rest === "") {
    return redirect(`${toGroupPath(path.group)}.status`);
  }
  if (path.command !== ".status" || path.rest !== "") {
    return await notFound(c, files);
  }
  const status = await groups.status(path.group);
  return status === undefined
    ? await notFound(c, files)
    : noCacheJson(toPublicStatus(status, c.req.url));
}

async function answerPage(
  c: Context<Env>,
  group: string,
  groups: GroupsPort,
  files: StaticFiles,
): Promise<Response> {
  if (!isReading(c.req.raw)) return methodNotAllowed();
  const status = await groups.status(group);
  if (status === undefined) return await notFound(c, files);
  if (status.redirect !== undefined) return redirect(status.redirect);
  for (const page of GROUP_PAGES) {
    const response = await files.serve(c.req.raw, page);
    if (response !== undefined) return response;
  }
  return await notFound(c, files);
}

async function answerStatic(
  c: Context<Env>,
  files: StaticFiles,
): Promise<Response> {
  if (!isReading(c.req.raw)) return methodNotAllowed();
  const path = decodePath(new URL(c.req.url).pathname)?.slice(1);
  if (path === undefined) return await notFound(c, files);
  const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
  return await files.serve(c.req.raw, file) ?? await notFound(c, files);
}

async function notFound(
  c: Context<Env>,
  files: StaticFiles,
): Promise<Response> {
  return await files.serve(c.req.raw, "404.html", 404) ??
    plainText(404, "Not found");
}

function isReading(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

function methodNotAllowed(): Response {
  return plainText(405, "Method not allowed", { "Allow": "GET, HEAD" });
}

function redirect(location: string): Response {
  return plainText(308, "See elsewhere", { "Location": location });
}

function plainText(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
  });
}

function noCacheJson(value: unknown): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    headers: {
      "Content-Type": "application/json",
      "Cache-Control": "no-cache",
    },
  });
}

import { type Context, Hono } from "hono";

import type { Config } from "../auth/config.ts";
import type { Log } from "../lib/log.ts";
import type { AdminApi } from "./api/admin_api.ts";
import { toBasePath, toBaseUrl } from "./base_url.ts";
import { decodePath, parseGroupPath, toGroupPath } from "./group_path.ts";
import { toPublicStatus } from "./group_status.ts";
import { plainText } from "./plain_text.ts";
import type { GroupsPort } from "./ports.ts";
import { networkOf, type Requester } from "./remote_address.ts";
import { addSecurityHeaders, callSecurityPolicy } from "./security_headers.ts";
import {
  createStaticFiles,
  type FileOptions,
  type StaticFiles,
} from "./static_files.ts";
import type { RecordingsPages } from "./recordings/recordings.ts";
import type { WebSocketEndpoint } from "./websocket.ts";
import type { Endpoint } from "./whip/endpoint.ts";

/** Of what the HTTP side is made. */
export interface RouteParts {
  /** The folder of the web client. */
  readonly staticDirectory: string;
  readonly groups: GroupsPort;
  readonly websocket: WebSocketEndpoint;
  readonly adminApi: AdminApi;
  /** Publishing by WHIP and playing by WHEP. */
  readonly programs: Endpoint;
  readonly recordings: RecordingsPages;
  /** The configuration, as it is now. */
  readonly config: () => Promise<Config>;
  readonly log: Log;
}

/** Answers a request; needs no port, so tests call it directly. Never throws. */
export type FetchHandler = (
  request: Request,
  remote: Requester,
) => Promise<Response>;

type Env = { Bindings: { remote: Requester; config: Config } };

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
    const base = baseOf(c);
    return noCacheJson(groups.map((group) => toPublicStatus(group, base)));
  });
  app.all(
    "/galene-api/*",
    (c) => parts.adminApi(c.req.raw, networkOf(c.env.remote)),
  );
  // What comes after this has its one place: WebSockets and lists do not.
  app.use(async (c, next) =>
    toCanonicalHost(c) ?? toCleanPath(c) ?? await next()
  );
  for (const path of ["/recordings", "/recordings/*"]) {
    app.all(path, (c) =>
      parts.recordings({
        request: c.req.raw,
        network: networkOf(c.env.remote),
        baseUrl: baseOf(c),
      }));
  }
  app.all("/group/*", (c) => answerGroup(c, parts, files));
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
    addSecurityHeaders(
      await app.fetch(request, { remote, config: await parts.config() }),
    );
}

function baseOf(c: Context<Env>): string {
  const { config, remote } = c.env;
  return toBaseUrl(config.proxyUrl, c.req.url, remote.isSecure);
}

/** Scripts of workers, each of which has a policy of its own. */
const WORKERS = /^assets\/picture_worker-[^/]+\.js$/;

/** Sends on who has come by another name, with the query and its token. */
function toCanonicalHost(c: Context<Env>): Response | undefined {
  const { canonicalHost } = c.env.config;
  const url = new URL(c.req.url);
  const host = c.req.header("Host") ?? url.host;
  if (
    canonicalHost === undefined ||
    host.toLowerCase() === canonicalHost.toLowerCase()
  ) return undefined;
  const path = belowBase(c, `${url.pathname}${url.search}`);
  return redirect(`https://${canonicalHost}${path}`, 301);
}

/** Sends on who has put more than one slash where one belongs (D-6). */
function toCleanPath(c: Context<Env>): Response | undefined {
  const { pathname, search } = new URL(c.req.url);
  if (!pathname.includes("//")) return undefined;
  return redirectTo(c, pathname.replaceAll(/\/{2,}/g, "/") + search, 301);
}

/** Sends on within the server, which may be below a path of a proxy. */
function redirectTo(c: Context<Env>, path: string, status = 308): Response {
  return redirect(belowBase(c, path), status);
}

/** Pages name things by the paths at which browsers see them. */
function atBase(c: Context<Env>): FileOptions {
  return { basePath: toBasePath(c.env.config.proxyUrl) };
}

/** A path as browsers see it. */
function belowBase(c: Context<Env>, path: string): string {
  return toBasePath(c.env.config.proxyUrl) + path;
}

async function answerGroup(
  c: Context<Env>,
  { groups, programs }: RouteParts,
  files: StaticFiles,
): Promise<Response> {
  const url = new URL(c.req.url);
  const path = parseGroupPath(url.pathname);
  if (path.kind === "nothing") return await notFound(c, files);
  if (path.kind === "page-without-slash") {
    return redirectTo(c, toGroupPath(path.group) + url.search);
  }
  if (path.kind === "page") {
    return await answerPage(c, path.group, groups, files);
  }
  if (path.command === ".whip" || path.command === ".whep") {
    const { remote } = c.env;
    const basePath = new URL(baseOf(c)).pathname.replace(/\/$/, "");
    return await programs({ request: c.req.raw, path, remote, basePath });
  }
  if (path.command === ".status.json" && path.rest === "") {
    return redirectTo(c, `${toGroupPath(path.group)}.status${url.search}`);
  }
  if (path.command !== ".status" || path.rest !== "") {
    return await notFound(c, files);
  }
  const status = await groups.status(path.group);
  return status === undefined
    ? await notFound(c, files)
    : noCacheJson(toPublicStatus(status, baseOf(c)));
}

async function answerPage(
  c: Context<Env>,
  group: string,
  groups: GroupsPort,
  files: StaticFiles,
): Promise<Response> {
  if (!isReading(c.req.raw)) return answerOtherMethod(c.req.method);
  const status = await groups.status(group);
  if (status === undefined) return await notFound(c, files);
  if (status.redirect !== undefined) return redirect(status.redirect);
  for (const page of GROUP_PAGES) {
    const response = await files.serve(c.req.raw, page, atBase(c));
    if (response === undefined) continue;
    const policy = callSecurityPolicy(status.authServer);
    response.headers.set("Content-Security-Policy", policy);
    return response;
  }
  return await notFound(c, files);
}

async function answerStatic(
  c: Context<Env>,
  files: StaticFiles,
): Promise<Response> {
  if (!isReading(c.req.raw)) return answerOtherMethod(c.req.method);
  const { pathname, search } = new URL(c.req.url);
  const path = decodePath(pathname)?.slice(1);
  if (path === undefined) return await notFound(c, files);
  const isFolder = path === "" || path.endsWith("/");
  const file = isFolder ? `${path}index.html` : path;
  const response = await files.serve(c.req.raw, file, atBase(c));
  if (response !== undefined) {
    if (WORKERS.test(file)) {
      response.headers.set("Content-Security-Policy", callSecurityPolicy());
    }
    return response;
  }
  if (!await files.hasFolder(path.replace(/\/$/, ""))) {
    return await notFound(c, files);
  }
  return isFolder
    ? plainText(403, "Forbidden")
    : redirectTo(c, `${pathname}/${search}`);
}

async function notFound(
  c: Context<Env>,
  files: StaticFiles,
): Promise<Response> {
  const options = { status: 404, ...atBase(c) };
  return await files.serve(c.req.raw, "404.html", options) ??
    plainText(404, "Not found");
}

function isReading(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

function answerOtherMethod(method: string): Response {
  const headers = { "Allow": "OPTIONS, GET, HEAD" };
  return method === "OPTIONS"
    ? new Response(null, { status: 204, headers })
    : plainText(405, "Method not allowed", headers);
}

function redirect(location: string, status = 308): Response {
  return plainText(status, "See elsewhere", { "Location": location });
}

function noCacheJson(value: unknown): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    headers: {
      "Content-Type": "application/json",
      "Cache-Control": "no-cache",
    },
  });
}

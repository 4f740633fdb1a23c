import type { Config } from "../../auth/config.ts";
import { FileFormatError } from "../../auth/file_format_error.ts";
import { GroupNameError } from "../../auth/group_store.ts";
import { BusyError } from "../../auth/limiter.ts";
import { decodePath } from "../group_path.ts";
import { plainText } from "../plain_text.ts";
import type { LoginPauses } from "../../auth/login_pause.ts";
import type { Authorisation } from "./authorisation.ts";
import { parseAuthorization } from "./credentials.ts";
import { decideOrigin, preflightHeaders } from "./cors.ts";
import { findResource, type FoundResource } from "./find_resource.ts";
import { HttpProblem } from "./http_problem.ts";
import { NotModified, type ResourceParts } from "./resource.ts";

/** What {@linkcode createAdminApi} needs. */
export interface AdminApiParts extends ResourceParts {
  readonly config: () => Promise<Config>;
  readonly authorisation: Authorisation;
  readonly pauses: LoginPauses;
}

/**
 * The administrative interface, everything below `/galene-api/`.
 *
 * @param network where the request comes from; empty: from this machine
 */
export type AdminApi = (
  request: Request,
  network?: string,
) => Promise<Response>;

const PREFIX = "/galene-api/v0";

/** Makes the interface. */
export function createAdminApi(parts: AdminApiParts): AdminApi {
  return async (request, network = "") => {
    const { allowAdminOrigin } = await parts.config();
    const origin = decideOrigin(request, allowAdminOrigin);
    const response = origin.kind === "refused"
      ? toResponse(new HttpProblem(403, "Origin not allowed"))
      : await answer(request, network, parts).catch(toResponse);
    if (origin.kind === "allowed") {
      for (const [name, value] of Object.entries(origin.headers)) {
        response.headers.set(name, value);
      }
    }
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
}

async function answer(
  request: Request,
  network: string,
  parts: AdminApiParts,
): Promise<Response> {
  const path = decodePath(new URL(request.url).pathname);
  const found: FoundResource = path?.startsWith(`${PREFIX}/`)
    ? findResource(path.slice(PREFIX.length), parts)
    : { kind: "foreign" };
  if (found.kind === "foreign") throw new HttpProblem(404, "Not found");
  if (found.kind === "nothing") {
    await authorise(request, network, found, parts);
    throw new HttpProblem(404, "Not found");
  }
  const { resource } = found;
  const names = Object.keys(resource.methods);
  const methods = [
    "OPTIONS",
    ...names.includes("GET") ? ["HEAD"] : [],
    ...names,
  ];
  if (request.method === "OPTIONS") {
    return new Response(null, { headers: preflightHeaders(methods) });
  }
  await authorise(request, network, resource, parts);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const handler = Object.entries(resource.methods)
    .find(([name]) => name === method)?.[1];
  if (handler === undefined) {
    throw new HttpProblem(405, "Method not allowed", {
      "Allow": methods.join(", "),
    });
  }
  if (resource.writesGroup && method !== "GET") await requireWritable(parts);
  return await handler(request);
}

/** @throws {HttpProblem} 401, or 429 after too many wrong passwords */
async function authorise(
  { headers }: Request,
  network: string,
  { group, owner }: { readonly group?: string | undefined; owner?: string },
  { authorisation, pauses }: AdminApiParts,
): Promise<void> {
  const given = parseAuthorization(headers.get("Authorization"));
  const key = given?.kind === "basic"
    ? { network, group: "", username: given.username }
    : undefined;
  if (key !== undefined && await pauses.refuses(key)) {
    throw new HttpProblem(429, "Too many failed attempts: wait a minute", {
      "Retry-After": "60",
    });
  }
  const isOwner = owner !== undefined && group !== undefined &&
    await authorisation.isUser(headers, group, owner);
  const isAllowed = isOwner ||
    await authorisation.isAdministrator(headers, group);
  if (key !== undefined) await pauses.note(key, isAllowed);
  if (isAllowed) return;
  throw new HttpProblem(401, "Haha!", {
    "WWW-Authenticate": 'basic realm="/galene-api/"',
  });
}

/** @throws {HttpProblem} 403: it is not a matter of who asks (J-7) */
async function requireWritable({ config }: AdminApiParts): Promise<void> {
  if ((await config()).writableGroups) return;
  throw new HttpProblem(403, "Groups are not writable: see writableGroups");
}

/** The one place where what handlers throw becomes an answer. */
function toResponse(error: unknown): Response {
  if (error instanceof NotModified) {
    const { etag } = error;
    return new Response(null, {
      status: 304,
      headers: etag === undefined ? {} : { "ETag": etag },
    });
  }
  const problem = toProblem(error);
  if (problem === undefined) throw error;
  return plainText(problem.status, problem.message, problem.headers);
}

function toProblem(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (error instanceof BusyError) {
    return new HttpProblem(503, error.message, { "Retry-After": "5" });
  }
  if (error instanceof GroupNameError) return new HttpProblem(404, "Not found");
  if (!(error instanceof FileFormatError)) return undefined;
  // What is on disk has the name of a file, what was sent an article.
  const isOnDisk = error.file.endsWith(".json");
  return new HttpProblem(isOnDisk ? 500 : 400, error.message);
}

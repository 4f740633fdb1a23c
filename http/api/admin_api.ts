import type { Config } from "../../auth/config.ts";
import { FileFormatError } from "../../auth/file_format_error.ts";
import { GroupNameError } from "../../auth/group_store.ts";
import { BusyError } from "../../auth/limiter.ts";
import { decodePath } from "../group_path.ts";
import { plainText } from "../plain_text.ts";
import type { Authorisation } from "./authorisation.ts";
import { decideOrigin, preflightHeaders } from "./cors.ts";
import { findResource, type FoundResource } from "./find_resource.ts";
import { HttpProblem } from "./http_problem.ts";
import { NotModified, type ResourceParts } from "./resource.ts";

/** What {@linkcode createAdminApi} needs. */
export interface AdminApiParts extends ResourceParts {
  readonly config: () => Promise<Config>;
  readonly authorisation: Authorisation;
}

/** The administrative interface, everything below `/galene-api/`. */
export type AdminApi = (request: Request) => Promise<Response>;

const PREFIX = "/galene-api/v0";

/** Makes the interface. */
export function createAdminApi(parts: AdminApiParts): AdminApi {
  return async (request) => {
    const { allowAdminOrigin } = await parts.config();
    const origin = decideOrigin(request, allowAdminOrigin);
    const response = origin.kind === "refused"
      ? toResponse(new HttpProblem(403, "Origin not allowed"))
      : await answer(request, parts).catch(toResponse);
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
  parts: AdminApiParts,
): Promise<Response> {
  const path = decodePath(new URL(request.url).pathname);
  const found: FoundResource = path?.startsWith(`${PREFIX}/`)
    ? findResource(path.slice(PREFIX.length), parts)
    : { kind: "foreign" };
  if (found.kind === "foreign") throw new HttpProblem(404, "Not found");
  if (found.kind === "nothing") {
    await authorise(request, found.group, undefined, parts);
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
  await authorise(request, resource.group, resource.owner, parts);
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

/** @throws {HttpProblem} 401 */
async function authorise(
  request: Request,
  group: string | undefined,
  owner: string | undefined,
  { authorisation }: AdminApiParts,
): Promise<void> {
  const { headers } = request;
  const isOwner = owner !== undefined && group !== undefined &&
    await authorisation.isUser(headers, group, owner);
  if (isOwner || await authorisation.isAdministrator(headers, group)) return;
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

import type { Config } from "../../auth/config.ts";
import { parseBearer } from "../api/credentials.ts";
import { HttpProblem } from "../api/http_problem.ts";
import { matchesEtag } from "../api/preconditions.ts";
import { readBody } from "../api/request_body.ts";
import type { GroupPath } from "../group_path.ts";
import { toGroupPath } from "../group_path.ts";
import { plainText } from "../plain_text.ts";
import type { GroupsPort, SignallingPort } from "../ports.ts";
import type { RemoteAddress } from "../remote_address.ts";
import { isAllowedOrigin } from "../websocket.ts";
import { toLinkHeaders } from "./link_header.ts";
import { ended, toJoinProblem } from "./problems.ts";
import { type IngestSession, IngestSessions } from "./ingest_sessions.ts";
import {
  parseSdpFragment,
  toFragment,
  withCredentials,
} from "./sdp_fragment.ts";
import type { RtcConfiguration } from "../../protocol/server_message.ts";

/** What {@linkcode createWhipApi} needs. */
export interface WhipParts {
  readonly signalling: SignallingPort;
  readonly groups: GroupsPort;
  readonly config: () => Promise<Config>;
  /** What members of groups are told of ICE servers. */
  readonly rtcConfiguration: () => RtcConfiguration;
  /** So many random bytes, in base64url. */
  readonly randomId: (bytes: number) => string;
}

/** A request for `/group/NAME/.whip` or what is below it. */
export interface WhipRequest {
  readonly request: Request;
  readonly path: GroupPath & { readonly kind: "command" };
  readonly remote: RemoteAddress;
  /** What the server's own URLs begin with, as a path: empty or `/sub`. */
  readonly basePath: string;
}

/** Takes in flows of programs that speak WHIP (RFC 9725), OBS for instance. */
export type WhipApi = (request: WhipRequest) => Promise<Response>;

const OFFER_TYPE = "application/sdp";
const FRAGMENT_TYPE = "application/trickle-ice-sdpfrag";

/** Makes the interface. */
export function createWhipApi(parts: WhipParts): WhipApi {
  const sessions = new IngestSessions(parts);
  return async (whip) => {
    const { request, path } = whip;
    const response = await answer(whip, parts, sessions).catch(toResponse);
    response.headers.append("Vary", "Origin");
    const origin = request.headers.get("Origin");
    const { allowOrigin } = await parts.config();
    if (origin !== null && isAllowedOrigin(request, allowOrigin)) {
      response.headers.set("Access-Control-Allow-Origin", origin);
      response.headers.set(
        "Access-Control-Expose-Headers",
        path.rest === "" && request.method === "OPTIONS"
          ? "Link"
          : "Location, Content-Type, Link, ETag",
      );
    }
    return response;
  };
}

async function answer(
  whip: WhipRequest,
  parts: WhipParts,
  sessions: IngestSessions,
): Promise<Response> {
  const { request, path } = whip;
  if (await parts.groups.status(path.group) === undefined) {
    throw new HttpProblem(404, "There is no such group");
  }
  if (path.rest === "") {
    switch (request.method) {
      case "OPTIONS":
        return toPreflight(
          ["OPTIONS", "POST"],
          "Authorization, Content-Type",
          toLinkHeaders(parts.rtcConfiguration()),
        );
      case "POST":
        return await publish(whip, sessions);
      default:
        throw notAllowed(["OPTIONS", "POST"]);
    }
  }
  const methods = ["OPTIONS", "DELETE", "PATCH"];
  if (request.method === "OPTIONS") {
    const headers = "Authorization, Content-Type, If-Match, If-None-Match";
    return toPreflight(methods, headers, []);
  }
  const session = findSession(whip, sessions);
  switch (request.method) {
    case "DELETE":
      session.client.close();
      return new Response(null, { status: 200 });
    case "PATCH":
      return await patch(request, session);
    default:
      throw notAllowed(methods);
  }
}

/** Opens a session: joins the group, and publishes what is offered (D-33, D-34). */
async function publish(
  { request, path, remote, basePath }: WhipRequest,
  sessions: IngestSessions,
): Promise<Response> {
  const offer = await readBody(request, OFFER_TYPE);
  const token = bearerOf(request);
  const session = sessions.open(path.group, remote, token);
  const joined = await session.client.join({
    group: path.group,
    username: "whip",
    ...token === undefined ? { password: "" } : { token },
  });
  if (joined.kind !== "joined") {
    session.client.close();
    throw toJoinProblem(joined);
  }
  if (!joined.permissions.includes("present")) {
    session.client.close();
    throw new HttpProblem(403, "Forbidden: you may not present in this group");
  }
  const outcome = await session.client.offer(offer);
  if (outcome.kind !== "answered") {
    session.client.close();
    throw outcome.kind === "refused"
      ? new HttpProblem(400, outcome.text)
      : ended();
  }
  session.offer = offer;
  const headers = new Headers({
    "Content-Type": OFFER_TYPE,
    "Location": `${basePath}${toGroupPath(path.group)}.whip/${session.secret}`,
    "ETag": session.etag,
  });
  for (const link of toLinkHeaders(joined.rtcConfiguration)) {
    headers.append("Link", link);
  }
  return new Response(outcome.sdp, { status: 201, headers });
}

/**
 * Takes candidates, of which an ICE-lite server has no need, or restarts ICE if
 * the credentials are new (D-38).
 */
async function patch(
  request: Request,
  session: IngestSession,
): Promise<Response> {
  const text = await readBody(request, FRAGMENT_TYPE);
  const ifMatch = request.headers.get("If-Match");
  if (ifMatch !== null && !matchesEtag(session.etag, ifMatch)) {
    throw new HttpProblem(412, "Precondition failed: ICE was restarted since");
  }
  const fragment = parseSdpFragment(text);
  if (fragment === undefined) {
    throw new HttpProblem(400, "Cannot read the SDP fragment");
  }
  const current = parseSdpFragment(session.offer);
  if (
    current?.iceUfrag === fragment.iceUfrag &&
    current.icePwd === fragment.icePwd
  ) return new Response(null, { status: 204 });
  const offer = withCredentials(session.offer, fragment);
  const outcome = await session.client.offer(offer);
  if (outcome.kind === "ended") throw ended();
  if (outcome.kind === "refused") throw new HttpProblem(400, outcome.text);
  session.offer = offer;
  session.renewEtag();
  return new Response(toFragment(outcome.sdp), {
    status: 200,
    headers: { "Content-Type": FRAGMENT_TYPE, "ETag": session.etag },
  });
}

/** @throws {HttpProblem} 404 if there is none, 403 if it is somebody else's */
function findSession(
  { request, path }: WhipRequest,
  sessions: IngestSessions,
): IngestSession {
  const session = sessions.find(path.group, path.rest.slice(1));
  if (session === undefined) {
    throw new HttpProblem(404, "There is no such session");
  }
  if (!session.isOpenedWith(bearerOf(request))) {
    throw new HttpProblem(403, "Forbidden: send the token of the session");
  }
  return session;
}

/** The token that a request brings along; several credentials may be listed. */
function bearerOf(request: Request): string | undefined {
  const header = request.headers.get("Authorization") ?? "";
  return header.split(",").map(parseBearer).find((token) =>
    token !== undefined
  );
}

function toPreflight(
  methods: readonly string[],
  allowedHeaders: string,
  links: readonly string[],
): Response {
  const headers = new Headers({
    "Access-Control-Allow-Methods": methods.join(", "),
    "Access-Control-Allow-Headers": allowedHeaders,
  });
  for (const link of links) headers.append("Link", link);
  return new Response(null, { status: 200, headers });
}

function notAllowed(methods: readonly string[]): HttpProblem {
  return new HttpProblem(405, "Method not allowed", {
    "Allow": methods.join(", "),
  });
}

function toResponse(error: unknown): Response {
  if (!(error instanceof HttpProblem)) throw error;
  return plainText(error.status, error.message, error.headers);
}

import type { Config } from "../../auth/config.ts";
import type { RtcConfiguration } from "../../protocol/server_message.ts";
import { parseBearer } from "../api/credentials.ts";
import type { Limits } from "../../auth/limits.ts";
import { HttpProblem } from "../api/http_problem.ts";
import { matchesEtag } from "../api/preconditions.ts";
import { readBody } from "../api/request_body.ts";
import { type GroupPath, toGroupPath } from "../group_path.ts";
import { plainText } from "../plain_text.ts";
import type { GroupsPort, SignallingPort } from "../ports.ts";
import type { RemoteAddress } from "../remote_address.ts";
import { isAllowedOrigin } from "../websocket.ts";
import { toLinkHeaders } from "./link_header.ts";
import { ended, toJoinProblem } from "./problems.ts";
import type { Ended, ProgramClient } from "./program_client.ts";
import type { ProgramSession, ProgramSessions } from "./program_sessions.ts";
import {
  parseSdpFragment,
  type SdpFragment,
  toFragment,
} from "./sdp_fragment.ts";

/** What {@linkcode createEndpoint} needs, for WHIP and WHEP alike. */
export interface EndpointParts {
  readonly signalling: SignallingPort;
  readonly groups: GroupsPort;
  readonly config: () => Promise<Config>;
  /** What members of groups are told of ICE servers. */
  readonly rtcConfiguration: () => RtcConfiguration;
  /** Told of what a limit has refused. */
  readonly count?: (limit: keyof Limits) => void;
  /** So many random bytes, in base64url. */
  readonly randomId: (bytes: number) => string;
}

/** A request for a command below a group's page, or what is below that. */
export interface EndpointRequest {
  readonly request: Request;
  readonly path: GroupPath & { readonly kind: "command" };
  readonly remote: RemoteAddress;
  /** What the server's own URLs begin with, as a path: empty or `/sub`. */
  readonly basePath: string;
}

/** Answers requests for one command, and never throws for what a client did. */
export type Endpoint = (request: EndpointRequest) => Promise<Response>;

/** The answer to an offer, or why there is none. */
export type Outcome =
  | { readonly kind: "answered"; readonly sdp: string }
  | { readonly kind: "refused"; readonly text: string }
  | Ended;

/** In what WHIP and WHEP differ. */
export interface Dialect<Client extends ProgramClient> {
  readonly command: ".whip" | ".whep";
  readonly username: string;
  readonly sessions: ProgramSessions<Client>;
  /** Whether `GET` is answered, with nothing, rather than refused. */
  readonly answersGet: boolean;
  /** Whether a restart of ICE has to say which session it ends. */
  readonly requiresIfMatch: boolean;
  /**
   * Does what the client has come for; it has joined.
   *
   * @throws {HttpProblem} if it may not, or that cannot be done
   */
  start(
    client: Client,
    offer: string,
    asked: {
      readonly group: string;
      readonly permissions: readonly string[];
      readonly url: URL;
    },
  ): Promise<Outcome>;
  /** What the client's ICE agent goes by now. */
  credentials(client: Client): SdpFragment | undefined;
  /** Takes new credentials. */
  restart(client: Client, credentials: SdpFragment): Promise<Outcome>;
}

const OFFER_TYPE = "application/sdp";
const FRAGMENT_TYPE = "application/trickle-ice-sdpfrag";

/** Makes the interface of one of the two protocols. */
export function createEndpoint<Client extends ProgramClient>(
  parts: EndpointParts,
  dialect: Dialect<Client>,
): Endpoint {
  return async (asked) => {
    const { request, path } = asked;
    const response = await answer(asked, parts, dialect).catch(toResponse);
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

async function answer<Client extends ProgramClient>(
  asked: EndpointRequest,
  parts: EndpointParts,
  dialect: Dialect<Client>,
): Promise<Response> {
  const { request, path } = asked;
  if (await parts.groups.status(path.group) === undefined) {
    throw new HttpProblem(404, "There is no such group");
  }
  const isReading = request.method === "GET" || request.method === "HEAD";
  if (dialect.answersGet && isReading) {
    return new Response(null, { status: 204 });
  }
  return path.rest === ""
    ? await answerEndpoint(asked, parts, dialect)
    : await answerSession(asked, dialect);
}

async function answerEndpoint<Client extends ProgramClient>(
  asked: EndpointRequest,
  parts: EndpointParts,
  dialect: Dialect<Client>,
): Promise<Response> {
  const methods = ["OPTIONS", "POST"];
  switch (asked.request.method) {
    case "OPTIONS": {
      const links = toLinkHeaders(parts.rtcConfiguration());
      const headers = "Authorization, Content-Type";
      const response = toPreflight(methods, headers, links);
      response.headers.set("Accept-Post", OFFER_TYPE);
      return response;
    }
    case "POST":
      return await open(asked, dialect, await parts.config());
    default:
      throw notAllowed(methods);
  }
}

async function answerSession<Client extends ProgramClient>(
  asked: EndpointRequest,
  dialect: Dialect<Client>,
): Promise<Response> {
  const { request } = asked;
  const methods = ["OPTIONS", "DELETE", "PATCH"];
  if (request.method === "OPTIONS") {
    const headers = "Authorization, Content-Type, If-Match, If-None-Match";
    return toPreflight(methods, headers, []);
  }
  const session = findSession(asked, dialect.sessions);
  switch (request.method) {
    case "DELETE":
      session.client.close();
      return new Response(null, { status: 200 });
    case "PATCH":
      return await patch(request, session, dialect);
    default:
      throw notAllowed(methods);
  }
}

/** Opens a session: joins the group, and does what is offered (D-33, D-34). */
async function open<Client extends ProgramClient>(
  { request, path, remote, basePath }: EndpointRequest,
  dialect: Dialect<Client>,
  { limits }: Config,
): Promise<Response> {
  const { command, username, sessions } = dialect;
  const offer = await readBody(request, OFFER_TYPE);
  const token = bearerOf(request);
  const session = sessions.open(path.group, remote, token, limits);
  try {
    const joined = await session.client.join({
      group: path.group,
      username,
      ...token === undefined ? { password: "" } : { token },
    });
    if (joined.kind !== "joined") throw toJoinProblem(joined, command);
    const { permissions, rtcConfiguration } = joined;
    const url = new URL(request.url);
    const outcome = await dialect
      .start(session.client, offer, { group: path.group, permissions, url });
    const headers = new Headers({
      "Content-Type": OFFER_TYPE,
      "Location": `${basePath}${
        toGroupPath(path.group)
      }${command}/${session.secret}`,
      "ETag": session.etag,
    });
    for (const link of toLinkHeaders(rtcConfiguration)) {
      headers.append("Link", link);
    }
    return new Response(answerOf(outcome), { status: 201, headers });
  } catch (error) {
    session.client.close();
    throw error;
  }
}

/**
 * Takes candidates, of which an ICE-lite server has no need, or restarts ICE if
 * the credentials are new (D-38).
 */
async function patch<Client extends ProgramClient>(
  request: Request,
  session: ProgramSession<Client>,
  dialect: Dialect<Client>,
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
  const current = dialect.credentials(session.client);
  if (
    current?.iceUfrag === fragment.iceUfrag &&
    current.icePwd === fragment.icePwd
  ) return new Response(null, { status: 204 });
  if (ifMatch === null && dialect.requiresIfMatch) {
    throw new HttpProblem(428, 'Send If-Match: "*" to restart ICE');
  }
  const outcome = await dialect.restart(session.client, fragment);
  const body = toFragment(answerOf(outcome));
  session.renewEtag();
  return new Response(body, {
    status: 200,
    headers: { "Content-Type": FRAGMENT_TYPE, "ETag": session.etag },
  });
}

/** @throws {HttpProblem} if there is no answer */
function answerOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case "answered":
      return outcome.sdp;
    case "refused":
      throw new HttpProblem(400, outcome.text);
    case "ended":
      throw ended();
  }
}

/** @throws {HttpProblem} 404 if there is none, 403 if it is somebody else's */
function findSession<Client extends ProgramClient>(
  { request, path }: EndpointRequest,
  sessions: ProgramSessions<Client>,
): ProgramSession<Client> {
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

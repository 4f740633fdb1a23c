import { TestServer } from "../support/server.ts";

/** What a request to the administrative interface has besides its path. */
export interface AdminRequest {
  readonly type?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly body?: string;
  /** `root:pw` if not given; `null` for none; `Bearer …` as it is. */
  readonly as?: string | null;
  readonly origin?: string;
}

/** An answer, read to its end. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** Sends a request to the administrative interface. */
export async function administer(
  server: string,
  method: string,
  path: string,
  request: AdminRequest = {},
): Promise<AdminAnswer> {
  const { as = "root:pw", type, ifMatch, ifNoneMatch, origin } = request;
  const response = await fetch(`${server}/galene-api/v0/${path}`, {
    method,
    headers: {
      ...(as === null ? {} : { "Authorization": toAuthorization(as) }),
      ...(type === undefined ? {} : { "Content-Type": type }),
      ...(ifMatch === undefined ? {} : { "If-Match": ifMatch }),
      ...(ifNoneMatch === undefined ? {} : { "If-None-Match": ifNoneMatch }),
      ...(origin === undefined ? {} : { "Origin": origin }),
    },
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  const text = await response.text();
  const { status, headers } = response;
  const isJson = headers.get("Content-Type") === "application/json";
  return {
    status,
    headers,
    text,
    json: isJson && text !== "" ? JSON.parse(text) : undefined,
  };
}

function toAuthorization(as: string): string {
  return as.startsWith("Bearer ")
    ? as
    : `Basic ${new TextEncoder().encode(as).toBase64()}`;
}

/** A configuration with an administrator `root`, whose password is `pw`. */
export const ADMIN_CONFIG = {
  "writableGroups": true,
  "users": { "root": { "password": "pw", "permissions": "admin" } },
};

/** Starts a server that root may administer, with one group besides. */
export async function startAdministered(
  groups: Readonly<Record<string, unknown>> = {},
  config: Readonly<Record<string, unknown>> = {},
): Promise<TestServer> {
  return await TestServer.start({
    config: { ...ADMIN_CONFIG, ...config },
    // Without any group, the server would make its lobby.
    groups: { "zz": {}, ...groups },
  });
}

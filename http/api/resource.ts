import type { GroupStore, StoredGroup } from "../../auth/group_store.ts";
import type { PasswordHasher } from "../../auth/password_hasher.ts";
import type { TokenStore } from "../../auth/tokens.ts";
import { notFound, preconditionFailed } from "./http_problem.ts";
import { checkPreconditions } from "./preconditions.ts";

/** The methods that something may have; HEAD is like GET. */
export type Method = "GET" | "PUT" | "POST" | "DELETE";

/** Something that can be read or changed under one URL. */
export interface Resource {
  /** Its methods, in the order in which they are told. */
  readonly methods: Readonly<Partial<Record<Method, Handler>>>;
  /** The group that it belongs to; `undefined`: to the whole server. */
  readonly group?: string;
  /** Whether all methods but GET write the group's file. */
  readonly writesGroup?: boolean;
  /** The user who may change it besides administrators. */
  readonly owner?: string;
}

/** Answers a request of somebody who may ask it. */
export type Handler = (request: Request) => Promise<Response>;

/** What resources are made of. */
export interface ResourceParts {
  readonly store: GroupStore;
  readonly tokens: TokenStore;
  readonly hasher: PasswordHasher;
  readonly listGroups: () => Promise<readonly string[]>;
  readonly hasGroup: (name: string) => Promise<boolean>;
  /** See row B.6: who is in which group, and what comes and goes. */
  readonly stats: () => Promise<readonly unknown[]>;
  /** The limits, and how often each has refused something. */
  readonly limits: () => Promise<unknown>;
  readonly now: () => Date;
}

/** Answers with JSON and its entity tag, unless the client has it already. */
export function respondWithJson(
  request: Request,
  value: unknown,
  etag?: string,
): Response {
  checkTag(request, etag);
  return new Response(`${JSON.stringify(value)}\n`, {
    headers: {
      "Content-Type": "application/json",
      // Compressing it on the way would weaken its tag (RFC 9110 §8.8.3.3).
      "Cache-Control": "no-cache, no-transform",
      ...(etag === undefined ? {} : { "ETag": etag }),
    },
  });
}

/** 201 if something is new, 204 if it has changed or is gone. */
export function done(isNew = false): Response {
  return isNew
    ? new Response("Created\n", { status: 201 })
    : new Response(null, { status: 204 });
}

/**
 * Checks a request's preconditions.
 *
 * @throws {HttpProblem} 412
 * @throws {NotModified}
 */
export function checkTag(request: Request, etag: string | undefined): void {
  switch (checkPreconditions(request.method, etag, request.headers)) {
    case 304:
      throw new NotModified(etag);
    case 412:
      throw preconditionFailed();
    case undefined:
      return;
  }
}

/** The client has the current version already. */
export class NotModified extends Error {
  override readonly name = "NotModified";

  /** Makes it, with the current version's tag. */
  constructor(readonly etag: string | undefined) {
    super("Not modified");
  }
}

/**
 * Reads a group's own file.
 *
 * @throws {HttpProblem} 404 if there is none
 */
export async function readGroup(
  { store }: ResourceParts,
  group: string,
): Promise<StoredGroup> {
  const found = await store.read(group);
  if (found === undefined) throw notFound();
  return found;
}

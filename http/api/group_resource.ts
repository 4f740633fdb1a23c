import {
  parseSanitisedGroup,
  toSanitisedGroup,
} from "../../auth/group_document.ts";
import { importAuthKey } from "../../auth/auth_keys.ts";
import { parseObject } from "../../auth/file_format_error.ts";
import { isRecord } from "../../auth/json.ts";
import { badRequest, notFound } from "./http_problem.ts";
import { readBody } from "./request_body.ts";
import {
  checkTag,
  done,
  readGroup,
  type Resource,
  type ResourceParts,
  respondWithJson,
} from "./resource.ts";

/** The names of all groups that have a file (D-51). */
export function groupListResource(parts: ResourceParts): Resource {
  return {
    methods: {
      GET: async (request) =>
        respondWithJson(request, await parts.listGroups()),
    },
  };
}

/** A group's description, without its users and keys (D-52). */
export function groupResource(parts: ResourceParts, group: string): Resource {
  return {
    group,
    writesGroup: true,
    methods: {
      GET: async (request) => {
        const { document, etag } = await readGroup(parts, group);
        return respondWithJson(request, toSanitisedGroup(document), etag);
      },
      PUT: async (request) => {
        const text = await readBody(request, "application/json");
        const document = parseSanitisedGroup(text, "the group");
        let isNew = false;
        await parts.store.change(group, (current) => {
          checkTag(request, current?.etag);
          isNew = current === undefined;
          const { users, "wildcard-user": wildcard, authKeys } =
            current?.document ?? {};
          return {
            kind: "write",
            document: {
              ...document,
              ...(users && { users }),
              ...(wildcard && { "wildcard-user": wildcard }),
              ...(authKeys && { authKeys }),
            },
          };
        });
        return done(isNew);
      },
      DELETE: async (request) => {
        await parts.store.change(group, (current) => {
          checkTag(request, current?.etag);
          if (current === undefined) throw notFound();
          return { kind: "delete" };
        });
        return done();
      },
    },
  };
}

/** The keys by which tokens for a group are signed; not readable (D-56). */
export function keysResource(parts: ResourceParts, group: string): Resource {
  const setKeys = async (authKeys: Record<string, unknown>[] | undefined) => {
    await parts.store.change(group, (current) => {
      if (current === undefined) throw notFound();
      const { authKeys: _, ...rest } = current.document;
      return {
        kind: "write",
        document: { ...rest, ...(authKeys && { authKeys }) },
      };
    });
    return done();
  };
  return {
    group,
    writesGroup: true,
    methods: {
      PUT: async (request) => {
        const text = await readBody(request, "application/jwk-set+json");
        return await setKeys(await parseKeySet(text));
      },
      DELETE: () => setKeys(undefined),
    },
  };
}

/**
 * Reads a JWK set (RFC 7517 §5).
 *
 * @throws {HttpProblem} 400 if it is none, or has a key that cannot be used
 */
async function parseKeySet(text: string): Promise<Record<string, unknown>[]> {
  const { keys } = parseObject(text, "the keys");
  if (!Array.isArray(keys) || !keys.every(isRecord)) {
    throw badRequest('There is no list "keys"');
  }
  for (const [index, key] of keys.entries()) {
    await importAuthKey(key).catch((error: Error) => {
      throw badRequest(`Cannot use key ${index}: ${error.message}`);
    });
  }
  return keys.map((key) => ({ ...key }));
}

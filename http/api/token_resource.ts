import { parseToken, toTokenJson } from "../../auth/token_file.ts";
import { makeTokenSecret, type TokenList } from "../../auth/tokens.ts";
import { HttpProblem, notFound } from "./http_problem.ts";
import { readBody } from "./request_body.ts";
import {
  checkTag,
  done,
  type Resource,
  type ResourceParts,
  respondWithJson,
} from "./resource.ts";

/**
 * The names of a group's tokens (D-57).
 *
 * @param group empty for tokens that are good for all groups
 */
export function tokenListResource(
  parts: ResourceParts,
  group: string,
): Resource {
  return {
    ...inGroup(group),
    methods: {
      GET: async (request) => {
        await requireGroup(parts, group);
        const { tokens, etag } = await parts.tokens.list();
        const names = [...tokens.values()]
          .filter((token) => token.group === group)
          .map(({ token }) => token);
        return respondWithJson(request, names, etag);
      },
      POST: async (request) => {
        await requireGroup(parts, group);
        const text = await readBody(request, "application/json");
        const token = parseToken(text, makeTokenSecret(), group);
        await parts.tokens.add({ issuedAt: parts.now(), ...token });
        return new Response("Created\n", {
          status: 201,
          headers: { "Location": token.token },
        });
      },
    },
  };
}

/** One token (D-58); its entity tag is that of the file of all tokens. */
export function tokenResource(
  parts: ResourceParts,
  group: string,
  secret: string,
): Resource {
  const find = ({ tokens }: TokenList) => {
    const token = tokens.get(secret);
    return token?.group === group ? token : undefined;
  };
  return {
    ...inGroup(group),
    methods: {
      GET: async (request) => {
        await requireGroup(parts, group);
        const list = await parts.tokens.list();
        const token = find(list);
        if (token === undefined) throw notFound();
        return respondWithJson(
          request,
          toTokenJson({ ...token, token: "", group: "" }),
          list.etag,
        );
      },
      PUT: async (request) => {
        await requireGroup(parts, group);
        const text = await readBody(request, "application/json");
        const token = parseToken(text, secret, group);
        let isNew = false;
        await parts.tokens.change((current) => {
          const old = find(current);
          if (old === undefined && current.tokens.has(secret)) {
            throw new HttpProblem(409, "token exists in different group");
          }
          isNew = old === undefined;
          checkTag(request, isNew ? undefined : current.etag);
          return new Map(current.tokens).set(secret, token).values();
        });
        return done(isNew);
      },
      DELETE: async (request) => {
        await requireGroup(parts, group);
        await parts.tokens.change((current) => {
          const isThere = find(current) !== undefined;
          checkTag(request, isThere ? current.etag : undefined);
          if (!isThere) throw notFound();
          const left = new Map(current.tokens);
          left.delete(secret);
          return left.values();
        });
        return done();
      },
    },
  };
}

function inGroup(group: string): { readonly group?: string } {
  return group === "" ? {} : { group };
}

async function requireGroup(
  { hasGroup }: ResourceParts,
  group: string,
): Promise<void> {
  if (group !== "" && !await hasGroup(group)) throw notFound();
}

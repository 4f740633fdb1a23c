import {
  groupListResource,
  groupResource,
  keysResource,
} from "./group_resource.ts";
import {
  type Resource,
  type ResourceParts,
  respondWithJson,
} from "./resource.ts";
import { splitPath } from "./split_path.ts";
import { tokenListResource, tokenResource } from "./token_resource.ts";
import {
  passwordResource,
  type UserKey,
  userListResource,
  userResource,
} from "./user_resource.ts";

/** What a path means: something, or nothing, which only administrators learn. */
export type FoundResource =
  | { readonly kind: "resource"; readonly resource: Resource }
  | { readonly kind: "nothing"; readonly group: string | undefined }
  /** It is no path of this interface at all. */
  | { readonly kind: "foreign" };

/**
 * Finds what a path is about.
 *
 * @param path decoded, what follows `/galene-api/v0`
 */
export function findResource(
  path: string,
  parts: ResourceParts,
): FoundResource {
  const { first, command, rest } = splitPath(path);
  if (first !== "") return { kind: "foreign" };
  if (command === ".stats") {
    return rest === "" ? found(statsResource(parts)) : { kind: "foreign" };
  }
  if (command === ".limits") {
    return rest === "" ? found(limitsResource(parts)) : { kind: "foreign" };
  }
  if (command !== ".groups") return { kind: "foreign" };
  if (rest === "" || rest === "/") return found(groupListResource(parts));
  const inside = splitPath(rest);
  const group = inside.first.replace(/^\/|\/$/g, "");
  if (inside.first === "") {
    // `.tokens/` without a group: those for all of them.
    const resource = inside.command === ".tokens" &&
      findToken("", inside.rest, parts);
    return resource ? found(resource) : { kind: "nothing", group: undefined };
  }
  const resource = findInGroup(group, inside.command, inside.rest, parts);
  return resource === undefined ? { kind: "nothing", group } : found(resource);
}

function found(resource: Resource): FoundResource {
  return { kind: "resource", resource };
}

function findInGroup(
  group: string,
  command: string,
  rest: string,
  parts: ResourceParts,
): Resource | undefined {
  switch (command) {
    case "":
      return groupResource(parts, group);
    case ".users":
      if (rest === "/") return userListResource(parts, group);
      return findUser(group, rest, parts);
    case ".wildcard-user":
      return findUserPart(group, { kind: "wildcard" }, rest, parts);
    case ".empty-user":
      return findUserPart(group, { kind: "named", name: "" }, rest, parts);
    case ".keys":
      return rest === "" ? keysResource(parts, group) : undefined;
    case ".tokens":
      return findToken(group, rest, parts);
    default:
      return undefined;
  }
}

function findUser(
  group: string,
  path: string,
  parts: ResourceParts,
): Resource | undefined {
  const { first, command, rest } = splitPath(path);
  const name = first.slice(1);
  if (name === "" || name.endsWith("/")) return undefined;
  const below = command === "" ? "" : `/${command}${rest}`;
  return findUserPart(group, { kind: "named", name }, below, parts);
}

function findUserPart(
  group: string,
  user: UserKey,
  below: string,
  parts: ResourceParts,
): Resource | undefined {
  if (below === "") return userResource(parts, group, user);
  return below === "/.password"
    ? passwordResource(parts, group, user)
    : undefined;
}

function findToken(
  group: string,
  rest: string,
  parts: ResourceParts,
): Resource | undefined {
  if (rest === "/") return tokenListResource(parts, group);
  const [, secret] = /^\/([^/]+)$/.exec(rest) ?? [];
  return secret === undefined ? undefined : tokenResource(parts, group, secret);
}

/** What the server bounds, and how often it had to; Galène has no such. */
function limitsResource({ limits }: ResourceParts): Resource {
  return {
    methods: {
      GET: async (request) => respondWithJson(request, await limits()),
    },
  };
}

/** Who is in which group (D-50). */
function statsResource({ stats }: ResourceParts): Resource {
  return {
    methods: {
      GET: async (request) => respondWithJson(request, await stats()),
    },
  };
}

import {
  type GroupDocument,
  parsePasswordDocument,
  parseSanitisedUser,
  type PasswordDocument,
  toUserJson,
  type UserDocument,
} from "../../auth/group_document.ts";
import { toStoredPassword } from "../../auth/stored_password.ts";
import { isUsername } from "../../auth/names.ts";
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

/** A user of a group, or what is said of all that it does not name. */
export type UserKey =
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "wildcard" };

/**
 * The cost of bcrypt for passwords that come as they are. One more doubles what
 * guessing costs, and what each login does.
 */
const BCRYPT_COST = 8;

/** The names of a group's users (D-53). */
export function userListResource(
  parts: ResourceParts,
  group: string,
): Resource {
  return {
    group,
    methods: {
      GET: async (request) => {
        const { document, etag } = await readGroup(parts, group);
        const names = [...document.users?.keys() ?? []].filter((name) => name);
        return respondWithJson(request, names, etag);
      },
    },
  };
}

/** What one user may do (D-54). Its entity tag is that of the group's file. */
export function userResource(
  parts: ResourceParts,
  group: string,
  key: UserKey,
): Resource {
  return {
    group,
    writesGroup: true,
    methods: {
      GET: async (request) => {
        const { document, etag } = await readGroup(parts, group);
        const user = getUser(document, key);
        if (user === undefined) throw notFound();
        const { password: _, ...sanitised } = user;
        return respondWithJson(request, toUserJson(sanitised), etag);
      },
      PUT: async (request) => {
        const text = await readBody(request, "application/json");
        const user = parseSanitisedUser(text, "the user");
        if (key.kind === "named" && !isUsername(key.name)) {
          throw badRequest("No user can have such a name");
        }
        let isNew = false;
        await parts.store.change(group, (current) => {
          if (current === undefined) throw notFound();
          const old = getUser(current.document, key);
          isNew = old === undefined;
          checkTag(request, isNew ? undefined : current.etag);
          const password = old?.password;
          return {
            kind: "write",
            document: setUser(current.document, key, {
              ...user,
              ...(password === undefined ? {} : { password }),
            }),
          };
        });
        return done(isNew);
      },
      DELETE: async (request) => {
        await parts.store.change(group, (current) => {
          if (current === undefined) throw notFound();
          const isThere = getUser(current.document, key) !== undefined;
          checkTag(request, isThere ? current.etag : undefined);
          if (!isThere) throw notFound();
          return {
            kind: "write",
            document: setUser(current.document, key, undefined),
          };
        });
        return done();
      },
    },
  };
}

/** A user's password: can be set, and not read (D-55). */
export function passwordResource(
  parts: ResourceParts,
  group: string,
  key: UserKey,
): Resource {
  const setPassword = async (password: PasswordDocument | undefined) => {
    await parts.store.change(group, (current) => {
      const user = current && getUser(current.document, key);
      if (current === undefined || user === undefined) throw notFound();
      const { password: _, ...rest } = user;
      return {
        kind: "write",
        document: setUser(current.document, key, {
          ...(password === undefined ? {} : { password }),
          ...rest,
        }),
      };
    });
    return done();
  };
  return {
    group,
    writesGroup: true,
    ...(key.kind === "named" && key.name !== "" ? { owner: key.name } : {}),
    methods: {
      PUT: async (request) => {
        const text = await readBody(request, "application/json");
        const password = parsePasswordDocument(text, "the password");
        const stored = toStoredPassword(password);
        if (stored.kind === "unusable") {
          throw badRequest(`Cannot use the password: ${stored.problem}`);
        }
        return await setPassword(password);
      },
      POST: async (request) => {
        const text = await readBody(request, "text/plain");
        return await setPassword({
          type: "bcrypt",
          key: await hash(parts, text),
        });
      },
      DELETE: () => setPassword(undefined),
    },
  };
}

/** @throws {HttpProblem} 400 if there is no hash of such a password */
async function hash({ hasher }: ResourceParts, text: string): Promise<string> {
  try {
    return await hasher.hashBcrypt(text, BCRYPT_COST);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw badRequest(`Cannot use the password: ${error.message}`);
  }
}

function getUser(
  group: GroupDocument,
  key: UserKey,
): UserDocument | undefined {
  return key.kind === "wildcard"
    ? group["wildcard-user"]
    : group.users?.get(key.name);
}

function setUser(
  group: GroupDocument,
  key: UserKey,
  user: UserDocument | undefined,
): GroupDocument {
  if (key.kind === "wildcard") {
    const { "wildcard-user": _, ...rest } = group;
    return { ...rest, ...(user && { "wildcard-user": user }) };
  }
  const users = new Map(group.users);
  if (user === undefined) users.delete(key.name);
  else users.set(key.name, user);
  return { ...group, users };
}

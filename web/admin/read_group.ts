import type { AdminClient, Answer } from "./admin_client.ts";
import type {
  Invitation,
  OpenGroup,
  PlacedInvitation,
  User,
  Version,
} from "./admin_state.ts";
import {
  parseDescription,
  parseNames,
  parseToken,
  parseUser,
} from "./documents.ts";
import { groupListPath, groupPath, tokenPath, userPath } from "./paths.ts";

/** A group as the server has it. */
export type ReadGroup = Omit<OpenGroup, "tab" | "draft" | "theirs">;

/** Reads a group with its users and invitations. */
export async function readGroup(
  client: AdminClient,
  name: string,
): Promise<Answer<ReadGroup>> {
  // First, so that a change while the rest is read is noticed when one saves.
  const version = await readVersion(client, name);
  if (version.kind === "refused") return version;
  const [users, invitations] = await Promise.all([
    readUsers(client, name),
    readInvitations(client, name),
  ]);
  if (users.kind === "refused") return users;
  if (invitations.kind === "refused") return invitations;
  return {
    ...version,
    value: {
      name,
      version: version.value,
      users: users.value,
      invitations: invitations.value,
    },
  };
}

/** Reads a group's description. */
export async function readVersion(
  client: AdminClient,
  name: string,
): Promise<Answer<Version>> {
  const answer = await client.read(groupPath(name), parseDescription);
  if (answer.kind === "refused") return answer;
  const { value: description, tag } = answer;
  return { ...answer, value: { description, tag } };
}

async function readUsers(
  client: AdminClient,
  group: string,
): Promise<Answer<User[]>> {
  const list = await client.read(groupListPath(group, "users"), parseNames);
  if (list.kind === "refused") return list;
  // The last two are in no list: they are asked for, and may not be there.
  const names = [...list.value.toSorted(), "", undefined];
  const users = await readEach(
    names,
    (name) => client.read(userPath(group, name), parseUser),
    (name, { permissions }): User => ({ name, permissions }),
  );
  return users.kind === "refused" ? users : { ...list, value: users.value };
}

async function readInvitations(
  client: AdminClient,
  group: string,
): Promise<Answer<Invitation[]>> {
  const list = await client.read(groupListPath(group, "tokens"), parseNames);
  if (list.kind === "refused") return list;
  const tokens = await readEach(
    list.value,
    (secret) => client.read(tokenPath(group, secret), parseToken),
    (secret, token, tag): Invitation => ({ ...token, secret, tag }),
  );
  if (tokens.kind === "refused") return tokens;
  const value = tokens.value.toSorted((a, b) =>
    b.expires.localeCompare(a.expires)
  );
  return { ...list, value };
}

/** Reads the invitations for every group, and those of all groups. */
export async function readAllInvitations(
  client: AdminClient,
  groups: readonly string[],
): Promise<Answer<PlacedInvitation[]>> {
  const value: PlacedInvitation[] = [];
  for (const group of ["", ...groups]) {
    const answer = await readInvitations(client, group);
    if (answer.kind === "done") {
      value.push(...answer.value.map((invitation) => ({ group, invitation })));
    } else if (answer.refusal.kind !== "missing") return answer;
  }
  return { kind: "done", value, tag: "", location: "" };
}

/** How many are asked for at once: as many as browsers have connections. */
const AT_ONCE = 6;

/** Reads what a list names. What has gone since is left out. */
async function readEach<Name, Document, Item>(
  names: readonly Name[],
  read: (name: Name) => Promise<Answer<Document>>,
  toItem: (name: Name, document: Document, tag: string) => Item,
): Promise<
  | { readonly kind: "done"; readonly value: Item[] }
  | Extract<
    Answer<Document>,
    { kind: "refused" }
  >
> {
  const value: Item[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE);
    const answers = await Promise.all(
      some.map(async (name) => ({ name, answer: await read(name) })),
    );
    for (const { name, answer } of answers) {
      if (answer.kind === "done") {
        value.push(toItem(name, answer.value, answer.tag));
      } else if (answer.refusal.kind !== "missing") return answer;
    }
  }
  return { kind: "done", value };
}

import assert from "node:assert/strict";

import {
  type AdminAnswer,
  administer,
  type AdminRequest,
} from "../http/admin_client.ts";
import { Client } from "./client.ts";
import { serverUrl } from "./target.ts";

/** An answer, read to its end; redirects are not followed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks the server under test for something. */
export async function ask(
  path: string,
  method = "GET",
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(serverUrl() + path, {
    method,
    headers,
    redirect: "manual",
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** Administers the server under test, as root unless told otherwise. */
export function admin(
  method: string,
  path: string,
  request: AdminRequest = {},
): Promise<AdminAnswer> {
  return administer(serverUrl(), method, path, request);
}

/** Sends JSON to the administrative interface. */
export function adminJson(
  method: string,
  path: string,
  value: unknown,
  request: AdminRequest = {},
): Promise<AdminAnswer> {
  const body = JSON.stringify(value);
  return admin(method, path, { type: "application/json", body, ...request });
}

/** A user of a group that {@linkcode makeGroup} makes. */
export interface NewUser {
  readonly permissions?: string | readonly string[];
  readonly password?: unknown;
}

/**
 * Makes a group of the test's own.
 *
 * @param users by name; `*` for whoever is not named
 * @returns its name
 */
export async function makeGroup(
  description: unknown = {},
  users: Readonly<Record<string, NewUser>> = {},
): Promise<string> {
  const group = `made-${crypto.randomUUID().slice(0, 8)}`;
  const path = `.groups/${group}`;
  assert.equal((await adminJson("PUT", path, description)).status, 201);
  for (const [name, { permissions = "present", password }] of entries(users)) {
    const user = name === "*" ? ".wildcard-user" : `.users/${name}`;
    const put = await adminJson("PUT", `${path}/${user}`, { permissions });
    assert.equal(put.status, 201, put.text);
    if (password === undefined) continue;
    await adminJson("PUT", `${path}/${user}/.password`, password);
  }
  return group;
}

const entries = Object.entries<NewUser>;

/** Joins and leaves: the permissions, or why not. */
export async function tryLogin(
  group: string,
  credentials: {
    readonly username?: string | null;
    readonly password?: string;
    readonly token?: string;
  },
): Promise<unknown> {
  await using client = await Client.greet();
  const answer = await client.tryJoin({ group, ...credentials });
  return answer["kind"] === "join"
    ? answer["permissions"] ?? []
    : answer["value"];
}

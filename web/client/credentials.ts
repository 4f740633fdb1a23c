import type { Environment } from "./environment.ts";
import type { Credentials } from "./types.ts";

/** What a `join` says of who somebody is. */
export type Proof = { password: string } | { token: string };

/**
 * Turns credentials into what the server takes, with the help of the
 * authorisation server if they name one: it answers with a token, or with 204
 * if it knows nothing of the user, whose password then decides.
 *
 * @throws {Error} if the authorisation server refuses or answers nonsense
 */
export async function prove(
  environment: Environment,
  username: string | null,
  credentials: Credentials,
): Promise<Proof> {
  if (typeof credentials === "string") return { password: credentials };
  switch (credentials.type) {
    case "password":
      return { password: credentials.password };
    case "token":
      return { token: credentials.token };
    case "authServer":
      return await askAuthServer(environment, username, credentials);
  }
}

async function askAuthServer(
  environment: Environment,
  username: string | null,
  { authServer, location, password }: Extract<
    Credentials,
    { type: "authServer" }
  >,
): Promise<Proof> {
  const response = await environment.fetch(authServer, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ location, username, password }),
  });
  if (response.status === 204) return { password };
  if (!response.ok) {
    throw new Error(
      `Cannot get a token: authorisation server answered ${response.status}`,
    );
  }
  const type = response.headers.get("Content-Type");
  if (type?.split(";")[0]?.trim() !== "application/jwt") {
    throw new Error(
      `Cannot get a token: authorisation server sent ${type ?? "no type"}`,
    );
  }
  const token = await response.text();
  return token === "" ? { password } : { token };
}

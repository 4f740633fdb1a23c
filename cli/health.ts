/**
 * Asks a server whether it answers; the exit code is 0 if it does. For health
 * checks of containers and supervisors:
 *
 *     deno run … cli/health.ts /tmp/nereid.sock
 *     deno run … cli/health.ts http://127.0.0.1:8080
 *
 * @module
 */
import process from "node:process";

/** What a server that works can always answer, wherever its groups are. */
const PATH = "/public-groups.json";

/** How long an answer may take, in milliseconds: less than the image's health check waits. */
const TIMEOUT_MS = 4_000;

/**
 * Why a server is not well, or `undefined` if it is.
 *
 * @param where the path of its Unix socket, or the URL of its root
 */
export async function findAilment(
  where: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<string | undefined> {
  const client = where.startsWith("/")
    ? Deno.createHttpClient({ proxy: { transport: "unix", path: where } })
    : undefined;
  const base = client === undefined ? where : "http://localhost";
  try {
    const response = await fetch(new URL(PATH, base), {
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      ...client !== undefined && { client },
    });
    await response.body?.cancel();
    return response.ok ? undefined : `it answers ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    client?.close();
  }
}

if (import.meta.main) {
  const [where] = process.argv.slice(2);
  if (where === undefined) {
    console.error("Cannot ask: give the server's Unix socket or its URL");
    process.exit(2);
  }
  const ailment = await findAilment(where);
  if (ailment !== undefined) {
    console.error(`${where} is not well: ${ailment}`);
    process.exit(1);
  }
}

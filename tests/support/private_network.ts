import { fileURLToPath } from "node:url";
import { requireProgram } from "./required_programs.ts";

const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** The address that the private network has, besides loopback. */
export const PRIVATE_ADDRESS = "10.99.0.1";

/** The same of IPv6. */
export const PRIVATE_ADDRESS_6 = "fd99::1";

/** How much of a failing script's complaint is passed on, in characters. */
const MAX_SHOWN = 8_000;

/**
 * Makes a network of two virtual interfaces that are wired to each other, with
 * a default route: Firefox takes the address on it for one of the Internet.
 */
const SETUP = `
set -e
ip link set lo up
ip link add v0 type veth peer name v1
ip addr add ${PRIVATE_ADDRESS}/24 dev v0
ip -6 addr add ${PRIVATE_ADDRESS_6}/64 dev v0 nodad
ip link set v0 up
ip link set v1 up
ip route add default via 10.99.0.2 dev v0
exec "$@"
`;

/**
 * Runs one of our scripts in a network namespace of its own, which ends with it.
 *
 * @param script its URL; it gets this process's permissions, and prints one JSON
 *   object as the last line of its standard output
 * @returns that object
 * @throws {Error} if the script fails, with the end of what it complained of, or
 *   prints no such thing
 */
export async function runInPrivateNetwork(script: URL): Promise<unknown> {
  const unshare = requireProgram("unshare");
  requireProgram("ip");
  const child = new Deno.Command(unshare, {
    args: [
      ...Deno.uid() === 0 ? [] : ["--map-root-user"],
      "--net",
      "--",
      "/bin/sh",
      "-c",
      SETUP,
      "sh",
      Deno.execPath(),
      "run",
      "--quiet",
      `--config=${CONFIG}`,
      "--allow-env",
      "--allow-net",
      "--allow-read",
      "--allow-run",
      "--allow-sys",
      "--allow-write",
      script.href,
    ],
    env: { PATH: `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin` },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  const lines = decoder.decode(stdout).trim().split("\n");
  if (code !== 0) {
    throw new Error(
      `Cannot run ${script.pathname} in a private network: it ended with ${code} after:\n${
        decoder.decode(stderr).slice(-MAX_SHOWN)
      }`,
    );
  }
  return JSON.parse(lines.at(-1) ?? "");
}

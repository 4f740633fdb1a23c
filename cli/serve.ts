/**
 * Starts the server in a process of its own that may do no more than its flags
 * make necessary: write to its three folders, and to nothing else, wherever they
 * are. (Permissions that stand in `deno.json` cannot depend on flags.)
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";

import {
  LIBRARY_NAMES,
  libraryPaths,
} from "../sfu/transport/native/libraries.ts";
import { parseServeOptions, type ServeOptions } from "./serve_options.ts";
import { UsageError } from "./usage_error.ts";

/** What the server may do, as flags of `deno run`. */
export function toPermissions(options: ServeOptions): readonly string[] {
  const { dataDirectory, groupsDirectory, staticDirectory } = options;
  const { recordingsDirectory } = options;
  const { http } = options;
  const socket = http !== undefined && "path" in http ? [http.path] : [];
  const folders = [
    dataDirectory,
    groupsDirectory,
    recordingsDirectory,
    ...socket,
  ];
  // What workers run counts as read.
  const code = WORKER_CODE.map(toPath);
  return [
    "--no-prompt",
    "--allow-net",
    `--allow-read=${toList([...folders, staticDirectory, ...code])}`,
    `--allow-write=${toList(folders)}`,
    // The DTLS library's `debug` looks through all of the environment.
    "--allow-env",
    "--allow-sys=networkInterfaces,hostname",
    ...nativePermissions(options),
  ];
}

/** The modules that workers run, and those folders that they import from. */
const WORKER_CODE = [
  "../auth/bcrypt_worker.ts",
  "../media_worker.ts",
  "../recording_worker.ts",
  "../clock.ts",
  "../lib",
  "../protocol",
  "../recording",
  "../sfu",
];

/** Those libraries of the system that carry media, and no others. */
function nativePermissions({ native }: ServeOptions): readonly string[] {
  const paths = LIBRARY_NAMES.flatMap(libraryPaths);
  if (native === "off" || paths.length === 0) return [];
  return [`--allow-ffi=${toList(paths)}`];
}

function toPath(module: string): string {
  return fileURLToPath(new URL(module, import.meta.url));
}

/** Commas separate paths, doubled ones stand for themselves. */
function toList(paths: readonly string[]): string {
  return paths.map((path) => path.replaceAll(",", ",,")).join(",");
}

/** Runs the server until it ends; the exit code is the server's. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseServeOptions(args);
  const permissions = options === "help"
    ? ["--no-prompt", "--allow-env"]
    : toPermissions(options);
  const script = toPath("../main.ts");
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, script, ...args],
    stdin: "null",
  }).spawn();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      try {
        server.kill(signal);
      } catch (error) {
        // It has ended, perhaps by the same signal from the terminal.
        if (!(error instanceof TypeError)) throw error;
      }
    });
  }
  return (await server.status).code;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}

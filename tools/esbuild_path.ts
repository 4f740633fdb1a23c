/**
 * Where esbuild's native binary lies. Run as a program it prints the path, for
 * `--allow-run` in the tasks of `deno.json`: the build may run that one program
 * and no other.
 *
 * @module
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The path of the binary that is made for this platform. */
export function esbuildPath(): string {
  const home = Deno.realPathSync(join(ROOT, "node_modules", "esbuild"));
  // The platform's package is a dependency of esbuild's, not of ours.
  const fromEsbuild = createRequire(join(home, "lib", "main.js"));
  const platform = `@esbuild/${process.platform}-${process.arch}`;
  const folder = dirname(fromEsbuild.resolve(`${platform}/package.json`));
  return process.platform === "win32"
    ? join(folder, "esbuild.exe")
    : join(folder, "bin", "esbuild");
}

if (import.meta.main) console.log(esbuildPath());

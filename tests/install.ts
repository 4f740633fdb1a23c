/**
 * Installs what the tests need and this machine lacks, and says so. Fails with
 * what to do if it cannot: tests are never left out silently.
 *
 * @module
 */
import { installLacking } from "./support/program_installer.ts";
import { fileExists, REQUIRED_PROGRAMS } from "./support/required_programs.ts";

if (import.meta.main) {
  const ready = installLacking(REQUIRED_PROGRAMS, {
    searchPath: Deno.env.get("PATH") ?? "",
    isRoot: Deno.uid() === 0,
    exists: fileExists,
    run(command) {
      // By way of `env`, so that the one permission to run it suffices, and
      // Deno does not complain of a sudo that is not there nor needed.
      const { success } = new Deno.Command("env", {
        args: [...command],
        stdin: "null",
        stdout: "inherit",
        stderr: "inherit",
      }).outputSync();
      return success;
    },
    say: (line) => console.log(`tests/install: ${line}`),
  });
  if (!ready) Deno.exit(1);
}

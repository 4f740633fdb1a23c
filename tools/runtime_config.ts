/**
 * Takes out of `deno.json` what only development needs: the npm packages that
 * no entry point of the server reaches, and most tasks. For images and packages
 * of the server, not for a working copy:
 *
 *     deno run … tools/runtime_config.ts ENTRY_POINT…
 *
 * @module
 */

/** What is read of a project's configuration. */
export interface ProjectConfig {
  readonly imports: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** The tasks that an administrator uses beside the server. */
const RUNTIME_TASKS: readonly string[] = ["invite", "ctl"];

/**
 * The configuration with those imports only that are `used`.
 *
 * @param used npm packages with their versions: `hono@4.13.19`
 * @throws {Error} if none is used, which tells of a mistake
 */
export function toRuntimeConfig(
  { lint: _lint, ...config }: ProjectConfig,
  used: ReadonlySet<string>,
): ProjectConfig {
  const keep = <Value>(
    record: Readonly<Record<string, Value>>,
    wanted: (key: string, value: Value) => boolean,
  ) =>
    Object.fromEntries(
      Object.entries(record).filter(([key, value]) => wanted(key, value)),
    );
  const imports = keep(
    config.imports,
    (_name, specifier) => used.has(specifier.replace(/^npm:\/?/, "")),
  );
  if (Object.keys(imports).length === 0) {
    throw new Error("Cannot believe that the server uses no npm package");
  }
  const tasks = keep(config.tasks, (name) => RUNTIME_TASKS.includes(name));
  return { ...config, imports, tasks };
}

/** The npm packages that a module imports, itself or by others of ours. */
async function npmPackagesOf(entryPoint: string): Promise<readonly string[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entryPoint],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot find out what ${entryPoint} imports`);
  const { modules }: { modules: { kind: string; specifier: string }[] } = JSON
    .parse(new TextDecoder().decode(stdout));
  return modules
    .filter(({ kind }) => kind === "npm")
    .map(({ specifier }) => specifier.replace(/^npm:\/?/, ""));
}

if (import.meta.main) {
  const config: ProjectConfig = JSON.parse(
    await Deno.readTextFile("deno.json"),
  );
  const packages = await Promise.all(Deno.args.map(npmPackagesOf));
  const reduced = toRuntimeConfig(config, new Set(packages.flat()));
  await Deno.writeTextFile("deno.json", JSON.stringify(reduced, null, 2));
}

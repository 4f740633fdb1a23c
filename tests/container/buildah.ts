/**
 * Debian's `buildah`, which builds and runs images without an engine, as root,
 * and also within a container.
 *
 * @module
 */

/** What an image says of how it is to be run. */
export interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly User: string;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

/** A command has failed; the text has what it printed. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * Runs a command to its end; what it printed.
 *
 * @throws {CommandError} if it fails
 */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } =
    {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    ...options,
  }).output();
  const printed = new TextDecoder().decode(stdout);
  if (success) return printed;
  const told = `${printed}${new TextDecoder().decode(stderr)}`;
  throw new CommandError(`${program} ${args.join(" ")} failed:\n${told}`);
}

/** Images and containers in a folder of their own. */
export class Buildah {
  readonly #folder: string;

  /** @param folder stays the caller's; dispose of this first, it has mounts */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Runs one of buildah's commands; what it printed, without the last newline. */
  async do(args: readonly string[], cwd?: string): Promise<string> {
    const printed = await run("buildah", this.arguments(args), {
      env: { BUILDAH_ISOLATION: "chroot" },
      ...cwd !== undefined && { cwd },
    });
    return printed.trimEnd();
  }

  /** The whole command line, for those who start it themselves. */
  arguments(args: readonly string[]): readonly string[] {
    const storage = [
      `--root=${this.#folder}/images`,
      `--runroot=${this.#folder}/run`,
      // Works everywhere, at the price of copies.
      "--storage-driver=vfs",
    ];
    return [...storage, ...args];
  }

  /** Makes an image of what `fill` does to a new container. */
  async make(
    name: string,
    from: string,
    fill: (container: string) => Promise<void>,
  ): Promise<void> {
    const container = await this.do(["from", "--pull-never", from]);
    await fill(container);
    await this.do(["commit", "--rm", "--quiet", container, name]);
  }

  /** How an image wants to be run. */
  async configOf(image: string): Promise<ImageConfig> {
    const text = await this.do(["inspect", "--type=image", image]);
    return JSON.parse(text).Docker.config;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.do(["rm", "--all"]);
  }
}

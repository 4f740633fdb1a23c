import { waitForValue } from "../support/wait_for.ts";
import { type Buildah, type ImageConfig, run } from "./buildah.ts";

/** Engines give a container without a network its own loopback, too. */
const WITH_LOOPBACK = 'ip link set lo up && exec "$@"';

/** Where to reach what runs, by its own words. */
interface Ready {
  readonly https: string;
}

/**
 * A container of an image, run as an engine would: its entry point as its user,
 * its volumes as the image has them, a signal to its first process to stop it.
 */
export class RunningImage {
  /** All that it has printed. */
  text = "";
  readonly #buildah: Buildah;
  readonly #container: string;
  readonly #config: ImageConfig;
  readonly #process: Deno.ChildProcess;
  readonly #output: Promise<unknown>;
  #ended = false;

  private constructor(
    process: Deno.ChildProcess,
    { buildah, container, config }: RunParts,
  ) {
    this.#process = process;
    this.#buildah = buildah;
    this.#container = container;
    this.#config = config;
    this.#output = Promise.all([
      this.#collect(process.stdout),
      this.#collect(process.stderr),
    ]);
  }

  /**
   * Starts it. The caller stops it.
   *
   * @param flags what would stand after the image's name
   */
  static start(parts: RunParts, flags: readonly string[]): RunningImage {
    const { buildah, container, config, offline } = parts;
    const command = ["buildah"].concat(buildah.arguments([
      "run",
      container,
      "--",
      ...config.Entrypoint,
      ...flags,
    ]));
    const [program = "", ...args] = offline
      ? ["unshare", "--net", "sh", "-c", WITH_LOOPBACK, "sh", ...command]
      : command;
    const process = new Deno.Command(program, {
      args,
      env: { BUILDAH_ISOLATION: "chroot" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new RunningImage(process, parts);
  }

  /** Waits until it says that it serves. */
  async ready(): Promise<Ready> {
    const line = await waitForValue(
      `the container to be ready; so far it printed:\n${this.text}`,
      () => /^ready (\{.*\})$/m.exec(this.text)?.[1],
    );
    return JSON.parse(line);
  }

  /**
   * Runs the image's health check once.
   *
   * @throws {Error} if it is not healthy
   */
  async checkHealth(): Promise<void> {
    const [kind, ...command] = this.#config.Healthcheck.Test;
    if (kind !== "CMD") throw new Error(`Cannot run a ${kind} health check`);
    await this.#buildah.do(["run", this.#container, "--", ...command]);
  }

  /** The id of the user that its first process has. */
  async userId(): Promise<number> {
    return (await this.#firstProcess()).userId;
  }

  /** Sends SIGTERM to its first process, and waits for the end; the exit code. */
  async stop(): Promise<number> {
    const { pid } = await this.#firstProcess();
    Deno.kill(pid, "SIGTERM");
    const { code } = await this.#process.status;
    await this.#output;
    this.#ended = true;
    return code;
  }

  /** Ends it with all that it has started, however it is. Idempotent. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    const processes = await listProcesses();
    const doomed = [this.#process.pid];
    for (const pid of doomed) {
      const children = processes.filter(({ parent }) => parent === pid);
      doomed.push(...children.map((child) => child.pid));
    }
    for (const pid of doomed) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch (error) {
        // Some end by themselves when others do.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  /** Below buildah and its helpers: the first that is a program of the image. */
  async #firstProcess(): Promise<ListedProcess> {
    const [program] = this.#config.Entrypoint;
    const processes = await listProcesses();
    let pid = this.#process.pid;
    for (;;) {
      const child = processes.find(({ parent }) => parent === pid);
      if (child === undefined) throw new Error("The container has ended");
      if (child.program === program) return child;
      pid = child.pid;
    }
  }

  async #collect(from: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of from) {
      this.text += decoder.decode(bytes, { stream: true });
    }
  }
}

/** What is run, and how. */
export interface RunParts {
  readonly buildah: Buildah;
  readonly container: string;
  readonly config: ImageConfig;
  /** In a network of its own that leads nowhere. */
  readonly offline: boolean;
}

interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly userId: number;
  readonly program: string;
}

async function listProcesses(): Promise<readonly ListedProcess[]> {
  const printed = await run("ps", ["-eo", "pid=,ppid=,uid=,comm="]);
  return printed.trim().split("\n").map((line) => {
    const [pid, parent, userId, program = ""] = line.trim().split(/\s+/);
    return {
      pid: Number(pid),
      parent: Number(parent),
      userId: Number(userId),
      program,
    };
  });
}

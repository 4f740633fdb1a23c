import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { onlyChildOf } from "./process_usage.ts";
import { waitFor } from "./wait_for.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How a test's server differs from one that is started without flags. */
export interface ServerOptions {
  /** Where HTTPS and media are, besides loopback. */
  readonly host?: string;
  /** Group descriptions by name. Without any, the server makes its `lobby`. */
  readonly groups?: Readonly<Record<string, unknown>>;
  /** What is in `data/config.json`; there is none without it. */
  readonly config?: unknown;
  /** What is in `data/ice-servers.json`; there is none without it. */
  readonly iceServers?: unknown;
  /** More flags for it, each `--NAME=VALUE`. */
  readonly flags?: readonly string[];
  /** Where media is said to be reached; at `host` unless given. */
  readonly announced?: readonly string[];
  /** A folder whose `groups` and `data` it gets a copy of. */
  readonly fixture?: string;
}

/** Where a server is, as it says itself. */
interface Ready {
  readonly http: string;
  readonly https: string;
  readonly media: readonly number[];
}

/**
 * A server in a process of its own, on free ports, with a temporary folder for
 * its data.
 */
export class TestServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #host: string;
  readonly #flags: readonly string[];
  #process: ServerProcess;
  #ready: Ready;

  private constructor(
    folder: string,
    host: string,
    flags: readonly string[],
    process: ServerProcess,
    ready: Ready,
  ) {
    this.#folder = folder;
    this.#host = host;
    this.#flags = flags;
    this.#process = process;
    this.#ready = ready;
  }

  /**
   * Starts a server as `deno task serve` does, with a web client that is built
   * already. The caller stops it.
   *
   * @throws {Error} if it does not start, with all that it printed
   */
  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const { host = "127.0.0.1", groups = {} } = options;
    const folder = await Deno.makeTempDir({ prefix: "nereid-test-" });
    try {
      if (options.fixture !== undefined) {
        await cp(options.fixture, folder, { recursive: true });
      }
      await Deno.mkdir(`${folder}/groups`, { recursive: true });
      for (const [name, description] of Object.entries(groups)) {
        await Deno.writeTextFile(
          `${folder}/groups/${name}.json`,
          JSON.stringify(description),
        );
      }
      const { config, iceServers, announced = [host] } = options;
      const flags = [
        ...announced.map((address) => `--public-address=${address}`),
        ...options.flags ?? [],
      ];
      const files = {
        "config.json": config,
        "ice-servers.json": iceServers,
      };
      for (const [name, content] of Object.entries(files)) {
        if (content === undefined) continue;
        await Deno.mkdir(`${folder}/data`, { recursive: true });
        await Deno.writeTextFile(
          `${folder}/data/${name}`,
          JSON.stringify(content),
        );
      }
      const process = new ServerProcess([...flagsFor(folder, host), ...flags]);
      const ready = await process.ready();
      return new TestServer(folder, host, flags, process, ready);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** Where its `data` and `groups` are. */
  get folder(): string {
    return this.#folder;
  }

  /** `http://127.0.0.1:PORT`, where cameras work without a certificate. */
  get http(): string {
    return this.#ready.http;
  }

  /** `https://HOST:PORT`, with a certificate that nobody vouches for. */
  get https(): string {
    const { port } = new URL(this.#ready.https);
    return `https://${this.#host}:${port}`;
  }

  /** The id of the server's own process, which `cli/serve.ts` has started. */
  async pid(): Promise<number> {
    return await onlyChildOf(this.#process.pid);
  }

  /** The invite links for this machine that it printed at its first start. */
  get links(): { readonly operator: string; readonly guest: string } {
    const [operator, guest] =
      this.log().match(/http:\/\/\S+\/group\/\S+\?token=\S+/g) ?? [];
    if (operator !== undefined && guest !== undefined) {
      return { operator, guest };
    }
    throw new Error(`The server printed no links:\n${this.log()}`);
  }

  /** The UDP port of the first media worker. */
  get media(): number {
    return this.#ready.media[0]!;
  }

  /** Those of all media workers. */
  get mediaPorts(): readonly number[] {
    return this.#ready.media;
  }

  /** All that it has printed since it was started last. */
  log(): string {
    return this.#process.text;
  }

  /** Stops it and starts it again, on the same ports, with the same data. */
  async restart(): Promise<void> {
    await this.#process.stop();
    await this.#again();
  }

  async #again(): Promise<void> {
    const flags = flagsFor(this.#folder, this.#host, this.#ready);
    this.#process = new ServerProcess([...flags, ...this.#flags]);
    this.#ready = await this.#process.ready();
  }

  /** Ends it in an orderly way, and keeps its folder; its exit code. */
  async end(): Promise<number> {
    return await this.#process.stop();
  }

  /** Kills it where it stands, and starts it again, on the same ports. */
  async kill(): Promise<void> {
    await this.#process.kill();
    await this.#again();
  }

  /** Ends it in an orderly way, and removes its folder. */
  async stop(): Promise<void> {
    try {
      await this.#process.stop();
    } finally {
      await Deno.remove(this.#folder, { recursive: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function flagsFor(folder: string, host: string, at?: Ready): string[] {
  const httpPort = at === undefined ? 0 : new URL(at.http).port;
  const httpsPort = at === undefined ? 0 : new URL(at.https).port;
  return [
    `--data=${folder}/data`,
    `--groups=${folder}/groups`,
    `--recordings=${folder}/recordings`,
    `--http=127.0.0.1:${httpPort}`,
    `--https=${host}:${httpsPort}`,
    "--media-port=0",
  ];
}

/** How long a server has to stop; Galène's has two seconds. */
const STOP_MS = 10_000;

/** One run of the server. */
class ServerProcess {
  /** All that it has printed. */
  text = "";
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<unknown>;
  #exitCode: number | undefined;

  constructor(flags: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      cwd: ROOT,
      args: [
        "run",
        "--no-prompt",
        "--allow-read",
        "--allow-env",
        "--allow-run",
        "cli/serve.ts",
        ...flags,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#output = Promise.all([
      this.#collect(this.#child.stdout),
      this.#collect(this.#child.stderr),
      this.#child.status.then(({ code }) => {
        this.#exitCode = code;
      }),
    ]);
  }

  /** Of the process that starts the server. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits for the line with which it says that it is ready. */
  async ready(): Promise<Ready> {
    const find = () => this.text.match(/^ready (\{.*\})$/m)?.[1];
    try {
      await waitFor(
        "the server to be ready",
        () => find() ?? this.#exitCode,
        (seen) => seen !== undefined,
      );
      const line = find();
      if (line !== undefined) return JSON.parse(line) as Ready;
      throw new Error(`The server ended with code ${this.#exitCode}`);
    } catch (error) {
      await this.stop();
      throw new Error(`${error}\n--- It printed:\n${this.text}`);
    }
  }

  /** Ends it in an orderly way; its exit code. Idempotent. */
  async stop(): Promise<number> {
    if (this.#exitCode === undefined) this.#child.kill("SIGTERM");
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), STOP_MS);
    const outcome = await Promise.race([this.#output, late.promise]);
    clearTimeout(timer);
    if (outcome !== "late") return this.#exitCode ?? NaN;
    this.#child.kill("SIGKILL");
    throw new Error(`The server did not stop. It printed:\n${this.text}`);
  }

  /** Ends it as a failure of the machine would: at once, whatever it does. */
  async kill(): Promise<void> {
    for (const pid of await this.#family()) Deno.kill(pid, "SIGKILL");
    await this.#output;
  }

  /** The launcher, and the server that it has started. */
  async #family(): Promise<number[]> {
    const { pid } = this.#child;
    // By `cat`, as Deno shows /proc only to programs that may do everything.
    const { stdout } = await new Deno.Command("cat", {
      args: [`/proc/${pid}/task/${pid}/children`],
    }).output();
    const children = new TextDecoder().decode(stdout).split(" ")
      .filter((text) => text.trim() !== "").map(Number);
    return [...children, pid];
  }

  async #collect(from: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of from) {
      this.text += decoder.decode(bytes, { stream: true });
    }
  }
}

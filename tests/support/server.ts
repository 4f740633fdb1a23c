import { fileURLToPath } from "node:url";
import { waitFor } from "./wait_for.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How a test's server differs from one that is started without flags. */
export interface ServerOptions {
  /** Where it listens and is reached; loopback unless given. */
  readonly host?: string;
  /** Group descriptions by name. Without any, the server makes its `lobby`. */
  readonly groups?: Readonly<Record<string, unknown>>;
}

/** A server of one's own, in a process of its own. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, where cameras work without a certificate. */
  readonly http: string;
  /** `https://HOST:PORT`, with a certificate that nobody vouches for. */
  readonly https: string;
  /** The invite links that it printed: an operator's, then a guest's. */
  readonly links: readonly string[];
  /** All that it has printed. */
  readonly log: () => string;
  /** Ends it in an orderly way, and removes its folder. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a server as a person would, by `deno task serve`, on free ports and
 * with a new, temporary folder for its data.
 *
 * @throws {Error} if it does not start, with all that it printed
 */
export async function startServer(
  options: ServerOptions = {},
): Promise<TestServer> {
  const host = options.host ?? "127.0.0.1";
  const folder = await Deno.makeTempDir({ prefix: "nereid-test-" });
  for (const [name, description] of Object.entries(options.groups ?? {})) {
    await Deno.mkdir(`${folder}/groups`, { recursive: true });
    await Deno.writeTextFile(
      `${folder}/groups/${name}.json`,
      JSON.stringify(description),
    );
  }
  const [httpPort, httpsPort, mediaPort] = freePorts(3);
  const child = new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: [
      "task",
      "--quiet",
      "serve",
      `--data=${folder}/data`,
      `--groups=${folder}/groups`,
      `--http=127.0.0.1:${httpPort}`,
      `--https=${host}:${httpsPort}`,
      `--media-port=${mediaPort}`,
      `--public-address=${host}`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return await ServerProcess.ready(child, folder, {
    http: `http://127.0.0.1:${httpPort}`,
    https: `https://${host}:${httpsPort}`,
  });
}

class ServerProcess implements TestServer {
  readonly http: string;
  readonly https: string;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #output: Promise<void>;
  #text = "";
  #ended = false;
  #stopped: Promise<void> | undefined;

  private constructor(
    child: Deno.ChildProcess,
    folder: string,
    urls: { http: string; https: string },
  ) {
    this.#child = child;
    this.#folder = folder;
    this.http = urls.http;
    this.https = urls.https;
    const collect = async (from: ReadableStream<Uint8Array>) => {
      for await (const text of from.pipeThrough(new TextDecoderStream())) {
        this.#text += text;
      }
    };
    this.#output = Promise.all([
      collect(child.stdout),
      collect(child.stderr),
      child.status.then(() => {
        this.#ended = true;
      }),
    ]).then(() => undefined);
  }

  static async ready(
    child: Deno.ChildProcess,
    folder: string,
    urls: { http: string; https: string },
  ): Promise<ServerProcess> {
    const server = new ServerProcess(child, folder, urls);
    try {
      await waitFor(
        `a server at ${urls.http}`,
        () => server.#ended ? "ended" : server.#answers(),
        (state) => state !== "silent",
      );
      if (server.#ended) throw new Error("Cannot start a server: it ended");
      return server;
    } catch (error) {
      await server.stop();
      throw new Error(`${error}\n--- It printed:\n${server.#text}`);
    }
  }

  get links(): readonly string[] {
    return this.#text.match(/https?:\/\/\S+\/group\/\S+/g) ?? [];
  }

  log = (): string => this.#text;

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #answers(): Promise<"answers" | "silent"> {
    try {
      const response = await fetch(`${this.http}/`);
      await response.body?.cancel();
      return "answers";
    } catch {
      return "silent";
    }
  }

  async #stop(): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGTERM");
    await this.#output;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Ports that nobody listens on at this moment. */
function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

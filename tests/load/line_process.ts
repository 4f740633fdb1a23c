import { fileURLToPath } from "node:url";

/**
 * A process of ours that is told what to do by lines of JSON on its standard
 * input, and answers each by one on its standard output. To be closed.
 */
export class LineProcess implements AsyncDisposable {
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  /** @param module beside this file */
  constructor(module: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", fileURLToPath(new URL(module, import.meta.url))],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.#input = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
  }

  /** Tells it what to do; resolves when that is written. */
  async tell(command: unknown): Promise<void> {
    await this.#input.write(toLine(command));
  }

  /**
   * Its next answer.
   *
   * @throws {Error} if it has ended instead
   */
  async answer<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("A process of the benchmark has ended early");
    return JSON.parse(value) as T;
  }

  async close(): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The other end: handles each command, until the input ends. */
export async function serveLines<Command>(
  handle: (command: Command) => Promise<unknown>,
): Promise<void> {
  for await (const line of linesOf(Deno.stdin.readable)) {
    const answer = await handle(JSON.parse(line) as Command);
    Deno.stdout.writeSync(toLine(answer));
  }
}

async function* linesOf(
  from: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of from) {
    text += decoder.decode(chunk, { stream: true });
    for (let end; (end = text.indexOf("\n")) >= 0;) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

function toLine(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

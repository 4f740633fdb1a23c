import type { CallPage } from "./call_page.ts";
import { People, type PersonOptions } from "./people.ts";
import { type ServerOptions, TestServer } from "./server.ts";

/** A group in which everybody may present, and `olga` is the operator. */
export const OPEN_GROUP = {
  displayName: "Maths 101",
  users: { olga: { password: "secret", permissions: "op" } },
  "wildcard-user": { password: { type: "wildcard" }, permissions: "present" },
} as const;

/** A server and people who use it, each with a browser of their own. */
export class TestCall implements AsyncDisposable {
  readonly server: TestServer;
  readonly #people: People;

  private constructor(server: TestServer, people: People) {
    this.server = server;
    this.#people = people;
  }

  /** Starts the server. The caller stops it all. */
  static async start(options: ServerOptions = {}): Promise<TestCall> {
    const server = await TestServer.start(options);
    return new TestCall(server, await People.gather());
  }

  /** See {@linkcode People.newPage}. */
  newPage(username: string, options: PersonOptions = {}): Promise<CallPage> {
    return this.#people.newPage(username, options);
  }

  /** Somebody who has joined the group `maths`. */
  async enter(
    username: string,
    { password, ...options }: PersonOptions & { password?: string } = {},
  ): Promise<CallPage> {
    const page = await this.newPage(username, options);
    await page.join(`${this.server.http}/group/maths/`, password);
    return page;
  }

  /** What was printed by the server and written to the pages' consoles. */
  log(): string {
    return [this.server.log(), this.#people.log()].join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#people[Symbol.asyncDispose]();
    await this.server.stop();
  }
}

/**
 * A test with a server of its own, of which one learns more if it fails.
 *
 * @param options by default, a group `maths` as in {@linkcode OPEN_GROUP}
 */
export function testCall(
  name: string,
  run: (call: TestCall) => Promise<void>,
  options: ServerOptions = { groups: { maths: OPEN_GROUP } },
): void {
  Deno.test(name, async () => {
    await using call = await TestCall.start(options);
    try {
      await run(call);
    } catch (error) {
      console.error(call.log());
      throw error;
    }
  });
}

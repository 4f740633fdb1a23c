import { createHash, timingSafeEqual } from "node:crypto";

import type { Limits } from "../../auth/limits.ts";
import { HttpProblem } from "../api/http_problem.ts";
import type { SignallingPort } from "../ports.ts";
import {
  formatAddress,
  networkOf,
  type RemoteAddress,
  toNetwork,
} from "../remote_address.ts";
import type { ProgramClient, ProgramClientParts } from "./program_client.ts";

/** The bytes of a session's secret: 22 characters, as in Galène's URLs. */
const SECRET_BYTES = 16;

/** A program that publishes by WHIP, or plays by WHEP. */
export interface ProgramSession<Client extends ProgramClient> {
  readonly client: Client;
  /** The last part of its URL: whoever knows it and its token may end it. */
  readonly secret: string;
  /** Of its ICE session (RFC 9725 §4.3.1). */
  readonly etag: string;
  /** ICE was restarted. */
  renewEtag(): void;
  /** Whether a token is the one that it came with. */
  isOpenedWith(token: string | undefined): boolean;
}

/** The sessions that are open. */
export class ProgramSessions<Client extends ProgramClient> {
  readonly #signalling: SignallingPort;
  readonly #randomId: (bytes: number) => string;
  readonly #createClient: (parts: ProgramClientParts) => Client;
  readonly #count: (limit: keyof Limits) => void;
  readonly #sessions = new Map<
    string,
    ProgramSession<Client> & { readonly group: string }
  >();
  readonly #perNetwork = new Map<string, number>();

  constructor(
    { signalling, randomId, createClient, count = () => {} }: {
      readonly signalling: SignallingPort;
      readonly randomId: (bytes: number) => string;
      readonly createClient: (parts: ProgramClientParts) => Client;
      readonly count?: (limit: keyof Limits) => void;
    },
  ) {
    this.#createClient = createClient;
    this.#count = count;
    this.#signalling = signalling;
    this.#randomId = randomId;
  }

  /**
   * Opens one, which is over when its client is.
   *
   * @throws {HttpProblem} 429 if the network has too many
   */
  open(
    group: string,
    remote: RemoteAddress,
    token: string | undefined,
    limits: Limits,
  ): ProgramSession<Client> {
    const network = toNetwork(remote);
    const count = this.#perNetwork.get(network) ?? 0;
    if (count >= limits.programsPerAddress) {
      this.#count("programsPerAddress");
      throw new HttpProblem(429, "Too many sessions from your network");
    }
    this.#perNetwork.set(network, count + 1);
    const secret = this.#randomId(SECRET_BYTES);
    const newEtag = () => `"${this.#randomId(8)}"`;
    const session = {
      group,
      secret,
      etag: newEtag(),
      client: this.#createClient({
        signalling: this.#signalling,
        address: formatAddress(remote),
        network: networkOf(remote),
        limits,
        // Not the secret: everybody in the group sees a client's id.
        id: this.#randomId(SECRET_BYTES),
        ended: () => {
          this.#sessions.delete(secret);
          this.#leave(network);
        },
      }),
      renewEtag() {
        session.etag = newEtag();
      },
      isOpenedWith: (given: string | undefined) =>
        token === undefined || (given !== undefined && isSame(given, token)),
    };
    session.client.connect();
    // A server that stops sends everybody away at once.
    if (!session.client.isOver) this.#sessions.set(secret, session);
    return session;
  }

  /** The session of that group whose secret somebody knows. */
  find(group: string, secret: string): ProgramSession<Client> | undefined {
    const session = this.#sessions.get(secret);
    return session?.group === group ? session : undefined;
  }

  #leave(network: string): void {
    const left = (this.#perNetwork.get(network) ?? 0) - 1;
    if (left > 0) this.#perNetwork.set(network, left);
    else this.#perNetwork.delete(network);
  }
}

/** Compares in a time that depends on neither text. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

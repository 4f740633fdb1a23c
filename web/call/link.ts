import type { Environment } from "../client/environment.ts";
import { ServerConnection } from "../client/server_connection.ts";
import type { Credentials, GroupStatus } from "../client/types.ts";
import { AUTH_SERVER_FAILED, type JoinFailure } from "./refusals.ts";

/** What one shows to be let in. */
export interface JoinRequest {
  readonly username: string;
  readonly password: string;
  /** Of an invite link; empty if there is none. */
  readonly token: string;
  /** Asked for a token by name and password; empty if there is none. */
  readonly authServer: string;
}

/** What becomes of a {@linkcode Link}. */
export interface LinkEvents {
  /** There is a connection that wants its other callbacks set before it joins. */
  handleOpening(connection: ServerConnection): void;
  handleJoined(connection: ServerConnection, status: GroupStatus): void;
  /** One's permissions or the group have changed. */
  handleChanged(connection: ServerConnection, status: GroupStatus): void;
  /** Not let in; `handleClosed` does not follow. */
  handleRefused(failure: JoinFailure): void;
  /** The group is elsewhere; `handleClosed` does not follow. */
  handleRedirected(url: string): void;
  /** Closed by the other side or lost, before or after joining. */
  handleClosed(code: number, reason: string): void;
}

/**
 * One connection and one attempt to join; never used again.
 *
 * Nothing is told after `close()`, nor after the first of the final events.
 */
export class Link {
  readonly #connection: ServerConnection;
  readonly #events: LinkEvents;
  #over = false;

  /** Connects to the WebSocket at once, and then joins. */
  constructor(
    environment: Environment,
    url: string,
    group: string,
    request: JoinRequest,
    data: Readonly<Record<string, unknown>>,
    events: LinkEvents,
  ) {
    this.#events = events;
    const connection = new ServerConnection(environment);
    this.#connection = connection;
    connection.onconnected = () => {
      const credentials = toCredentials(request, environment.pageUrl());
      connection.join(group, request.username, credentials, data)
        .catch((error) => this.#handleUnproven(error));
    };
    connection.onjoined = (kind, _group, _may, status, _data, error, message) =>
      this.#handleJoined(kind, status, { error, message });
    connection.onerror = (error) => console.warn(error);
    connection.onclose = (code, reason) =>
      this.#finish(() => events.handleClosed(code, reason));
    events.handleOpening(connection);
    connection.connect(url);
  }

  /** The connection, also before it has joined. */
  get connection(): ServerConnection {
    return this.#connection;
  }

  /** Ends it. Idempotent. */
  close(): void {
    this.#over = true;
    this.#connection.close();
  }

  #handleJoined(
    kind: string,
    status: GroupStatus,
    failure: JoinFailure,
  ): void {
    if (this.#over) return;
    switch (kind) {
      case "join":
        return this.#events.handleJoined(this.#connection, status);
      case "change":
        return this.#events.handleChanged(this.#connection, status);
      case "fail":
        return this.#finish(() => this.#events.handleRefused(failure));
      case "redirect":
        return this.#finish(() =>
          this.#events.handleRedirected(failure.message)
        );
    }
  }

  /** The authorisation server would not vouch for us, or could not be asked. */
  #handleUnproven(error: unknown): void {
    console.warn(error);
    const failure = { error: AUTH_SERVER_FAILED, message: "" };
    this.#finish(() => this.#events.handleRefused(failure));
  }

  #finish(tell: () => void): void {
    if (this.#over) return;
    this.close();
    tell();
  }
}

function toCredentials(
  { password, token, authServer }: JoinRequest,
  location: string,
): Credentials {
  if (token !== "") return { type: "token", token };
  return authServer === ""
    ? { type: "password", password }
    : { type: "authServer", authServer, location, password };
}

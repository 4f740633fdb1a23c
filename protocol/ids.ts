import type { Brand } from "../lib/brand.ts";

/**
 * Names a flow: chosen by its publisher, unique over the whole server, seen by
 * everybody in the group.
 */
export type FlowId = Brand<string, "FlowId">;

/**
 * Names a client within its group, on the wire. Chosen by the client, so never
 * to be trusted to be unique over the server: the server's own name for a
 * connection is `SessionId`.
 */
export type ClientId = Brand<string, "ClientId">;

/** Names a group; also the path of its description file, without `.json`. */
export type GroupName = Brand<string, "GroupName">;

/** What other people see; not unique. The empty one is legal: anonymous. */
export type Username = Brand<string, "Username">;

/**
 * The server's own name for one WebSocket connection, counted up and never used
 * again. It is not on the wire.
 */
export type SessionId = Brand<number, "SessionId">;

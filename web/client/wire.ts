import type { ServerMessage } from "../../protocol/server_message.ts";

/** A message to the server; fields that are `undefined` do not travel. */
export interface ClientMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Reads a message of the server's. */
export function decodeServerMessage(text: string): ServerMessage | undefined {
  return JSON.parse(text) as ServerMessage;
}

import { encodeServerMessage } from "../protocol/server_codec.ts";
import type { ServerMessage } from "../protocol/server_message.ts";

/**
 * Encodes messages, one that goes to many in turn only once. Messages do not
 * change after they have been sent.
 */
export class MessageEncoder {
  #message: ServerMessage | undefined;
  #text = "";

  /** The text of a message. */
  encode(message: ServerMessage): string {
    if (message !== this.#message) {
      this.#text = encodeServerMessage(message);
      this.#message = message;
    }
    return this.#text;
  }
}

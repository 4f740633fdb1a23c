/**
 * The client library: connects a browser to a server that speaks Galène's
 * protocol. It has no user interface, and its API follows the one documented in
 * Galène's client manual.
 *
 * @example
 * ```ts
 * const connection = new ServerConnection();
 * connection.onconnected = function () {
 *   this.join("lobby", "Alice", { type: "token", token });
 * };
 * connection.onjoined = function (kind) {
 *   if (kind === "join") this.request({ "": ["audio", "video"] });
 * };
 * connection.ondownstream = (stream) => {
 *   stream.ondowntrack = (_track, _transceiver, media) => show(media);
 * };
 * connection.connect("wss://example.org/ws");
 * ```
 *
 * `examples_test.ts`, `examples_streams_test.ts` and `examples_files_test.ts`
 * show how to do what people do in a call, and run as tests. `docs/client.md`
 * has the whole of it, and what differs from Galène's library.
 *
 * @module
 */
export {
  browserEnvironment,
  type Environment,
  type Socket,
  type Timer,
} from "./environment.ts";
export {
  type ClearChat,
  parseClearChat,
  parseToken,
  parseTokenList,
  parseUserInfo,
  type Token,
  type UserInfo,
} from "../../protocol/server_answers.ts";
export type * from "./actions.ts";
export type { FileTransferLimits } from "./file_transfer/file_transfers.ts";
export type { TransferState } from "./file_transfer/transfer_machine.ts";
export { TransferredFile } from "./file_transfer/transferred_file.ts";
export { ServerConnection } from "./server_connection.ts";
export { Stream } from "./stream.ts";
export type * from "./types.ts";

/**
 * What clients say to one another about a file, in the `value` of user messages
 * of the kind `filetransfer`. The server only passes it on (row A-69).
 *
 * @module
 */
import * as v from "valibot";

/** The kind of those user messages. */
export const FILE_TRANSFER_KIND = "filetransfer";

/** The version of this part of the protocol that is spoken here. */
export const FILE_TRANSFER_VERSION = "1";

/** How long what the other side says may be, in characters. */
const MAX_ID = 128;
const MAX_NAME = 1_024;
const MAX_TYPE = 256;
const MAX_SDP = 64_000;
const MAX_CANDIDATE = 4_096;
const MAX_REASON = 1_024;

const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));
const Id = v.pipe(text(MAX_ID), v.nonEmpty());
/** Galène's client sends strings; its documentation shows numbers. */
const Versions = v.pipe(
  v.array(v.union([v.string(), v.number()])),
  v.transform((versions) => versions.map(String)),
);

const Message = v.variant("type", [
  v.object({
    type: v.literal("invite"),
    id: Id,
    version: Versions,
    name: text(MAX_NAME),
    size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    mimetype: v.optional(text(MAX_TYPE), ""),
  }),
  v.object({
    type: v.literal("offer"),
    id: Id,
    version: Versions,
    sdp: text(MAX_SDP),
  }),
  v.object({ type: v.literal("answer"), id: Id, sdp: text(MAX_SDP) }),
  v.object({
    type: v.literal("ice"),
    id: Id,
    candidate: v.nullish(v.object({
      candidate: text(MAX_CANDIDATE),
      sdpMid: v.nullish(text(MAX_ID)),
      sdpMLineIndex: v.nullish(v.number()),
      usernameFragment: v.nullish(text(MAX_ID)),
    })),
  }),
  v.object({
    type: v.literal("cancel"),
    id: Id,
    message: v.optional(text(MAX_REASON)),
  }),
]);

/** An ICE candidate; `null` ends them. */
export interface FileTransferCandidate {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

/** What can be said about a file that `id` names. */
export type FileTransferMessage =
  & { readonly id: string }
  & (
    | {
      /** Somebody has a file for us. */
      readonly type: "invite";
      /** Versions that they speak, the best first. */
      readonly version: readonly string[];
      readonly name: string;
      /** In bytes. */
      readonly size: number;
      /** Empty if they do not know. */
      readonly mimetype: string;
    }
    | {
      /** They want it, and offer a peer-to-peer connection. */
      readonly type: "offer";
      /** The one version that they have chosen. */
      readonly version: readonly string[];
      readonly sdp: string;
    }
    | { readonly type: "answer"; readonly sdp: string }
    | {
      readonly type: "ice";
      readonly candidate?: FileTransferCandidate | null | undefined;
    }
    | {
      /** Either side's word that it is off, perhaps with a text for people. */
      readonly type: "cancel";
      readonly message?: string | undefined;
    }
  );

/** The value of such a user message; `undefined` if it is something else. */
export function parseFileTransferMessage(
  value: unknown,
): FileTransferMessage | undefined {
  const result = v.safeParse(Message, value);
  return result.success ? result.output : undefined;
}

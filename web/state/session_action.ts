import type { Token } from "../client/mod.ts";
import type {
  Caption,
  Departure,
  Dialog,
  Flow,
  GroupInfo,
  LossReason,
  Me,
  NewEntry,
  OwnMedia,
  Panel,
  Person,
  Reaction,
  Refusal,
  Toast,
  Transfer,
} from "./session_state.ts";

/** Everything that can change a {@linkcode SessionState}. */
export type SessionAction =
  | { readonly kind: "group-described"; readonly group: Partial<GroupInfo> }
  | { readonly kind: "join-started" }
  | { readonly kind: "join-refused"; readonly refusal: Refusal }
  | { readonly kind: "joined"; readonly me: Me }
  | { readonly kind: "me-changed"; readonly me: Me }
  | { readonly kind: "network-changed"; readonly online: boolean }
  | {
    readonly kind: "connection-lost";
    readonly attempt: number;
    readonly why: LossReason;
  }
  | { readonly kind: "departed"; readonly departure: Departure }
  /** Back to the form, as after `departed`. */
  | { readonly kind: "join-again" }
  | { readonly kind: "person-put"; readonly person: Person }
  | { readonly kind: "person-gone"; readonly id: string }
  /** A new flow, or the successor of one that has the same `localId`. */
  | { readonly kind: "flow-opened"; readonly flow: Flow }
  | {
    readonly kind: "flow-media";
    readonly localId: string;
    readonly media: MediaStream | null;
    readonly hasAudio: boolean;
    readonly hasVideo: boolean;
  }
  /** Whether something gets through; see `cut` of {@linkcode Flow}. */
  | {
    readonly kind: "flow-link";
    readonly localId: string;
    readonly cut: boolean;
  }
  | { readonly kind: "flow-closed"; readonly localId: string }
  /** Flows that have not come back after a reconnection are given up. */
  | { readonly kind: "stale-dropped" }
  | { readonly kind: "speaking-told"; readonly flowIds: readonly string[] }
  | { readonly kind: "own-media"; readonly own: Partial<OwnMedia> }
  | {
    readonly kind: "chat-received";
    readonly entry: NewEntry;
    /** Said before one came: not news. */
    readonly history: boolean;
  }
  /** With neither id nor source, all messages. */
  | {
    readonly kind: "chat-cleared";
    readonly id?: string;
    readonly source?: string;
  }
  | { readonly kind: "chat-addressed"; readonly to: string }
  | { readonly kind: "panel-toggled"; readonly panel: Exclude<Panel, "none"> }
  | { readonly kind: "panel-closed" }
  | { readonly kind: "dialog-opened"; readonly dialog: Dialog }
  /** Closes that dialogue; another that has been opened since stays. */
  | { readonly kind: "dialog-closed"; readonly dialog: Dialog }
  | { readonly kind: "invitation-made"; readonly token: Token }
  /** Shown, and so not new any more. */
  | { readonly kind: "invitation-seen" }
  | {
    readonly kind: "invitations-listed";
    readonly tokens: readonly Token[];
  }
  | { readonly kind: "reaction-shown"; readonly reaction: Reaction }
  | { readonly kind: "reaction-gone"; readonly key: number }
  /** A line by the same person takes the place of the one before. */
  | { readonly kind: "caption-shown"; readonly caption: Caption }
  | { readonly kind: "caption-gone"; readonly key: number }
  | { readonly kind: "transfer-put"; readonly transfer: Transfer }
  | { readonly kind: "transfer-gone"; readonly key: string }
  | { readonly kind: "toast-shown"; readonly toast: Toast }
  | { readonly kind: "toast-dismissed"; readonly key: number };

import type {
  ChatEntry,
  Departure,
  Flow,
  GroupInfo,
  Me,
  OwnMedia,
  Panel,
  Person,
  Refusal,
  Toast,
} from "./session_state.ts";

/** Everything that can change a {@linkcode SessionState}. */
export type SessionAction =
  | { readonly kind: "group-described"; readonly group: Partial<GroupInfo> }
  | { readonly kind: "join-started" }
  | { readonly kind: "join-refused"; readonly refusal: Refusal }
  | { readonly kind: "joined"; readonly me: Me }
  | { readonly kind: "me-changed"; readonly me: Me }
  | { readonly kind: "connection-lost"; readonly attempt: number }
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
  | { readonly kind: "flow-closed"; readonly localId: string }
  /** Flows that have not come back after a reconnection are given up. */
  | { readonly kind: "stale-dropped" }
  | { readonly kind: "own-media"; readonly own: Partial<OwnMedia> }
  | {
    readonly kind: "chat-received";
    readonly entry: Omit<ChatEntry, "key">;
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
  | { readonly kind: "toast-shown"; readonly toast: Toast }
  | { readonly kind: "toast-dismissed"; readonly key: number };

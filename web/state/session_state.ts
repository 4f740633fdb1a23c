import type { Token } from "../client/mod.ts";

/** What the page knows of the group, the people in it and their flows. */
export interface SessionState {
  readonly phase: Phase;
  /** Whether there is a network, as far as the browser knows. */
  readonly online: boolean;
  readonly group: GroupInfo;
  readonly me: Me;
  readonly people: readonly Person[];
  /** In the order in which they came; own ones first. */
  readonly flows: readonly Flow[];
  /** In which flows somebody speaks, as the server says: their ids. */
  readonly speaking: readonly string[];
  readonly own: OwnMedia;
  readonly chat: ChatState;
  readonly panel: Panel;
  readonly dialog: Dialog;
  readonly invitations: Invitations;
  readonly reactions: readonly Reaction[];
  readonly captions: readonly Caption[];
  readonly transfers: readonly Transfer[];
  readonly toasts: readonly Toast[];
}

/** Which screen is shown, and what only that screen knows. */
export type Phase =
  /** Filling in the form; `refusal` says why the last try failed. */
  | { readonly kind: "join"; readonly refusal?: Refusal }
  | { readonly kind: "connecting" }
  | { readonly kind: "call"; readonly link: Link }
  | { readonly kind: "left"; readonly departure: Departure };

/** Whether the server can be reached during a call. */
export type Link =
  | { readonly kind: "up" }
  /** Lost, and being sought again: `attempt` counts from 1. */
  | {
    readonly kind: "lost";
    readonly attempt: number;
    readonly why: LossReason;
  };

/** Why the connection is lost, as far as one was told. */
export type LossReason = "unknown" | "server-stops";

/** Why the server did not let somebody in. */
export interface Refusal {
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
  /** The field that has to be corrected. */
  readonly field: "name" | "password" | "none";
}

/** How a call ended. */
export type Departure =
  | { readonly kind: "own-wish" }
  | { readonly kind: "removed"; readonly by: string; readonly message: string }
  | { readonly kind: "ended"; readonly message: string };

/** The group, as far as its status tells. */
export interface GroupInfo {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly locked: boolean;
  /** Where to ask for a token by name and password; empty if nowhere. */
  readonly authServer: string;
  /** Whoever came with a password may change it. */
  readonly canChangePassword: boolean;
}

/** The user of this page. */
export interface Me {
  readonly id: string;
  readonly username: string;
  readonly permissions: readonly string[];
}

/** A client in the group, oneself included. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly permissions: readonly string[];
  /** Has announced that the microphone is muted. */
  readonly muted: boolean;
  /** Since when the hand is up, by its owner's clock; `undefined` if it is not. */
  readonly handSinceMs: number | undefined;
}

/** What a flow shows; labels that nobody knows are a camera's. */
export type FlowKind = "camera" | "screen" | "file";

/** A flow that is shown as a tile. */
export interface Flow {
  /** Stable over replacements: the tile's key. */
  readonly localId: string;
  /** The id on the wire; changes when the flow is replaced. */
  readonly flowId: string;
  readonly clientId: string;
  readonly username: string;
  readonly kind: FlowKind;
  readonly own: boolean;
  readonly media: MediaStream | null;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  /** Its connection is gone, and it is shown until it comes back. */
  readonly stale: boolean;
  /** Nothing gets through at the moment: another way is being sought. */
  readonly cut: boolean;
}

/** What the user sends. */
export interface OwnMedia {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
}

/** The side panel that is open. */
export type Panel = "none" | "chat" | "people";

/** What is open above everything else, and wants to be closed first. */
export type Dialog =
  | { readonly kind: "none" }
  | { readonly kind: "settings" | "shortcuts" | "invite" }
  | { readonly kind: "lock" | "clear" | "announce" }
  | {
    readonly kind: "warn" | "remove";
    readonly id: string;
    readonly username: string;
  };

/** Invitations to the group, as far as the server has told of them. */
export interface Invitations {
  readonly list: readonly Token[];
  /** The one that was made last, by this page. */
  readonly made: Token | undefined;
}

/** A sign that somebody gives, shown for a moment. */
export interface Reaction {
  readonly key: number;
  readonly clientId: string;
  readonly username: string;
  readonly sign: Sign;
}

/** The signs that can be given. */
export type Sign = (typeof SIGNS)[number];

/** The signs that can be given, in the order in which they are offered. */
export const SIGNS = [
  "thumbsUp",
  "clap",
  "heart",
  "laugh",
  "surprised",
  "party",
] as const;

/** A line of what is being said, for those who do not hear it. */
export interface Caption {
  readonly key: number;
  readonly username: string;
  readonly text: string;
}

/** A file on its way from one person to another. */
export interface Transfer {
  readonly key: string;
  /** The other side. */
  readonly username: string;
  /** Whether it is sent. */
  readonly up: boolean;
  readonly name: string;
  readonly size: number;
  /** How much of it has gone or come. */
  readonly bytes: number;
  readonly status: TransferStatus;
}

/** How far a file is; `asking` until the user has said whether to take it. */
export type TransferStatus =
  | "asking"
  | "waiting"
  | "running"
  | "done"
  | "rejected"
  | "canceled"
  | "failed";

/** One message of the conversation. */
export interface ChatEntry {
  /** Counts up; for keys in lists. */
  readonly key: number;
  /** The server's id for the message; empty for a private one. */
  readonly id: string;
  readonly source: string;
  readonly username: string;
  /** Whom a private message is for; empty if it is for everybody. */
  readonly dest: string;
  readonly destName: string;
  readonly own: boolean;
  /**
   * Said in the third person (`/me waves`), or a note of the page's own that
   * nobody else sees.
   */
  readonly style: "said" | "emote" | "note";
  /** Said before one came: not news. */
  readonly history: boolean;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly text: string;
}

/** A message, before it has its place among the others. */
export type NewEntry = Omit<ChatEntry, "key" | "history">;

/** The conversation. */
export interface ChatState {
  readonly entries: readonly ChatEntry[];
  readonly unread: number;
  /** Client id of the person whom one writes to privately; empty: everybody. */
  readonly to: string;
  readonly nextKey: number;
}

/** A short notice that goes away by itself or on a click. */
export interface Toast {
  readonly key: number;
  readonly tone: "info" | "warning" | "error";
  readonly text: string;
}

/** The state of a page that has just been opened. */
export function initialState(groupName: string): SessionState {
  return {
    phase: { kind: "join" },
    online: true,
    group: {
      name: groupName,
      title: groupName,
      description: "",
      locked: false,
      authServer: "",
      canChangePassword: false,
    },
    me: { id: "", username: "", permissions: [] },
    people: [],
    flows: [],
    speaking: [],
    own: { microphone: false, camera: false, screen: false },
    chat: { entries: [], unread: 0, to: "", nextKey: 1 },
    panel: "none",
    dialog: { kind: "none" },
    invitations: { list: [], made: undefined },
    reactions: [],
    captions: [],
    transfers: [],
    toasts: [],
  };
}

/** JSON members that only frontends understand; `null` removes one. */
export type Data = Readonly<Record<string, unknown>>;

/** A moment: milliseconds from now, which may be negative, or RFC 3339. */
export type TokenTime = number | string;

/** An invitation that one asks the server for. */
export interface TokenTemplate {
  /** The group that one is in. */
  readonly group: string;
  /** What its holder is called; without it, they choose. */
  readonly username?: string;
  /** None that one does not have. */
  readonly permissions: readonly string[];
  readonly expires: TokenTime;
  readonly "not-before"?: TokenTime;
}

/** What can be changed of an invitation; one ends it by a time in the past. */
export interface TokenEdit {
  readonly token: string;
  readonly expires?: TokenTime;
  readonly "not-before"?: TokenTime;
}

/** What can be done to the group, and the value that goes with it. */
export interface GroupActionValues {
  /** Forgets chat: all, or what one client said, or one message of it. */
  readonly clearchat:
    | undefined
    | { readonly userId?: string; readonly id?: string };
  /** With a text for those who are refused. */
  readonly lock: string | undefined;
  readonly unlock: undefined;
  readonly record: undefined;
  readonly unrecord: undefined;
  /** The answer is a chat message to oneself. */
  readonly subgroups: undefined;
  /** Merged into the group's data; `onjoined` follows. */
  readonly setdata: Data;
  /** `onusermessage` of kind `token` follows, see `parseToken`. */
  readonly maketoken: TokenTemplate;
  readonly edittoken: TokenEdit;
  /** `onusermessage` of kind `tokenlist` follows, see `parseTokenList`. */
  readonly listtokens: undefined;
}

/** What can be done to the group. */
export type GroupActionKind = keyof GroupActionValues;

/** What can be done to a user, and the value that goes with it. */
export interface UserActionValues {
  readonly op: undefined;
  readonly unop: undefined;
  readonly present: undefined;
  readonly unpresent: undefined;
  readonly shutup: undefined;
  readonly unshutup: undefined;
  /** `onusermessage` of kind `userinfo` follows, see `parseUserInfo`. */
  readonly identify: undefined;
  /** With a text for the one who is sent away. */
  readonly kick: string | undefined;
  /** For oneself only: merged into one's data, `raisehand` for instance. */
  readonly setdata: Data;
}

/** What can be done to a user. */
export type UserActionKind = keyof UserActionValues;

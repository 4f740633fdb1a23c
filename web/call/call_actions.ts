import type { UserActionKind } from "../client/actions.ts";
import type { ServerConnection } from "../client/server_connection.ts";
import type { Sign } from "../state/session_state.ts";
import type { Store } from "../state/store.ts";
import { note, REACTION_KIND, say } from "./conversation.ts";

/** What is asked for a new invitation. Times are in milliseconds since 1970. */
export interface InviteRequest {
  /** Empty: whoever comes chooses a name. */
  readonly username: string;
  readonly mayPresent: boolean;
  readonly notBeforeMs: number | undefined;
  readonly expiresMs: number;
}

/**
 * What one can do in a call besides sending sound and pictures. Without a
 * connection, nothing happens; what one may not do, the server refuses.
 */
export class CallActions {
  readonly #store: Store;
  readonly #connection: () => ServerConnection | undefined;
  readonly #nowMs: () => number;

  /** @param nowMs the wall clock, in milliseconds since 1970 */
  constructor(
    store: Store,
    connection: () => ServerConnection | undefined,
    nowMs: () => number,
  ) {
    this.#store = store;
    this.#connection = connection;
    this.#nowMs = nowMs;
  }

  /** Says something to everybody, or to the person whose client id `to` is. */
  say(text: string, to = "", emote = false): void {
    const connection = this.#connection();
    if (connection === undefined) return;
    say(connection, this.#store, { text, to, emote }, this.#nowMs());
  }

  /** Writes into the conversation what nobody else sees. */
  note(text: string): void {
    note(this.#store, text);
  }

  /** Raises one's hand, or lowers it. */
  raiseHand(up: boolean): void {
    const connection = this.#connection();
    connection?.userAction("setdata", connection.id, {
      raisehand: up ? true : null,
      raisedAt: up ? this.#nowMs() : null,
    });
  }

  /** Gives a sign that everybody sees. */
  react(sign: Sign): void {
    this.#connection()?.userMessage(REACTION_KIND, "", sign);
  }

  /** Does something to somebody for which an operator needs no words. */
  act(
    kind: Exclude<UserActionKind, "kick" | "setdata">,
    id: string,
  ): void {
    this.#connection()?.userAction(kind, id);
  }

  /** Removes somebody from the call; the text tells them why. */
  remove(id: string, text: string): void {
    this.#connection()?.userAction("kick", id, text === "" ? undefined : text);
  }

  /** Mutes somebody, or everybody else if the id is empty. */
  mute(id: string): void {
    this.#connection()?.userMessage("mute", id, undefined, id === "");
  }

  /** Warns somebody, or everybody if the id is empty. */
  warn(id: string, text: string): void {
    this.#connection()?.userMessage("warning", id, text);
  }

  /** Keeps others out; the text tells them why. */
  lock(text: string): void {
    this.#connection()?.groupAction("lock", text === "" ? undefined : text);
  }

  /** Lets others in again. */
  unlock(): void {
    this.#connection()?.groupAction("unlock");
  }

  /** Deletes messages for everybody: all, a person's, or one of a person's. */
  clearChat(which?: { readonly userId: string; readonly id?: string }): void {
    this.#connection()?.groupAction("clearchat", which);
  }

  /** Asks which subgroups have people in them; a note answers. */
  listSubgroups(): void {
    this.#connection()?.groupAction("subgroups");
  }

  /** Starts or stops recording. */
  record(on: boolean): void {
    this.#connection()?.groupAction(on ? "record" : "unrecord");
  }

  /** Makes an invitation, with what one may oneself of presenting and chatting. */
  invite(request: InviteRequest): void {
    const connection = this.#connection();
    const group = connection?.group;
    if (connection === undefined || !group) return;
    const mine = connection.permissions;
    const { username, mayPresent, notBeforeMs, expiresMs } = request;
    connection.groupAction("maketoken", {
      group,
      ...(username !== "" && { username }),
      permissions: [
        ...(mayPresent ? ["present"] : []),
        "message",
      ].filter((permission) => mine.includes(permission)),
      expires: new Date(expiresMs).toISOString(),
      ...(notBeforeMs !== undefined && {
        "not-before": new Date(notBeforeMs).toISOString(),
      }),
    });
  }

  /** Lets an invitation end at another time; one in the past revokes it. */
  endInvitation(token: string, expiresMs: number): void {
    this.#connection()?.groupAction("edittoken", {
      token,
      expires: new Date(expiresMs).toISOString(),
    });
  }

  /** Asks for all invitations. */
  listInvitations(): void {
    this.#connection()?.groupAction("listtokens");
  }
}

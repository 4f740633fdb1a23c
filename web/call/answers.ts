import {
  parseToken,
  parseTokenList,
  parseUserInfo,
  type Token,
} from "../client/mod.ts";
import { toInviteLink } from "../pages/group_address.ts";
import type { Store } from "../state/store.ts";
import { spokenLocale, STRINGS } from "../strings.ts";
import { note } from "./conversation.ts";
import type { Notices } from "./notices.ts";

/**
 * Shows what the server answers to an action: where it was asked for, in the
 * dialogue for invitations, or else in the conversation.
 *
 * @param error for programs; empty if there is none
 */
export function receiveAnswer(
  kind: "token" | "tokenlist" | "userinfo",
  error: string,
  message: unknown,
  store: Store,
  notices: Notices,
): void {
  if (error !== "") return notices.show("error", String(message));
  const inviting = store.state.peek().dialog.kind === "invite";
  switch (kind) {
    case "token": {
      const token = parseToken(message);
      if (token === undefined) return;
      store.dispatch({ kind: "invitation-made", token });
      if (!inviting) note(store, describeMade(token));
      return;
    }
    case "tokenlist": {
      const tokens = parseTokenList(message);
      store.dispatch({ kind: "invitations-listed", tokens });
      if (!inviting) note(store, describeList(tokens));
      return;
    }
    case "userinfo": {
      const info = parseUserInfo(message);
      if (info === undefined) return;
      const name = info.username || STRINGS.anonymous;
      const { address } = info;
      notices.show("info", STRINGS.people.address({ name, address }));
    }
  }
}

/** Whether the server would still let somebody in with it. */
export function isValid(token: Token, nowMs: number): boolean {
  return token.expires !== undefined && token.expires.valueOf() > nowMs;
}

/** Whom it is for, and how long, in words. */
export function describeToken(token: Token, nowMs: number): string {
  const words = STRINGS.invite;
  const { username, expires, notBefore } = token;
  const whom = username ? words.forName({ name: username }) : words.forAnybody;
  if (!isValid(token, nowMs)) return `${whom}, ${words.ended}`;
  const from = notBefore !== undefined && notBefore.valueOf() > nowMs
    ? `${words.from({ time: toLocal(notBefore) })} `
    : "";
  const until = expires === undefined
    ? ""
    : words.until({ time: toLocal(expires) });
  return `${whom}, ${from}${until}`;
}

function describeMade(token: Token): string {
  if (!isValid(token, Date.now())) return STRINGS.invite.revoked;
  const link = toInviteLink(token.group, token.token);
  return `${STRINGS.invite.made({ link })}\n${
    describeToken(token, Date.now())
  }`;
}

function describeList(tokens: readonly Token[]): string {
  if (tokens.length === 0) return STRINGS.commands.noTokens;
  return tokens.map((token) =>
    `${toInviteLink(token.group, token.token)}\n${
      describeToken(token, Date.now())
    }`
  ).join("\n");
}

function toLocal(time: Date): string {
  return time.toLocaleString(spokenLocale(), {
    dateStyle: "medium",
    timeStyle: "short",
  });
}

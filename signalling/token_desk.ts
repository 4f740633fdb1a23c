import type { ErrorId } from "../protocol/errors.ts";
import type { GroupName, SessionId } from "../protocol/ids.ts";
import type { Input } from "./effects.ts";
import type { Group, Member } from "./group.ts";
import { type Act, may } from "./permissions.ts";
import type { SessionState } from "./session.ts";
import {
  type ParsedAct,
  parseEdit,
  parseTemplate,
  type TokenAct,
  type TokenOutcome,
  type TokenRefusal,
} from "./token_acts.ts";
import { serverUserMessage, type Turn } from "./turn.ts";

/**
 * How many token actions of one client may wait for the disk. A page lists once
 * and makes one; a script makes a class's worth in one go. Lower refuses the
 * script; higher lets one client keep the disk busy for others.
 */
export const MAX_PENDING = 64;

/** An action on tokens, by its name on the wire. */
export type TokenActionKind = "maketoken" | "edittoken" | "listtokens";

/** Who wants something of the group's tokens. */
export interface TokenActing {
  readonly group: Group;
  readonly actor: Member;
}

const NEEDED: Readonly<Record<TokenActionKind, Act>> = {
  maketoken: "makeToken",
  edittoken: "editTokens",
  listtokens: "editTokens",
};

const REFUSALS: Readonly<Record<TokenRefusal, string>> = {
  "username-taken": "that username is taken",
  "illegal-username": "illegal username",
  "no-such-token": "no such token",
  "too-many-tokens": "this group has too many tokens",
  "internal": "internal server error",
};

interface Pending {
  readonly session: SessionId;
  readonly group: GroupName;
  readonly kind: TokenActionKind;
}

/**
 * Where members ask for tokens of their group and get their answers (A-77 to
 * Failures have the same kind as the answer, with an `error`.
 */
export class TokenDesk {
  readonly #pending = new Map<number, Pending>();
  #lastRequest = 0;

  /** How many questions are unanswered. */
  get size(): number {
    return this.#pending.size;
  }

  /** Passes on what a member asks, if it may. */
  ask(
    { group, actor }: TokenActing,
    kind: TokenActionKind,
    value: unknown,
    turn: Turn,
  ): void {
    if (!may(actor, NEEDED[kind])) return notAuthorised(actor, kind, turn);
    const parsed = parse(kind, value, group.description.name, turn);
    if (parsed.kind === "wrong") {
      return refuse(actor, kind, "error", parsed.text, turn);
    }
    const act = signed(parsed.act, actor);
    if (act === undefined) return notAuthorised(actor, kind, turn);
    const { session } = actor;
    const pending = [...this.#pending.values()].filter((one) =>
      one.session === session
    );
    if (pending.length >= MAX_PENDING) {
      turn.countLimit("tokenActions");
      return refuse(actor, kind, "error", "too many token actions", turn);
    }
    const request = ++this.#lastRequest;
    const { name } = group.description;
    this.#pending.set(request, { session, group: name, kind });
    turn.actOnTokens(session, request, name, act);
  }

  /**
   * Tells whoever asked, if it is still in that group and still may.
   *
   * @param state of the session that asked, if that is not over
   */
  handleAnswered(
    { request, outcome }: Extract<Input, { kind: "tokens-answered" }>,
    state: SessionState | undefined,
    turn: Turn,
  ): void {
    const asked = this.#pending.get(request);
    this.#pending.delete(request);
    if (asked === undefined || state?.kind !== "inside") return;
    const { group, member } = state;
    if (group.description.name !== asked.group) return;
    if (!may(member, NEEDED[asked.kind])) {
      return notAuthorised(member, asked.kind, turn);
    }
    answer(member, asked.kind, outcome, turn);
  }
}

function parse(
  kind: TokenActionKind,
  value: unknown,
  group: GroupName,
  { now }: Turn,
): ParsedAct {
  switch (kind) {
    case "maketoken":
      return parseTemplate(value, group, now.wall);
    case "edittoken":
      return parseEdit(value, now.wall);
    case "listtokens":
      return { kind: "act", act: { kind: "list" } };
  }
}

/** The act in its actor's name; nobody can give what it does not have. */
function signed(act: TokenAct, actor: Member): TokenAct | undefined {
  if (act.kind !== "make") return act;
  const { template } = act;
  const mayGive = template.permissions.every((permission) =>
    actor.permissions.includes(permission)
  );
  if (!mayGive) return undefined;
  if (actor.username === "") return act;
  return { ...act, template: { ...template, issuedBy: actor.username } };
}

function answer(
  to: Member,
  kind: TokenActionKind,
  outcome: TokenOutcome,
  turn: Turn,
): void {
  switch (outcome.kind) {
    case "token":
      turn.send(to.session, serverUserMessage("token", outcome.token));
      return;
    case "tokens":
      turn.send(to.session, serverUserMessage("tokenlist", outcome.tokens));
      return;
    case "refused":
      return refuse(to, kind, "error", REFUSALS[outcome.reason], turn);
  }
}

function notAuthorised(to: Member, kind: TokenActionKind, turn: Turn): void {
  refuse(to, kind, "not-authorised", "not authorised", turn);
}

function refuse(
  to: Member,
  kind: TokenActionKind,
  error: ErrorId,
  text: string,
  turn: Turn,
): void {
  const reply = kind === "listtokens" ? "tokenlist" : "token";
  turn.send(to.session, { ...serverUserMessage(reply, text), error });
}

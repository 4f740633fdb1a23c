/**
 * What must hold of all that the router does, whoever says what.
 *
 * @module
 */
import type {
  ClientChat,
  ClientMessage,
  GroupAction,
  UserAction,
} from "../protocol/client_message.ts";
import type { SessionId } from "../protocol/ids.ts";
import type { PublisherKey } from "../protocol/media_plane.ts";
import type {
  JoinedGroup,
  ServerChat,
  ServerMessage,
  ServerOffer,
  ServerUserMessage,
  UserGone,
  UserPresent,
} from "../protocol/server_message.ts";
import type { Effect, Input } from "./effects.ts";
import { holds } from "./fake_media_plane.ts";
import {
  isObject,
  type ModelGroup,
  type ModelMember,
  PermissionModel,
} from "./test_permission_model.ts";

/** A message with a mark in its value, so that it is known wherever it turns up. */
interface Marked {
  readonly from: SessionId;
  readonly message: ClientChat;
}

/** A flow, as far as it matters who may end it. */
interface Published {
  readonly owner: SessionId;
  readonly id: string;
  /** Whether its owner has offered another one in its place. */
  isReplaced: boolean;
}

/** What is happening: the input, who caused it, and all that it had said. */
interface Cause {
  readonly input: Input;
  readonly actor: ModelMember | undefined;
  /** Those that the actor had before: it may take its own away. */
  readonly permissions: readonly string[];
  readonly acts: readonly ClientMessage[];
}

/** Watches inputs and effects, and throws when an invariant does not hold. */
export class PermissionInvariants {
  readonly model = new PermissionModel();
  readonly #marked = new Map<number, Marked>();
  readonly #clients = new Map<SessionId, string>();
  /** What clients say while their credentials are checked. */
  readonly #backlogs = new Map<SessionId, ClientMessage[]>();
  readonly #publishers = new Map<PublisherKey, Published>();
  /** Who has asked to see something, since it came to its group. */
  readonly #asking = new Set<SessionId>();
  /** Flows that somebody has been offered. */
  readonly #shown = new Map<SessionId, Set<string>>();
  /** Whose departure others have been told of, while it is still to be told. */
  readonly #gone = new Set<SessionId>();
  #lastGone: ModelMember | undefined;
  #cause: Cause = {
    input: { kind: "tick" },
    actor: undefined,
    permissions: [],
    acts: [],
  };

  /** Notes that a client says something with a mark in it. */
  mark(mark: number, from: SessionId, message: ClientChat): void {
    this.#marked.set(mark, { from, message });
  }

  /** Whether a client waits to be let in. */
  isJoining(session: SessionId): boolean {
    return this.#backlogs.has(session);
  }

  /** Judges what the router makes of an input. */
  observe(input: Input, effects: readonly Effect[]): void {
    this.#begin(input);
    for (const effect of effects) this.#judge(effect);
  }

  #begin(input: Input): void {
    let acts: readonly ClientMessage[] = [];
    const session = "session" in input ? input.session : undefined;
    const actor = session && this.model.members.get(session);
    if (input.kind === "message") {
      const backlog = this.#backlogs.get(input.session);
      if (backlog !== undefined) backlog.push(input.message);
      else acts = [input.message];
      const { message, session } = input;
      if (message.type === "handshake" && !this.#clients.has(session)) {
        this.#clients.set(session, message.id);
      }
    }
    if (input.kind === "credentials-checked") {
      acts = this.#backlogs.get(input.session) ?? [];
      const isAwaited = this.#backlogs.delete(input.session);
      const { outcome } = input;
      if (isAwaited && outcome.kind === "accepted") {
        const { description } = outcome;
        this.model.group(description.name).description = description;
      }
    }
    if (input.kind === "disconnected") this.#remove(input.session);
    if (input.kind === "group-changed") {
      const { description } = input;
      this.model.group(description.name).description = description;
    }
    if (input.kind === "shut-down") {
      for (const group of this.model.groups) group.isLocked = true;
    }
    const permissions = actor?.permissions ?? [];
    this.#cause = { input, actor, permissions, acts };
    this.#keep(input, acts);
    if (actor !== undefined && acts.some(({ type }) => type === "request")) {
      this.#asking.add(actor.session);
    }
    if (actor === undefined) return;
    for (const act of acts) this.model.apply(actor, act);
  }

  /** Keeps for newcomers what the group may have heard; nobody need have. */
  #keep(input: Input, acts: readonly ClientMessage[]): void {
    const { actor } = this.#cause;
    const admitted = input.kind === "credentials-checked" &&
        input.outcome.kind === "accepted"
      ? input.outcome
      : undefined;
    const permissions = actor?.permissions ?? admitted?.permissions ?? [];
    const group = actor?.group ??
      (admitted && this.model.group(admitted.description.name));
    if (!permissions.includes("message")) return;
    for (const act of acts) {
      if (act.type !== "chat" || act.dest !== "" || act.kind === "caption") {
        continue;
      }
      const mark = markOf(act.value) ?? 0;
      group?.history.push({ mark, source: act.claims.source });
    }
  }

  #remove(session: SessionId): void {
    this.#lastGone = this.model.members.get(session) ?? this.#lastGone;
    this.model.members.delete(session);
    this.#backlogs.delete(session);
    this.#asking.delete(session);
  }

  #judge(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        return this.#judgeMessage(effect.to, effect.message);
      case "disconnect":
        return this.#judgeEnd(effect.session);
      case "check-credentials":
        this.#isOwn("credentials-are-ones-own", effect.session);
        this.#backlogs.set(effect.session, []);
        return;
      case "act-on-tokens":
        return this.#judgeTokens(effect);
      case "media":
        return this.#judgeMedia(effect.command);
    }
  }

  /** Nobody's session ends but by its own doing, or by one of the ways to end it. */
  #judgeEnd(session: SessionId): void {
    if (!this.#gone.has(session)) this.#judgeDeparture(session);
    this.#gone.delete(session);
    this.#remove(session);
  }

  #judgeDeparture(session: SessionId): void {
    const { input } = this.#cause;
    const victim = this.model.members.get(session);
    const isOwn = "session" in input && input.session === session;
    const isByRule = input.kind === "tick" || input.kind === "shut-down" ||
      input.kind === "connected";
    holds(
      "sessions-end-by-right-only",
      isOwn || isByRule ||
        (victim !== undefined &&
          (this.#isKicked(victim) || this.#isDeserted(victim))),
      `session ${session} by ${JSON.stringify(input)}`,
    );
  }

  #isKicked({ group, client }: ModelMember): boolean {
    return this.#userActs("kick", client).length > 0 &&
      this.#actorMay("op") && this.#cause.actor?.group === group;
  }

  /** Whether the group's file sends everybody away who is without an operator. */
  #isDeserted({ group }: ModelMember): boolean {
    return group.description?.autokick === true &&
      !this.model.hasOperator(group);
  }

  #judgeMessage(to: SessionId, message: ServerMessage): void {
    switch (message.type) {
      case "joined":
        if (message.kind === "fail" || message.kind === "redirect") {
          return this.#isOwn("refusals-are-ones-own", to);
        }
        return this.#judgeJoined(to, message);
      case "user":
        return this.#judgeUser(to, message);
      case "chathistory":
        return this.#judgeHistory(to, message.value);
      case "chat":
      case "usermessage": {
        const mark = markOf(message.value);
        return mark === undefined
          ? this.#judgeOwnWord(to, message)
          : this.#judgeForwarded(to, message, mark);
      }
      case "offer":
        return this.#judgeOffer(to, message);
      case "close":
        return this.#judgeClose(to, message.id);
      case "answer":
      case "renegotiate":
        return holds(
          "publishers-alone-hear-of-publishing",
          this.#isPublishedBy(to, message.id),
          `${message.type} of ${message.id} to ${to}`,
        );
      case "abort":
        return holds(
          "aborts-are-for-who-offered",
          this.#isPublishedBy(to, message.id) ||
            this.#cause.acts.some((act) =>
              act.type === "offer" && act.id === message.id
            ),
          `${message.id} to ${to}`,
        );
      case "ice":
      case "ping":
      case "pong":
      case "handshake":
        return;
    }
  }

  /** Flows are for those of the group who have asked, and of those who may. */
  #judgeOffer(to: SessionId, { id, source, username }: ServerOffer): void {
    const viewer = this.#member("flows-are-seen-by-members", to);
    const publisher = this.model.find(viewer.group, source);
    holds(
      "flows-are-seen-in-their-group",
      publisher !== undefined && publisher.username === username &&
        this.#isPublishedBy(publisher.session, id),
      `${to} is offered ${id} of ${source}`,
    );
    holds(
      "flows-are-of-those-who-may",
      publisher.permissions.includes("present"),
      `${id} of ${source} with ${publisher.permissions}`,
    );
    holds(
      "nobody-is-offered-what-is-ones-own",
      publisher.session !== to,
      `${id} to ${to}`,
    );
    holds("nothing-is-offered-unasked", this.#asking.has(to), `${id} to ${to}`);
    const shown = this.#shown.get(to) ?? new Set();
    this.#shown.set(to, shown.add(id));
  }

  /** Only who has heard of a flow hears of its end, or who asks for it. */
  #judgeClose(to: SessionId, id: string): void {
    const hasAsked = this.#cause.acts.some((act) =>
      (act.type === "answer" || act.type === "abort") && act.id === id
    );
    holds(
      "one-hears-of-the-end-of-what-one-was-shown",
      (hasAsked && this.#isActor(to)) || this.#shown.get(to)?.has(id) === true,
      `${id} to ${to}`,
    );
  }

  #isActor(session: SessionId): boolean {
    const { input } = this.#cause;
    return "session" in input && input.session === session;
  }

  #isPublishedBy(session: SessionId, id: string): boolean {
    return [...this.#publishers.values()].some((flow) =>
      flow.owner === session && flow.id === id
    );
  }

  #judgeJoined(to: SessionId, message: JoinedGroup): void {
    if (message.kind === "join") this.#enter(to, message);
    if (message.kind === "leave") {
      this.#isOwn("one-leaves-oneself", to);
      this.#gone.delete(to);
      return this.#remove(to);
    }
    const { group, permissions } = this.#member("joined-are-members", to);
    holds(
      "told-of-ones-own-group",
      message.group === group.name && message.status.name === group.name,
      `${to} of ${message.group}`,
    );
    holds(
      "permissions-change-by-right-only",
      isSame(message.permissions, permissions),
      `${to} has ${message.permissions}, not ${permissions}`,
    );
    const isLocked = message.status.locked === true;
    if (isLocked && !group.isLocked) this.#checkAutolock(group.name);
    group.isLocked ||= isLocked;
    holds(
      "locks-change-by-right-only",
      isLocked === group.isLocked,
      group.name,
    );
    if (message.data === undefined) return;
    holds(
      "group-data-changes-by-right-only",
      isSame(message.data, group.data),
      `${JSON.stringify(message.data)} in ${group.name}`,
    );
  }

  /** Somebody is let in: what its credentials say, and if the group allows it. */
  #enter(to: SessionId, message: JoinedGroup): void {
    const { input } = this.#cause;
    holds(
      "one-enters-by-credentials-only",
      input.kind === "credentials-checked" && input.session === to &&
        input.outcome.kind === "accepted",
      `${to}`,
    );
    const { permissions, description, username } = input.outcome;
    const group = this.model.group(description.name);
    group.description = description;
    const isOperator = permissions.includes("op");
    const others = this.model.membersOf(group);
    if (others.length === 0) { // it may have been forgotten, or locked itself
      group.isLocked = message.status.locked === true;
      if (message.data === undefined) group.data = {};
    }
    holds(
      "locked-groups-let-operators-in-only",
      isOperator || (!group.isLocked && message.status.locked !== true),
      `${to} in ${group.name}`,
    );
    const { autokick, maxClients } = description;
    holds(
      "full-groups-let-operators-in-only",
      isOperator || maxClients === undefined || others.length < maxClients,
      `${to} in ${group.name}`,
    );
    holds(
      "deserted-groups-let-operators-in-only",
      isOperator || !autokick || this.model.hasOperator(group),
      `${to} in ${group.name}`,
    );
    const client = this.#clients.get(to) ?? "";
    holds(
      "client-ids-are-unique-in-a-group",
      client !== "" && this.model.find(group, client) === undefined,
      `${client} in ${group.name}`,
    );
    const data = message.kind === "join" ? this.#initialData.get(to) ?? {} : {};
    this.model.members.set(to, {
      session: to,
      client,
      username,
      group,
      permissions,
      data,
    });
  }

  readonly #initialData = new Map<
    SessionId,
    Readonly<Record<string, unknown>>
  >();

  /** Notes with which data a client joins. */
  joinsWith(session: SessionId, data: Readonly<Record<string, unknown>>): void {
    this.#initialData.set(session, data);
  }

  #checkAutolock(name: string): void {
    const group = this.model.group(name);
    holds(
      "groups-lock-themselves-if-told-to-only",
      group.description?.autolock === true && !this.model.hasOperator(group),
      name,
    );
  }

  #judgeUser(to: SessionId, message: UserPresent | UserGone): void {
    const { group } = this.#member("users-are-seen-by-members", to);
    if (message.kind === "delete") {
      return this.#judgeGone(group, message);
    }
    const user = this.model.find(group, message.id);
    holds(
      "users-are-seen-in-their-group",
      user !== undefined && user.username === message.username,
      `${message.id} by ${to} in ${group.name}`,
    );
    holds(
      "users-change-by-right-only",
      isSame(message.permissions, user.permissions) &&
        isSame(message.data, user.data),
      JSON.stringify(message),
    );
  }

  /** Others are told of a departure before whoever goes. */
  #judgeGone(group: ModelGroup, { id, username }: UserGone): void {
    const leaver = this.model.find(group, id);
    if (leaver === undefined) {
      const isKnown = this.#lastGone?.client === id &&
        this.#lastGone.group === group && this.#lastGone.username === username;
      return holds("who-goes-was-there", isKnown, `${id} in ${group.name}`);
    }
    this.#judgeDeparture(leaver.session);
    this.#gone.add(leaver.session);
    this.#remove(leaver.session);
    this.#lastGone = leaver;
  }

  #judgeHistory(to: SessionId, value: unknown): void {
    const { group } = this.#member("history-is-for-members", to);
    const mark = markOf(value);
    holds(
      "history-is-of-ones-group",
      group.history.some((one) => one.mark === mark),
      `${mark} in ${group.name}`,
    );
  }

  #judgeForwarded(
    to: SessionId,
    message: ServerChat | ServerUserMessage,
    mark: number,
  ): void {
    const { from, message: said } = this.#marked.get(mark) ?? {};
    const sender = from && this.model.members.get(from);
    const receiver = this.model.members.get(to);
    const { input } = this.#cause;
    holds(
      "words-stay-in-their-group",
      said !== undefined && sender !== undefined && "session" in input &&
        input.session === from && receiver?.group === sender.group,
      `${mark} of ${from} to ${to}`,
    );
    holds(
      "private-words-stay-private",
      said.dest === "" || receiver.client === said.dest,
      `${mark} to ${to}`,
    );
    holds(
      "no-echo-if-unwanted",
      said.dest !== "" || !said.noecho || to !== from,
      `${mark} to ${to}`,
    );
    const isCaption = said.type === "chat" && said.kind === "caption";
    holds(
      "words-by-right-only",
      sender.permissions.includes(isCaption ? "caption" : "message"),
      `${mark} of ${sender.permissions}`,
    );
    holds(
      "privileged-by-right-only",
      message.privileged === sender.permissions.includes("op"),
      `${mark} of ${sender.permissions}`,
    );
    holds(
      "nobody-speaks-for-others",
      (message.source === "" || message.source === sender.client) &&
        (message.username ?? sender.username) === sender.username,
      JSON.stringify(message),
    );
  }

  /** What the server says of itself. */
  #judgeOwnWord(
    to: SessionId,
    message: ServerChat | ServerUserMessage,
  ): void {
    const { actor } = this.#cause;
    const receiver = this.model.members.get(to);
    holds("the-server-is-privileged", message.privileged, message.kind);
    if (message.type === "chat") {
      return holds(
        "subgroups-are-for-operators",
        to === actor?.session && this.#groupActs("subgroups").length > 0 &&
          this.#actorMay("op"),
        `${to}`,
      );
    }
    switch (message.kind) {
      case "clearchat":
        return holds(
          "chat-is-cleared-by-right-only",
          this.#groupActs("clearchat").length > 0 && this.#actorMay("op") &&
            receiver?.group === actor?.group,
          `${to}`,
        );
      case "userinfo":
        return this.#judgeUserInfo(to, message.value);
      case "token":
      case "tokenlist":
        return this.#judgeTokenAnswer(to, message);
      case "error":
      case "warning":
      case "kicked":
        return holds(
          "notices-are-for-one",
          message.dest === this.#clients.get(to),
          `${message.kind} to ${to} for ${message.dest}`,
        );
      default:
        holds("the-server-knows-its-words", false, message.kind);
    }
  }

  #judgeUserInfo(to: SessionId, value: unknown): void {
    const id = isObject(value) ? String(value["id"]) : "";
    const actor = this.#cause.actor;
    holds(
      "addresses-are-for-operators-of-the-group",
      to === actor?.session && this.#userActs("identify", id).length > 0 &&
        this.#actorMay("op") && this.model.find(actor.group, id) !== undefined,
      `${id} to ${to}`,
    );
  }

  #judgeTokenAnswer(to: SessionId, message: ServerUserMessage): void {
    this.#isOwn("tokens-are-for-who-asked", to);
    if (message.error !== undefined) return;
    const member = this.#member("tokens-are-for-members", to);
    const { value } = message;
    const tokens = Array.isArray(value) ? value : [value];
    holds(
      "tokens-are-for-who-may",
      member.permissions.includes("token") &&
        (message.kind !== "tokenlist" || member.permissions.includes("op")) &&
        tokens.every((one) =>
          isObject(one) && one["group"] === member.group.name
        ),
      `${to} gets ${JSON.stringify(value)}`,
    );
  }

  #judgeTokens(effect: Extract<Effect, { kind: "act-on-tokens" }>): void {
    this.#isOwn("token-acts-are-ones-own", effect.session);
    const { group, permissions } = this.#member(
      "token-acts-are-of-members",
      effect.session,
    );
    const { act } = effect;
    holds(
      "token-acts-by-right-only",
      effect.group === group.name && permissions.includes("token") &&
        (act.kind === "make" || permissions.includes("op")),
      `${act.kind} with ${permissions}`,
    );
    if (act.kind !== "make") return;
    holds(
      "nobody-gives-what-it-has-not",
      act.template.permissions.every((one) => permissions.includes(one)),
      `${act.template.permissions} with ${permissions}`,
    );
  }

  #judgeMedia(command: Extract<Effect, { kind: "media" }>["command"]): void {
    if (command.kind === "open-publisher") {
      const { input } = this.#cause;
      const session = "session" in input ? input.session : 0 as SessionId;
      const { group, permissions } = this.#member("members-publish", session);
      holds(
        "flows-by-right-only",
        permissions.includes("present") && command.group === group.name,
        `${session} with ${permissions}`,
      );
      this.#noteFlow(command.publisher, session);
    }
    if (command.kind !== "close-publisher") return;
    const { owner, isReplaced } = this.#publishers.get(command.publisher) ?? {};
    const member = owner && this.model.members.get(owner);
    const { input } = this.#cause;
    const isOwn = "session" in input && input.session === owner;
    holds(
      "flows-end-by-right-only",
      isOwn || isReplaced || member === undefined || !("session" in input) ||
        !member.permissions.includes("present") || this.#isKicked(member) ||
        this.#isDeserted(member),
      `${command.publisher} of ${owner}`,
    );
  }

  #noteFlow(publisher: PublisherKey, owner: SessionId): void {
    const offer = this.#cause.acts.find((act) => act.type === "offer");
    for (const flow of this.#publishers.values()) {
      const isIt = flow.owner === owner && flow.id === offer?.replace;
      flow.isReplaced ||= isIt;
    }
    const id = offer?.id ?? "";
    this.#publishers.set(publisher, { owner, id, isReplaced: false });
  }

  #actorMay(permission: string): boolean {
    return this.#cause.permissions.includes(permission);
  }

  #userActs(kind: string, dest: string): readonly UserAction[] {
    return this.#cause.acts.filter((act): act is ClientMessage & UserAction =>
      act.type === "useraction" && act.kind === kind && act.dest === dest
    );
  }

  #groupActs(kind: string): readonly GroupAction[] {
    return this.#cause.acts.filter((act): act is ClientMessage & GroupAction =>
      act.type === "groupaction" && act.kind === kind
    );
  }

  #isOwn(invariant: string, session: SessionId): void {
    const { input } = this.#cause;
    holds(
      invariant,
      "session" in input && input.session === session,
      `${session} by ${input.kind}`,
    );
  }

  #member(invariant: string, session: SessionId): ModelMember {
    const member = this.model.members.get(session);
    holds(invariant, member !== undefined, `session ${session}`);
    return member;
  }
}

/** The mark in a value, if it has one. */
function markOf(value: unknown): number | undefined {
  const mark = isObject(value) ? value["mark"] : undefined;
  return typeof mark === "number" ? mark : undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

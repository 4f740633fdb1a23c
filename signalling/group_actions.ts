import type { GroupAction } from "../protocol/client_message.ts";
import { userFault } from "../protocol/errors.ts";
import { toRfc3339 } from "./chat.ts";
import { asJsonObject, type Group, type Member, mergeData } from "./group.ts";
import type { Groups } from "./groups.ts";
import { isTooLong } from "./operator_text.ts";
import { type Act, may } from "./permissions.ts";
import type { Recorders } from "./recorders.ts";
import type { TokenDesk } from "./token_desk.ts";
import { serverUserMessage, type Turn } from "./turn.ts";

/** Who acts, and where. */
export interface GroupActing {
  readonly group: Group;
  readonly actor: Member;
  /** All groups of the server. */
  readonly groups: Groups;
  readonly tokens: TokenDesk;
  readonly recorders: Recorders;
}

/**
 * Carries out what a member does to its group.
 *
 * @throws {ProtocolError} 1000 if there is no such action
 */
export function handleGroupAction(
  acting: GroupActing,
  { kind, value }: GroupAction,
  turn: Turn,
): void {
  switch (kind) {
    case "clearchat":
      if (isAllowed(acting, "clearChat", turn)) clearChat(acting, value, turn);
      return;
    case "lock":
      if (isAllowed(acting, "lock", turn)) lock(acting, value, turn);
      return;
    case "unlock":
      if (isAllowed(acting, "lock", turn)) setLock(acting, undefined, turn);
      return;
    case "subgroups":
      if (isAllowed(acting, "listSubgroups", turn)) listSubgroups(acting, turn);
      return;
    case "setdata":
      if (isAllowed(acting, "setGroupData", turn)) setData(acting, value, turn);
      return;
    case "record":
      if (isAllowed(acting, "record", turn)) {
        acting.recorders.start(acting.group, acting.actor, turn);
      }
      return;
    case "unrecord":
      if (isAllowed(acting, "record", turn)) {
        acting.recorders.stop(acting.group, turn);
      }
      return;
    case "maketoken":
    case "edittoken":
    case "listtokens":
      return acting.tokens.ask(acting, kind, value, turn);
    default:
      throw userFault("unknown group action");
  }
}

function isAllowed({ actor }: GroupActing, act: Act, turn: Turn): boolean {
  if (may(actor, act)) return true;
  turn.sendError(actor, "not authorised");
  return false;
}

function clearChat({ group, actor }: GroupActing, value: unknown, turn: Turn) {
  const which = value === undefined ? {} : asJsonObject(value);
  const { id, userId } = which ?? {};
  if (
    which === undefined || !isIdOrAbsent(id) || !isIdOrAbsent(userId) ||
    (id && !userId)
  ) return turn.sendError(actor, "bad value in clearchat");
  group.history.clear(userId || undefined, id || undefined);
  const cleared = value === undefined
    ? undefined
    : { ...(id && { id }), ...(userId && { userId }) };
  group.broadcast(serverUserMessage("clearchat", cleared), turn);
}

/** The longest id that a message or client can have. */
const MAX_ID_LENGTH = 64;

function isIdOrAbsent(value: unknown): value is string | null | undefined {
  return value === undefined || value === null ||
    (typeof value === "string" && value.length <= MAX_ID_LENGTH);
}

function lock(acting: GroupActing, value: unknown, turn: Turn): void {
  const text = typeof value === "string" ? value : "";
  if (!isTooLong(text, acting.actor, turn)) setLock(acting, text, turn);
}

function setLock(
  { group }: GroupActing,
  message: string | undefined,
  turn: Turn,
): void {
  group.lockMessage = message;
  group.announceChange(turn);
}

function setData({ group, actor }: GroupActing, value: unknown, turn: Turn) {
  const changes = asJsonObject(value);
  if (changes === undefined) {
    return turn.sendError(actor, "Bad value in setdata");
  }
  const data = mergeData(group.data, changes);
  if (data === undefined) {
    turn.countLimit("groupData");
    return turn.sendError(actor, "data is too large");
  }
  group.changeData(data, turn);
}

/** Tells an operator, as chat, which groups below this one have members. */
function listSubgroups({ group, actor, groups }: GroupActing, turn: Turn) {
  const prefix = `${group.description.name}/`;
  const lines = groups.all
    .filter(({ description, size }) =>
      size > 0 && description.name.startsWith(prefix)
    )
    .map(({ description: { name }, size }) =>
      `${name} (${size} client${size === 1 ? "" : "s"})\n`
    );
  turn.send(actor.session, {
    type: "chat",
    id: "",
    source: "",
    dest: actor.client,
    username: "Server",
    privileged: true,
    time: toRfc3339(turn.now.wall),
    kind: "",
    noecho: false,
    value: lines.join(""),
  });
}

import type { GroupAction } from "../protocol/client_message.ts";
import { limitedData } from "../protocol/client_message.ts";
import { userFault } from "../protocol/errors.ts";
import { toRfc3339 } from "./chat.ts";
import { asJsonObject, type Group, type Member, mergeData } from "./group.ts";
import type { Groups } from "./groups.ts";
import { type Act, may } from "./permissions.ts";
import type { TokenDesk } from "./token_desk.ts";
import { serverUserMessage, type Turn } from "./turn.ts";

/** Who acts, and where. */
export interface GroupActing {
  readonly group: Group;
  readonly actor: Member;
  /** All groups of the server. */
  readonly groups: Groups;
  readonly tokens: TokenDesk;
}

/**
 * Carries out what a member does to its group.
 *
 * @throws {ProtocolError} 1000 if there is no such action; 1002 if data is too large
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
      if (isAllowed(acting, "lock", turn)) {
        setLock(acting, typeof value === "string" ? value : "", turn);
      }
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
    case "unrecord":
      if (isAllowed(acting, "record", turn)) {
        turn.sendError(acting.actor, "this server does not record");
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
  const isText = [id, userId].every((one) =>
    one === undefined || one === null || typeof one === "string"
  );
  if (which === undefined || !isText || (id && !userId)) {
    return turn.sendError(actor, "bad value in clearchat");
  }
  group.history.clear(
    typeof userId === "string" && userId !== "" ? userId : undefined,
    typeof id === "string" && id !== "" ? id : undefined,
  );
  group.broadcast(serverUserMessage("clearchat", value), turn);
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
  group.data = limitedData(mergeData(group.data, changes));
  group.announceChange(turn);
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

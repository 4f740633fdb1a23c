import type { UserAction } from "../protocol/client_message.ts";
import { userFault } from "../protocol/errors.ts";
import type { FlowTable } from "./flow_table.ts";
import {
  asJsonObject,
  type Group,
  type Member,
  mergeData,
  toUser,
} from "./group.ts";
import { may, withoutPermissions, withPermissions } from "./permissions.ts";
import { isTooLong } from "./operator_text.ts";
import { serverUserMessage, type Turn } from "./turn.ts";

/** Who acts, and where. */
export interface Acting {
  readonly group: Group;
  readonly actor: Member;
  readonly flows: FlowTable;
}

/** What is left to the caller, who can end connections. */
export interface Kick {
  readonly victim: Member;
  /** May be empty. */
  readonly text: string;
}

/**
 * Carries out what a member does to one user.
 *
 * @returns whom to send away, if that is what it is
 * @throws {ProtocolError} 1000 if there is no such action
 */
export function handleUserAction(
  acting: Acting,
  action: UserAction,
  turn: Turn,
): Kick | undefined {
  switch (action.kind) {
    case "op":
    case "unop":
    case "present":
    case "unpresent":
    case "shutup":
    case "unshutup":
      changePermissions(acting, action.kind, action.dest, turn);
      return undefined;
    case "identify":
      identify(acting, action.dest, turn);
      return undefined;
    case "kick":
      return toKick(acting, action, turn);
    case "setdata":
      setData(acting, action, turn);
      return undefined;
    default:
      throw userFault("unknown user action");
  }
}

/** Finds whom a moderator's action is for, and says why not if it cannot be done. */
function findTarget(
  { group, actor }: Acting,
  dest: string,
  turn: Turn,
  unknown = "no such user",
): Member | undefined {
  if (!may(actor, "moderate")) {
    turn.sendError(actor, "not authorised");
    return undefined;
  }
  const target = group.find(dest);
  if (target === undefined) turn.sendError(actor, unknown);
  return target;
}

type PermissionChange =
  | "op"
  | "unop"
  | "present"
  | "unpresent"
  | "shutup"
  | "unshutup";

function changePermissions(
  acting: Acting,
  change: PermissionChange,
  dest: string,
  turn: Turn,
): void {
  const target = findTarget(acting, dest, turn);
  if (target === undefined) return;
  if (target.isProgram) {
    return turn.sendError(acting.actor, "this is not a real user");
  }
  const { group, flows } = acting;
  target.permissions = changed(target.permissions, change, group);
  turn.send(target.session, group.joined("change", target));
  if (!may(target, "publish")) {
    flows.abortAll(target.session, "permission denied", turn);
  }
  group.broadcast(toUser("change", target), turn);
}

function changed(
  permissions: readonly string[],
  change: PermissionChange,
  { description }: Group,
): readonly string[] {
  switch (change) {
    case "op":
      return withPermissions(
        permissions,
        description.allowRecording ? ["op", "record"] : ["op"],
      );
    case "unop":
      return withoutPermissions(permissions, ["op", "record"]);
    case "present":
      return withPermissions(permissions, ["present"]);
    case "unpresent":
      return withoutPermissions(permissions, ["present"]);
    case "unshutup":
      return withPermissions(permissions, ["message"]);
    case "shutup":
      return withoutPermissions(permissions, ["message"]);
  }
}

/** Tells an operator where somebody connects from, and tells that person so. */
function identify(acting: Acting, dest: string, turn: Turn): void {
  const target = findTarget(acting, dest, turn, "client not found");
  if (target === undefined) return;
  const { client: id, username, address } = target;
  const value = { id, ...(username !== "" && { username }), address };
  turn.send(acting.actor.session, serverUserMessage("userinfo", value));
  turn.sendWarning(
    target,
    `Your IP address has been communicated to user ${acting.actor.username}.`,
  );
}

function toKick(
  acting: Acting,
  { dest, value }: UserAction,
  turn: Turn,
): Kick | undefined {
  const victim = findTarget(acting, dest, turn);
  const text = typeof value === "string" ? value : "";
  if (victim === undefined || isTooLong(text, acting.actor, turn)) {
    return undefined;
  }
  return { victim, text };
}

/** Lets a member change what it says of itself, and nobody else's. */
function setData(
  { group, actor }: Acting,
  { dest, value }: UserAction,
  turn: Turn,
): void {
  if (dest !== actor.client) return turn.sendError(actor, "not authorised");
  const changes = asJsonObject(value);
  if (changes === undefined) {
    return turn.sendError(actor, "Bad value in setdata");
  }
  const data = mergeData(actor.data, changes);
  if (data === undefined) {
    turn.countLimit("userData");
    return turn.sendError(actor, "data is too large");
  }
  actor.data = data;
  group.broadcast(toUser("change", actor), turn);
}

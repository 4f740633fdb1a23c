import type {
  ClientId,
  FlowId,
  GroupName,
  SessionId,
} from "../protocol/ids.ts";
import type { PublisherKey, SubscriberKey } from "../protocol/media_plane.ts";
import type { FlowTable } from "./flow_table.ts";
import type { Group } from "./group.ts";

/** A flow that a client publishes. */
export interface PublishedFlow {
  readonly id: FlowId;
  readonly publisher: PublisherKey;
}

/** A flow that a client gets. */
export interface ViewedFlow {
  readonly id: FlowId;
  readonly subscriber: SubscriberKey;
}

/** A client, what it publishes and what it views. */
export interface CensusClient {
  readonly id: ClientId;
  readonly up: readonly PublishedFlow[];
  readonly down: readonly ViewedFlow[];
}

/** A group and those who are in it. */
export interface CensusGroup {
  readonly name: GroupName;
  readonly clients: readonly CensusClient[];
}

/** Lists the groups that somebody is in, with all clients and flows; sorted. */
export function takeCensus(
  groups: readonly Group[],
  flows: FlowTable,
): CensusGroup[] {
  const up = new Map<SessionId, PublishedFlow[]>();
  const down = new Map<SessionId, ViewedFlow[]>();
  for (const { id, owner, publisher, subscriptions } of flows.all) {
    add(up, owner.session, { id, publisher });
    for (const subscriber of subscriptions) {
      const viewer = flows.viewerOf(subscriber);
      if (viewer !== undefined) add(down, viewer, { id, subscriber });
    }
  }
  return groups.filter(({ size }) => size > 0).map((group) => ({
    name: group.description.name,
    clients: group.members.map(({ client, session }) => ({
      id: client,
      up: (up.get(session) ?? []).sort(byId),
      down: (down.get(session) ?? []).sort(byId),
    })).sort(byId),
  })).sort((a, b) => a.name < b.name ? -1 : 1);
}

function add<T>(
  lists: Map<SessionId, T[]>,
  session: SessionId,
  value: T,
): void {
  const list = lists.get(session);
  if (list === undefined) lists.set(session, [value]);
  else list.push(value);
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

import type { FlowId, GroupName, SessionId } from "../protocol/ids.ts";
import type { PublisherKey } from "../protocol/media_plane.ts";
import type { PublishedFlow } from "./census.ts";
import { type Flow, isLive } from "./flow.ts";

/** Finds flows: by id, by the media plane's key, by owner, by group. */
export class FlowIndex {
  readonly #byId = new Map<FlowId, Flow>();
  readonly #byPublisher = new Map<PublisherKey, Flow>();

  /** How many flows there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** All flows, the oldest first; a copy, so that they can be removed meanwhile. */
  get all(): Flow[] {
    return [...this.#byId.values()];
  }

  /** The flow that holds an id. */
  get(id: FlowId): Flow | undefined {
    return this.#byId.get(id);
  }

  /** The flow that an event of the media plane is about. */
  getByPublisher(publisher: PublisherKey): Flow | undefined {
    return this.#byPublisher.get(publisher);
  }

  /** The flow that holds an id, if it is this client's to change. */
  getOwn(session: SessionId, id: FlowId): Flow | undefined {
    const flow = this.#byId.get(id);
    return flow?.owner.session === session && isLive(flow) ? flow : undefined;
  }

  /** All flows that are this client's to change. */
  allOwn(session: SessionId): Flow[] {
    return this.all.filter((flow) =>
      flow.owner.session === session && isLive(flow)
    );
  }

  /** The same, with what the media plane calls them. */
  publishedBy(session: SessionId): PublishedFlow[] {
    return this.allOwn(session)
      .map(({ id, publisher }) => ({ id, publisher }));
  }

  /** All flows in a group. */
  inGroup(group: GroupName | undefined): Flow[] {
    return this.all.filter((flow) => flow.group === group);
  }

  /** How many flows a client has, those included that it has replaced. */
  countOf(session: SessionId): number {
    return this.all.filter((flow) => flow.owner.session === session).length;
  }

  /** Adds a flow, whose id is free. */
  add(flow: Flow): void {
    if (this.#byId.has(flow.id)) {
      throw new Error(`Cannot add flow "${flow.id}": its id is held`);
    }
    this.#byId.set(flow.id, flow);
    this.#byPublisher.set(flow.publisher, flow);
  }

  /** Removes a flow, and frees its id. */
  delete(flow: Flow): void {
    this.#byId.delete(flow.id);
    this.#byPublisher.delete(flow.publisher);
  }
}

import type { ViewerKey } from "../../protocol/media_plane.ts";

/**
 * How many peers a worker may have before viewers of its groups go elsewhere.
 * Lower uses all processors for fewer people; higher copies fewer packets from
 * thread to thread.
 */
export const SPREAD_PEERS = 200;

/**
 * Which worker gets which group: all publishers of a group are in one, and a new
 * group goes to the worker that has the fewest peers. So are its viewers, until
 * the worker has many; then those who come go to another with less than half as
 * many. What one viewer gets of a group comes from one worker.
 *
 * Workers are numbered from 0.
 */
export class Placement {
  readonly #peers: number[];
  readonly #down = new Set<number>();
  readonly #spreadPeers: number;
  readonly #viewers = new Map<
    ViewerKey,
    { readonly worker: number; subscribers: number }
  >();
  readonly #groups = new Map<string, { worker: number; publishers: number }>();

  constructor(workerCount: number, spreadPeers: number = SPREAD_PEERS) {
    this.#spreadPeers = spreadPeers;
    this.#peers = new Array(workerCount).fill(0);
  }

  /** How many peers a worker has. */
  peersOf(worker: number): number {
    return this.#peers[worker] ?? 0;
  }

  /**
   * Finds the worker for one more publisher of a group, and counts it.
   *
   * @returns `undefined` if all workers are down
   */
  addPublisher(group: string): number | undefined {
    const place = this.#groups.get(group) ?? this.#newPlace();
    if (place === undefined) return undefined;
    this.#groups.set(group, place);
    place.publishers++;
    this.#peers[place.worker]!++;
    return place.worker;
  }

  /** A publisher is closed; after its last, a group may go anywhere. */
  removePublisher(group: string): void {
    const place = this.#groups.get(group);
    if (place === undefined) return;
    this.#peers[place.worker]!--;
    if (--place.publishers === 0) this.#groups.delete(group);
  }

  /**
   * Finds the worker for one more subscriber, and counts it.
   *
   * @param home the worker of what it is to watch
   */
  addSubscriber(viewer: ViewerKey, home: number): number {
    const known = this.#viewers.get(viewer);
    const worker = known?.worker ?? this.#workerFor(home);
    this.#viewers.set(viewer, {
      worker,
      subscribers: (known?.subscribers ?? 0) + 1,
    });
    this.#peers[worker]!++;
    return worker;
  }

  /** A subscriber is closed; after its last, a viewer may go anywhere. */
  removeSubscriber(viewer: ViewerKey, worker: number): void {
    this.#peers[worker]!--;
    const known = this.#viewers.get(viewer);
    if (known === undefined) return;
    if (--known.subscribers === 0) this.#viewers.delete(viewer);
  }

  /** A subscriber is in another worker than was thought. */
  moveSubscriber(from: number, to: number): void {
    this.#peers[from]!--;
    this.#peers[to]!++;
  }

  /** Whether a worker takes groups. */
  setUp(worker: number, isUp: boolean): void {
    if (isUp) this.#down.delete(worker);
    else this.#down.add(worker);
  }

  /** A worker is dead: it has no peers, and its groups may go anywhere. */
  clear(worker: number): void {
    this.#peers[worker] = 0;
    for (const [viewer, place] of this.#viewers) {
      if (place.worker === worker) this.#viewers.delete(viewer);
    }
    for (const [group, place] of this.#groups) {
      if (place.worker === worker) this.#groups.delete(group);
    }
  }

  #workerFor(home: number): number {
    if (this.peersOf(home) < this.#spreadPeers) return home;
    const idlest = this.#idlest();
    if (idlest === undefined) return home;
    return this.peersOf(idlest) * 2 < this.peersOf(home) ? idlest : home;
  }

  #newPlace(): { worker: number; publishers: number } | undefined {
    const idlest = this.#idlest();
    return idlest === undefined ? undefined : { worker: idlest, publishers: 0 };
  }

  #idlest(): number | undefined {
    let idlest: number | undefined;
    this.#peers.forEach((peers, worker) => {
      if (this.#down.has(worker)) return;
      if (idlest === undefined || peers < this.peersOf(idlest)) idlest = worker;
    });
    return idlest;
  }
}

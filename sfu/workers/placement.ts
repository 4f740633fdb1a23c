/**
 * Which worker gets which group: all peers of a group are in one, and a new
 * group goes to the worker that has the fewest peers.
 *
 * Workers are numbered from 0.
 */
export class Placement {
  readonly #peers: number[];
  readonly #down = new Set<number>();
  readonly #groups = new Map<string, { worker: number; publishers: number }>();

  constructor(workerCount: number) {
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

  /** A worker has one subscriber more or less. */
  countSubscriber(worker: number, change: 1 | -1): void {
    this.#peers[worker]! += change;
  }

  /** Whether a worker takes groups. */
  setUp(worker: number, isUp: boolean): void {
    if (isUp) this.#down.delete(worker);
    else this.#down.add(worker);
  }

  /** A worker is dead: it has no peers, and its groups may go anywhere. */
  clear(worker: number): void {
    this.#peers[worker] = 0;
    for (const [group, place] of this.#groups) {
      if (place.worker === worker) this.#groups.delete(group);
    }
  }

  #newPlace(): { worker: number; publishers: number } | undefined {
    let idlest: number | undefined;
    this.#peers.forEach((peers, worker) => {
      if (this.#down.has(worker)) return;
      if (idlest === undefined || peers < this.peersOf(idlest)) idlest = worker;
    });
    return idlest === undefined ? undefined : { worker: idlest, publishers: 0 };
  }
}

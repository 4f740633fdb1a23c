import type { SubscriberKey, ViewerKey } from "../protocol/media_plane.ts";
import type { Flow } from "./flow.ts";
import type { Selection } from "./selection.ts";
import type { Slot } from "./slot.ts";
import { Subscription } from "./subscription.ts";
import type { Turn } from "./turn.ts";

/** All peers towards viewers that the media plane has, by their keys. */
export class SubscriptionTable {
  #lastKey = 0;
  readonly #slots = new Map<SubscriberKey, Slot>();

  /** How many there are. */
  get size(): number {
    return this.#slots.size;
  }

  /** Opens a peer for a slot, which closes it. */
  open(slot: Slot, flow: Flow, selection: Selection, turn: Turn): Subscription {
    const key = ++this.#lastKey as SubscriberKey;
    this.#slots.set(key, slot);
    flow.subscriptions.add(key);
    // Each connection is a viewer of its own; media need not know whose.
    const viewer = slot.session as number as ViewerKey;
    const { tilePixels } = slot;
    const ends = { viewer, flow, tilePixels };
    return new Subscription(key, ends, selection, turn);
  }

  /** Closes a peer. What the plane still says of it finds no slot. */
  close({ key, flow }: Subscription, turn: Turn): void {
    this.#slots.delete(key);
    flow.subscriptions.delete(key);
    turn.command({ kind: "close-subscriber", subscriber: key });
  }

  /** The slot that an event of the plane is for. */
  slotOf(key: SubscriberKey): Slot | undefined {
    return this.#slots.get(key);
  }
}

import type { FlowId } from "../protocol/ids.ts";

/**
 * How many flow ids may be draining for one client before it is offered nothing
 * more. A client gets there only by never answering pings. Lower hurts clients
 * on slow links in busy groups; higher costs memory.
 */
const MAX_DRAINING = 256;

/**
 * Tells late answers of one client from answers to new offers.
 *
 * The protocol has no number that says which offer an answer answers. So if a
 * client's subscription ends while its offer is unanswered, an answer to it may
 * still come, and were the same flow offered again at once, it would pass for
 * the answer to that. Therefore a `ping` is sent right after the message that
 * ended the subscription, and the flow's id is *draining* for this client until
 * the `pong`: answers and aborts for it are swallowed, and it is not offered.
 * Messages stay in order, so what comes after the pong was said after the
 * client knew that the old subscription is gone.
 *
 * An answer does not end it earlier: the client might repeat that. Pongs come
 * in the order of pings, so it is enough to count all of them. A client that
 * never answers pings is offered less; nobody else notices.
 */
export class Fences {
  #pings = 0;
  #pongs = 0;
  readonly #draining = new Map<FlowId, number>();

  /** Whether answers for the id are late for certain. */
  isDraining(id: FlowId): boolean {
    return this.#draining.has(id);
  }

  /** Whether the client may be offered a flow with the id. */
  mayOffer(id: FlowId): boolean {
    return !this.isDraining(id) && this.#draining.size < MAX_DRAINING;
  }

  /** Notes that a ping is sent, for whatever reason. */
  countPing(): void {
    this.#pings++;
  }

  /** Lets an id drain; a ping is to be sent now, which this counts. */
  begin(id: FlowId): void {
    this.countPing();
    this.#draining.set(id, this.#pings);
  }

  /** Takes a pong; whether ids have ceased to drain by it. */
  handlePong(): boolean {
    if (this.#pongs === this.#pings) return false;
    this.#pongs++;
    const before = this.#draining.size;
    for (const [id, ping] of this.#draining) {
      if (ping <= this.#pongs) this.#draining.delete(id);
    }
    return this.#draining.size < before;
  }
}

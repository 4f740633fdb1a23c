import type { ServerMessage } from "../../protocol/server_message.ts";
import { type Ended, ProgramClient } from "./program_client.ts";

/** What became of an offer. */
export type OfferOutcome =
  | { readonly kind: "answered"; readonly sdp: string }
  | { readonly kind: "refused"; readonly text: string }
  | Ended;

/**
 * A client of a group that publishes one flow and does nothing else (WHIP). Its
 * flow has its own id.
 */
export class IngestClient extends ProgramClient {
  /** The offer that was answered last. */
  lastOffer = "";
  #offering:
    | { readonly sdp: string; resolve(outcome: OfferOutcome): void }
    | undefined;
  /** The flow was aborted; why is said in the next message. */
  #isAborted = false;

  /** Offers the flow, or offers it anew. One offer at a time. */
  offer(sdp: string): Promise<OfferOutcome> {
    if (this.isOver) return Promise.resolve({ kind: "ended" });
    if (this.#offering !== undefined) {
      return Promise.resolve({
        kind: "refused",
        text: "Another offer is being answered",
      });
    }
    const { promise, resolve } = Promise.withResolvers<OfferOutcome>();
    this.#offering = { sdp, resolve };
    const refusal = this.say({ type: "offer", id: this.id, label: "", sdp });
    if (refusal !== undefined) {
      this.#offered({ kind: "refused", text: refusal });
    }
    return promise;
  }

  protected override hear(message: ServerMessage): void {
    switch (message.type) {
      case "answer":
        return this.#offered({ kind: "answered", sdp: message.sdp });
      case "abort":
        this.#isAborted = true;
        return;
      case "renegotiate":
        // The path is lost for good: the server has waited long enough (D-35).
        return this.close();
      case "usermessage":
        if (this.#isAborted && message.kind === "error") {
          return this.#aborted(String(message.value));
        }
        return;
    }
  }

  protected override giveUp(): void {
    this.#offered({ kind: "ended" });
  }

  #offered(outcome: OfferOutcome): void {
    if (this.#offering === undefined) return;
    const { sdp, resolve } = this.#offering;
    this.#offering = undefined;
    if (outcome.kind === "answered") this.lastOffer = sdp;
    resolve(outcome);
  }

  /** An offer was refused, or the client may not publish any more. */
  #aborted(text: string): void {
    this.#isAborted = false;
    if (this.#offering === undefined) return this.close();
    this.#offered({ kind: "refused", text });
  }
}

import type { FlowId } from "../../protocol/ids.ts";
import type { ServerMessage } from "../../protocol/server_message.ts";
import type { OfferExchange } from "../../sfu/sdp/offer_exchange.ts";
import { SdpError } from "../../sfu/sdp/sdp_error.ts";
import type { SdpFragment } from "./sdp_fragment.ts";
import { type Ended, ProgramClient } from "./program_client.ts";

/**
 * How long the media plane may take for an offer, in milliseconds. Lower tells
 * a player sooner that the flow has just ended; higher is patient with a server
 * that has much to do.
 */
const OFFER_PATIENCE_MS = 10_000;

/** What became of the wish to play a flow, or of an ICE restart. */
export type PlayOutcome =
  | { readonly kind: "answered"; readonly sdp: string }
  /** Nothing of the flow fits what the player can do. */
  | { readonly kind: "refused"; readonly text: string }
  | Ended;

/**
 * A client of a group that plays one flow and does nothing else (WHEP). The
 * server offers it the flow as it offers it to everybody; the player has made an
 * offer as well, and {@linkcode OfferExchange} answers both.
 */
export class PlayerClient extends ProgramClient {
  #exchange: OfferExchange | undefined;
  #flow: FlowId | undefined;
  #waiting: ((outcome: PlayOutcome) => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks for a flow, once, and answers what the player has offered. */
  play(flow: FlowId, exchange: OfferExchange): Promise<PlayOutcome> {
    this.#flow = flow;
    this.#exchange = exchange;
    const promise = this.#wait();
    this.say({ type: "request", request: { "": [...exchange.kinds] } }, flow);
    return promise;
  }

  /** The player's ICE credentials. */
  get credentials(): SdpFragment | undefined {
    return this.#exchange?.credentials;
  }

  /** Restarts ICE with the player's new credentials. One restart at a time. */
  restart(credentials: SdpFragment): Promise<PlayOutcome> {
    if (this.#waiting !== undefined || this.#exchange === undefined) {
      const text = "Another restart is under way";
      return Promise.resolve({ kind: "refused", text });
    }
    this.#exchange.credentials = credentials;
    const promise = this.#wait();
    this.say({ type: "renegotiate", id: this.#flow });
    return promise;
  }

  protected override hear(message: ServerMessage): void {
    switch (message.type) {
      case "offer":
        return this.#answer(message.sdp);
      case "close": // the flow has ended, or another one has replaced it
        return this.close();
    }
  }

  protected override giveUp(): void {
    this.#settle({ kind: "ended" });
  }

  #wait(): Promise<PlayOutcome> {
    if (this.isOver) return Promise.resolve({ kind: "ended" });
    const { promise, resolve } = Promise.withResolvers<PlayOutcome>();
    this.#waiting = resolve;
    this.#timer = setTimeout(() => this.close(), OFFER_PATIENCE_MS);
    return promise;
  }

  /**
   * Answers the server in the player's name. What the player cannot be told,
   * because it did not ask, must not concern it: new tracks are rejected, and a
   * new path, as the server wants it when the old one is lost, ends the session.
   */
  #answer(offer: string): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    const isOtherPath = exchange.isOtherPath(offer);
    if (isOtherPath && this.#waiting === undefined) return this.close();
    try {
      const { toUs, toViewer } = exchange.meet(offer);
      this.say({ type: "answer", id: this.#flow, sdp: toUs });
      if (isOtherPath) this.#settle({ kind: "answered", sdp: toViewer });
    } catch (error) {
      if (!(error instanceof SdpError)) throw error;
      this.#settle({ kind: "refused", text: error.message });
      this.close();
    }
  }

  #settle(outcome: PlayOutcome): void {
    clearTimeout(this.#timer);
    this.#waiting?.(outcome);
    this.#waiting = undefined;
  }
}

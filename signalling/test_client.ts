import type { ClientMessage } from "../protocol/client_message.ts";
import type { ClientId, FlowId, SessionId } from "../protocol/ids.ts";
import type { ServerMessage, ServerOffer } from "../protocol/server_message.ts";

const NOBODY = { source: "", username: undefined };

/** Gives a message the claims that it may always have: none. */
export function unclaimed<M extends { readonly type: ClientMessage["type"] }>(
  message: M,
): M & { readonly claims: ClientMessage["claims"] } {
  return { ...message, claims: NOBODY };
}

/** A flow that a client has got. */
interface Received {
  /** Names its peer connection: another one for each time it is offered anew. */
  readonly peer: number;
  /** The offer that it has not answered. */
  unanswered: string | undefined;
}

/**
 * A client as the server sees it: messages to it wait until it reads them, and
 * messages from it until the network delivers them; both stay in order. It
 * behaves like Galène's library: it answers pings when it reads them, and each
 * offer at most once, at some time.
 */
export class TestClient {
  readonly session: SessionId;
  readonly name: ClientId;
  readonly inbox: ServerMessage[] = [];
  readonly outbox: ClientMessage[] = [];
  readonly received = new Map<FlowId, Received>();
  /** All answers ever given, for those who repeat themselves. */
  readonly answers: { readonly id: FlowId; readonly sdp: string }[] = [];
  isConnected = true;
  #lastPeer = 0;
  #lastVersion = 0;

  constructor(session: SessionId) {
    this.session = session;
    this.name = `client-${session}` as ClientId;
  }

  /** Whether it has offers that it has not answered. */
  get hasUnanswered(): boolean {
    return [...this.received.values()].some(({ unanswered }) =>
      unanswered !== undefined
    );
  }

  /** Says something; it arrives when the network delivers it. */
  say(message: ClientMessage): void {
    this.outbox.push(message);
  }

  /** Reads the next message. */
  read(): void {
    const message = this.inbox.shift();
    switch (message?.type) {
      case "ping":
        return this.say(unclaimed({ type: "pong" }));
      case "offer":
        return this.#receive(message);
      case "close":
        this.received.delete(message.id);
        return;
      case "renegotiate": {
        const { id } = message;
        const offer = { id, replace: undefined, label: "", sdp: "restart" };
        return this.say(unclaimed({ type: "offer", ...offer }));
      }
    }
  }

  /** Answers the nth of the offers that it has not answered. */
  answer(n: number, isGood: boolean): void {
    const waiting = [...this.received].filter(([, { unanswered }]) =>
      unanswered !== undefined
    );
    const [id, flow] = waiting[n % waiting.length] ?? [];
    if (id === undefined || flow === undefined) return;
    const origin = `o=- ${this.session}${flow.peer} ${++this.#lastVersion} IN`;
    const sdp = isGood
      ? `${origin}\nanswers ${flow.unanswered}`
      : `nonsense ${this.#lastVersion}`;
    flow.unanswered = undefined;
    this.answers.push({ id, sdp });
    this.say(unclaimed({ type: "answer", id, sdp }));
  }

  /** Refuses the nth of the flows that it has. */
  abort(n: number): void {
    const ids = [...this.received.keys()];
    const id = ids[n % ids.length];
    if (id === undefined) return;
    this.received.delete(id);
    this.say(unclaimed({ type: "abort", id }));
  }

  #receive({ id, replace, sdp }: ServerOffer): void {
    if (replace !== undefined) this.received.delete(replace);
    const known = this.received.get(id);
    if (known !== undefined) known.unanswered = sdp;
    else {
      this.received.set(id, { peer: ++this.#lastPeer, unanswered: sdp });
    }
  }
}

import { createLocalParameters } from "../../sfu/transport/ice_lite.ts";
import type { LocalParameters } from "../../sfu/transport/ports.ts";
import { systemRandomBytes } from "../../sfu/transport/random.ts";
import {
  decodeStun,
  isAuthentic,
  type StunMessage,
  StunType,
} from "../../sfu/transport/stun.ts";
import {
  type BindingRequest,
  encodeBindingRequest,
} from "../../sfu/transport/stun_encode.ts";

/** A host candidate's, RFC 8445 §5.1.2.1. */
const PRIORITY = 0x7e0000ff;
/** How long the agent waits before it repeats a check. */
const RETRANSMIT_MS = 100;
/** After how many tries a check has failed. */
const MAX_TRIES = 50;

/** A check under way. */
interface Transaction {
  readonly resolve: (response: StunMessage) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setInterval>;
}

/** The controlling side of ICE towards one address, for tests. */
export class TestIceAgent {
  local: LocalParameters = createLocalParameters(systemRandomBytes);
  remote: LocalParameters;
  readonly #send: (datagram: Uint8Array) => void;
  readonly #transactions = new Map<string, Transaction>();

  constructor(remote: LocalParameters, send: (datagram: Uint8Array) => void) {
    this.remote = remote;
    this.#send = send;
  }

  /** A Binding request of ours; `changes` say what is different about it. */
  request(changes: Partial<BindingRequest> = {}): BindingRequest {
    return {
      transactionId: systemRandomBytes(12),
      username: `${this.remote.iceUfrag}:${this.local.iceUfrag}`,
      priority: PRIORITY,
      useCandidate: false,
      role: "controlling",
      tieBreaker: systemRandomBytes(8),
      ...changes,
    };
  }

  /**
   * Checks, again and again until there is an authentic response.
   *
   * @throws {Error} if there is none, or the agent is closed
   */
  check(changes: Partial<BindingRequest> = {}): Promise<StunMessage> {
    const request = this.request(changes);
    const datagram = encodeBindingRequest(request, this.remote.icePwd);
    return new Promise((resolve, reject) => {
      const id = request.transactionId.toHex();
      let tries = 0;
      const attempt = () => {
        if (++tries <= MAX_TRIES) return this.#send(datagram);
        this.#take(id)?.reject(new Error("Cannot reach the server: no answer"));
      };
      const timer = setInterval(attempt, RETRANSMIT_MS);
      this.#transactions.set(id, { resolve, reject, timer });
      attempt();
    });
  }

  /** An ICE restart: new credentials on both sides (RFC 8445 §9). */
  restart(remote: LocalParameters): void {
    this.local = createLocalParameters(systemRandomBytes);
    this.remote = remote;
  }

  handleDatagram(datagram: Uint8Array): void {
    const message = decodeStun(datagram);
    if (message === undefined || message.type === StunType.request) return;
    if (!isAuthentic(datagram, message, this.remote.icePwd)) return;
    this.#take(message.transactionId.toHex())?.resolve(message);
  }

  close(): void {
    for (const id of [...this.#transactions.keys()]) {
      this.#take(id)?.reject(new Error("Cannot check: the agent is closed"));
    }
  }

  #take(id: string): Transaction | undefined {
    const transaction = this.#transactions.get(id);
    clearInterval(transaction?.timer);
    this.#transactions.delete(id);
    return transaction;
  }
}

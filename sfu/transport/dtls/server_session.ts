import type { Instant } from "../../../lib/time.ts";
import type { DtlsObserver, DtlsSession, Fingerprint } from "../ports.ts";
import {
  type Handshake,
  type HandshakeResult,
  type StartHandshake,
  toSrtpKeys,
} from "./handshake.ts";
import type { RecordKeys } from "./prf.ts";
import { openRecord } from "./record_cipher.ts";
import { ContentType, decodeRecords, type DtlsRecord } from "./records.ts";

/** RFC 5246 §7.2. */
const ALERT_FATAL = 2;
const ALERT_CLOSE_NOTIFY = 0;

type State =
  | { readonly kind: "handshaking"; readonly handshake: Handshake }
  | {
    readonly kind: "connected";
    readonly keys: RecordKeys;
    readonly lastFlight: readonly Uint8Array[];
  }
  | { readonly kind: "closed" };

/**
 * A session around a handshake of any adapter. After it only authentic records
 * count: a repeated Finished, which is answered, and alerts. The adapter's state
 * is let go by then, so that a connected peer keeps some keys and no more.
 */
export class DtlsServerSession implements DtlsSession {
  readonly #observer: DtlsObserver;
  #state: State;

  /** Begins at once; to be closed. */
  constructor(
    start: StartHandshake,
    expected: readonly Fingerprint[],
    observer: DtlsObserver,
  ) {
    this.#observer = observer;
    const handshake = start(expected, {
      handleFlight: (datagrams) => this.#send(datagrams),
      handleDone: (result) => this.#connect(result),
      handleFailed: (reason) => this.#fail(reason),
    });
    this.#state = { kind: "handshaking", handshake };
  }

  handleDatagram(datagram: Uint8Array): boolean {
    let used = false;
    for (const record of decodeRecords(datagram)) {
      used = this.#handleRecord(record) || used;
    }
    return used;
  }

  poll(now: Instant): void {
    if (this.#state.kind === "handshaking") this.#state.handshake.poll(now);
  }

  close(): void {
    if (this.#state.kind === "handshaking") this.#state.handshake.close();
    this.#state = { kind: "closed" };
  }

  #handleRecord(record: DtlsRecord): boolean {
    switch (this.#state.kind) {
      case "handshaking":
        return this.#state.handshake.handleRecord(record);
      case "connected": {
        const { keys, lastFlight } = this.#state;
        if (record.epoch !== 1) return false;
        const clear = openRecord(record, keys.clientKey, keys.clientSalt);
        if (clear === undefined) return false;
        if (record.type === ContentType.handshake) this.#send(lastFlight);
        else if (record.type === ContentType.alert) this.#handleAlert(clear);
        return true;
      }
      case "closed":
        return false;
    }
  }

  #handleAlert(alert: Uint8Array): void {
    const [level, description] = alert;
    if (description === ALERT_CLOSE_NOTIFY) {
      this.close();
      this.#observer.handleDtlsClosed();
    } else if (level === ALERT_FATAL) {
      this.#fail(`The DTLS client ended with alert ${description}`);
    }
  }

  #connect(result: HandshakeResult): void {
    const { keys, lastFlight } = result;
    this.#state = { kind: "connected", keys, lastFlight };
    this.#observer.handleDtlsConnected(toSrtpKeys(result));
  }

  #fail(reason: string): void {
    this.close();
    this.#observer.handleDtlsFailed(reason);
  }

  #send(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) this.#observer.handleDtlsOutput(datagram);
  }
}

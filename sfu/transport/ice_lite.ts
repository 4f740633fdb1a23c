import type { Instant } from "../../lib/time.ts";
import type { Endpoint, LocalParameters } from "./ports.ts";
import type { RandomBytes } from "./random.ts";
import { isAuthentic, type StunMessage } from "./stun.ts";
import type { BindingError } from "./stun_encode.ts";

/**
 * How many endpoints of one peer are remembered. Lower bounds memory; higher
 * takes more address pairs of a client with many interfaces.
 */
const MAX_ENDPOINTS = 16;

/** Multiples of 3, for base64; RFC 8445 §5.3 wants 24 and 128 bits at least. */
const UFRAG_BYTES = 6;
const PWD_BYTES = 18;

/** One pair of local credentials, and the remote ufrag that goes with it. */
interface Generation {
  readonly local: LocalParameters;
  /** `undefined` until the other side's SDP is here. */
  remoteUfrag: string | undefined;
}

/** Why a check has no effect. */
export type CheckRefusal = "stun-unknown-user" | "stun-unauthenticated";

/** What an accepted check changed. */
export interface CheckResult {
  /** An endpoint that had to make room. */
  readonly evicted: Endpoint | undefined;
  /** A local ufrag that is no longer good: the first check after a restart. */
  readonly retiredUfrag: string | undefined;
}

/** New local ICE credentials; base64 has just the letters of RFC 8839 §5.4. */
export function createLocalParameters(random: RandomBytes): LocalParameters {
  return {
    iceUfrag: random(UFRAG_BYTES).toBase64(),
    icePwd: random(PWD_BYTES).toBase64(),
  };
}

/**
 * The ICE-lite side of one peer (RFC 8445 §2.5): it answers checks, remembers
 * who passed one, and follows the other side's nomination. It never checks by
 * itself, so the other side's password is of no use to it.
 */
export class IceLite {
  #current: Generation;
  #previous: Generation | undefined;
  /** By the time of the last check, the oldest first. */
  readonly #passed = new Map<Endpoint, Instant>();
  #selected: Endpoint | undefined;
  #lastCheck: Instant | undefined;

  constructor(local: LocalParameters) {
    this.#current = { local, remoteUfrag: undefined };
  }

  /** What our SDP says. */
  get local(): LocalParameters {
    return this.#current.local;
  }

  /** The other side's ufrag by its latest SDP. */
  get remoteUfrag(): string | undefined {
    return this.#current.remoteUfrag;
  }

  /** The local ufrags that are good now. */
  get localUfrags(): string[] {
    const { local } = this.#current;
    return this.#previous
      ? [local.iceUfrag, this.#previous.local.iceUfrag]
      : [local.iceUfrag];
  }

  /**
   * Where to send: the latest nominated endpoint, or before there is one, the
   * first that passed a check.
   */
  get selected(): Endpoint | undefined {
    return this.#selected;
  }

  /** All that passed a check and are not forgotten. */
  get endpoints(): Iterable<Endpoint> {
    return this.#passed.keys();
  }

  /** When a check last passed; consent is counted from here (RFC 7675 §5.1). */
  get lastCheck(): Instant | undefined {
    return this.#lastCheck;
  }

  /** The other side's ufrag is known. Checks before that were good, too. */
  setRemote(ufrag: string): void {
    this.#current.remoteUfrag = ufrag;
  }

  /** New credentials; the old ones are good until a check with the new. */
  restart(local: LocalParameters): string | undefined {
    const retired = this.#previous?.local.iceUfrag;
    this.#previous = this.#current;
    this.#current = { local, remoteUfrag: undefined };
    return retired;
  }

  /**
   * Whether a request is from somebody who has our password, and so the SDP. Its
   * result goes to {@linkcode accept}. Nothing changes.
   *
   * A refused request gets no response at all, not even the 400 or 401 of RFC
   * 8489 §9.1.3: this port shall not answer strangers.
   */
  authenticate(
    datagram: Uint8Array,
    message: StunMessage,
  ): LocalParameters | CheckRefusal {
    const [local, remote, ...more] = message.username?.split(":") ?? [];
    const generation = [this.#current, this.#previous]
      .find((one) => one?.local.iceUfrag === local);
    if (!generation || remote === undefined || more.length > 0) {
      return "stun-unknown-user";
    }
    const { remoteUfrag } = generation;
    if (remoteUfrag !== undefined && remoteUfrag !== remote) {
      return "stun-unknown-user";
    }
    return isAuthentic(datagram, message, generation.local.icePwd)
      ? generation.local
      : "stun-unauthenticated";
  }

  /** An authentic check: remembers where it came from, and follows it. */
  accept(
    message: StunMessage,
    credentials: LocalParameters,
    from: Endpoint,
    now: Instant,
  ): CheckResult {
    this.#lastCheck = now;
    this.#passed.delete(from);
    this.#passed.set(from, now);
    if (message.useCandidate) this.#selected = from;
    else this.#selected ??= from;
    let retiredUfrag;
    if (this.#previous && credentials === this.#current.local) {
      retiredUfrag = this.#previous.local.iceUfrag;
      this.#previous = undefined;
    }
    return { evicted: this.#evict(), retiredUfrag };
  }

  /** An endpoint is not this peer's any more. */
  forget(endpoint: Endpoint): void {
    this.#passed.delete(endpoint);
    if (this.#selected !== endpoint) return;
    this.#selected = [...this.#passed.keys()].at(-1);
  }

  #evict(): Endpoint | undefined {
    if (this.#passed.size <= MAX_ENDPOINTS) return undefined;
    for (const endpoint of this.#passed.keys()) {
      if (endpoint === this.#selected) continue;
      this.#passed.delete(endpoint);
      return endpoint;
    }
    return undefined;
  }
}

/**
 * What is wrong with an authentic check, if anything. We are lite, so always
 * controlled: who says to be controlled, too, is told so (RFC 8445 §7.3.1.1).
 */
export function checkError(message: StunMessage): BindingError | undefined {
  const { unknownRequired } = message;
  if (unknownRequired.length > 0) {
    return { code: 420, unknown: unknownRequired };
  }
  return message.role === "controlled" ? { code: 487 } : undefined;
}

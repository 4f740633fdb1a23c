/**
 * All peers of one port: tells datagrams apart and hands them on.
 *
 * @module
 */
import type { Clock } from "../../lib/time.ts";
import type {
  AnnouncedAddress,
  DatagramSocket,
  DtlsProvider,
  SrtpProvider,
  TransportHub,
} from "./ports.ts";
import type { RandomBytes } from "./random.ts";

/** What a hub is made of. */
export interface TransportHubOptions {
  /** Taken over: closed with the hub. */
  readonly socket: DatagramSocket;
  /** Shared; stays open when the hub closes. */
  readonly dtls: DtlsProvider;
  readonly srtp: SrtpProvider;
  /** The host candidates, see `announcedAddresses` in `addresses.ts`. */
  readonly announced: readonly AnnouncedAddress[];
  /** For ICE names and passwords. */
  readonly random: RandomBytes;
  readonly clock: Clock;
  /** Told of every exception that a peer's observer threw; for the log. */
  readonly onError: (error: unknown) => void;
}

/** Opens a hub on a socket, and starts to receive. */
export declare function openTransportHub(
  options: TransportHubOptions,
): TransportHub;

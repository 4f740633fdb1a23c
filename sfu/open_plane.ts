import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import type { MediaPlane, PlaneEvent } from "../protocol/media_plane.ts";
import { Plane } from "./plane.ts";
import type { RelayEvent } from "./relay/relay_messages.ts";
import { Relays } from "./relay/relays.ts";
import { announcedAddresses, machineAddresses } from "./transport/addresses.ts";
import { openTransportHub } from "./transport/hub.ts";
import type { MediaPorts } from "./transport/native/choose_ports.ts";
import type { AnnouncedAddress } from "./transport/ports.ts";
import { systemRandomBytes } from "./transport/random.ts";
import {
  alsoOverTcp,
  openMediaSocket,
} from "./transport/tcp/open_media_socket.ts";

/**
 * How often the plane does what is due, in milliseconds. Lower asks sooner for
 * lost packets; higher costs less while nothing happens.
 */
const POLL_INTERVAL_MS = 10;

/** What a plane on a real port needs. */
export interface OpenPlaneOptions {
  /** The address to bind: `::` is all, IPv4 included. */
  readonly hostname: string;
  /** The UDP port, and TCP port; 0 for any. */
  readonly port: number;
  /** TCP ports that something else of ours has: see `openMediaSocket`. */
  readonly reservedTcpPorts: readonly number[];
  /** Announced instead of the machine's own, if there are any. */
  readonly publicAddresses: readonly string[];
  /** Shared with other planes; stay open when the plane closes. */
  readonly ports: MediaPorts;
  readonly clock: Clock;
  readonly log: Log;
  /** Called within `handle()` too: not to be re-entered. */
  readonly onEvent: (event: PlaneEvent) => void;
  /** Told of publishers of other threads that this one has been given. */
  readonly onRelay?: (event: RelayEvent) => void;
}

/** A plane on a port of its own. */
export interface OpenPlane extends MediaPlane {
  /** The port that is bound. */
  readonly port: number;
  readonly candidates: readonly AnnouncedAddress[];
  /** What it shares with other threads. */
  readonly relays: Relays;
}

/**
 * Opens the media plane in this thread: a port and a timer.
 *
 * @throws {Deno.errors.AddrInUse} if another program has the port
 * @throws {RangeError} if a public address is none
 */
export function openPlane(options: OpenPlaneOptions): OpenPlane {
  const { clock, log, publicAddresses, ports } = options;
  const onError = (error: unknown) => log.error("bug in media", { error });
  const { openSocket } = ports;
  const { socket, hasTcp } = openMediaSocket({ ...options, openSocket });
  try {
    const addresses = announcedAddresses({
      machine: machineAddresses(),
      publicAddresses,
      host: socket.host,
      port: socket.port,
      // Two browsers on a laptop without a network should find each other.
      loopback: publicAddresses.length > 0 ? "if-alone" : "last",
    });
    const hub = openTransportHub({
      socket,
      dtls: ports.dtls,
      srtp: ports.srtp,
      announced: hasTcp ? alsoOverTcp(addresses) : addresses,
      random: systemRandomBytes,
      clock,
      onError,
    });
    const plane = new Plane({
      hub,
      random: systemRandomBytes,
      clock,
      onEvent: options.onEvent,
      onError,
    });
    const relays = new Relays(plane, options.onRelay ?? (() => {}));
    return new TimedPlane(plane, relays, socket.port, hub.candidates);
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Polls a plane while it has peers: an idle server sleeps. */
class TimedPlane implements OpenPlane {
  readonly port: number;
  readonly candidates: readonly AnnouncedAddress[];
  readonly relays: Relays;
  readonly #plane: Plane;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    plane: Plane,
    relays: Relays,
    port: number,
    candidates: readonly AnnouncedAddress[],
  ) {
    this.#plane = plane;
    this.relays = relays;
    this.port = port;
    this.candidates = candidates;
  }

  handle: MediaPlane["handle"] = (command) => {
    this.#plane.handle(command);
    if (this.#plane.isEmpty) return;
    this.#timer ??= setInterval(() => this.#poll(), POLL_INTERVAL_MS);
  };

  close(): Promise<void> {
    this.#sleep();
    this.relays.close();
    return this.#plane.close();
  }

  #poll(): void {
    this.#plane.poll();
    if (this.#plane.isEmpty) this.#sleep();
  }

  #sleep(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

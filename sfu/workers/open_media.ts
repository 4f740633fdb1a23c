import type { Log } from "../../lib/log.ts";
import type { Clock } from "../../lib/time.ts";
import type { MediaPlane, PlaneEvent } from "../../protocol/media_plane.ts";
import { openPlane } from "../open_plane.ts";
import { openPorts, type PortSet } from "../transport/native/choose_ports.ts";
import { openMediaWorkers } from "./media_workers.ts";

/** What media is opened with. */
export interface OpenMediaOptions {
  /** How many threads of its own it has; 0: it runs in this one. */
  readonly workers: number;
  /** What a thread runs: it calls `servePlane()`. */
  readonly module: URL;
  /** The address to bind: `::` is all, IPv4 included. */
  readonly hostname: string;
  /** The UDP and TCP port of the first worker; the others have those after it. 0: any. */
  readonly port: number;
  /** Announced instead of the machine's own, if there are any. */
  readonly publicAddresses: readonly string[];
  /** TCP ports that something else of ours has: no media over TCP is there. */
  readonly reservedTcpPorts: readonly number[];
  readonly portSet: PortSet;
  readonly clock: Clock;
  readonly log: Log;
  /** See {@linkcode MediaWorkersOptions}. */
  readonly spreadPeers?: number;
  /** See {@linkcode WorkerThreadOptions}. */
  readonly pingIntervalMs?: number;
}

/** All of media, in however many threads. */
export interface Media {
  /** The ports, UDP and TCP, that must be reachable. */
  readonly ports: readonly number[];
  /** The plane; its events go to the function given. To be called once. */
  attach(onEvent: (event: PlaneEvent) => void): MediaPlane;
  /** Idempotent, and the same as the plane's. */
  close(): Promise<void>;
}

/**
 * Opens media in threads of its own, or in this one. To be closed.
 *
 * @throws {WorkerOpenError} if a worker cannot open its port
 * @throws {Deno.errors.AddrInUse} if this thread cannot
 * @throws {RangeError} if a public address is none
 */
export async function openMedia(options: OpenMediaOptions): Promise<Media> {
  if (options.workers === 0) return await openHere(options);
  const workers = await openMediaWorkers({
    ...options,
    count: options.workers,
  });
  return {
    ports: workers.ports,
    attach(onEvent) {
      workers.attach(onEvent);
      return workers;
    },
    close: () => workers.close(),
  };
}

async function openHere(
  { portSet, ...options }: OpenMediaOptions,
): Promise<Media> {
  const ports = await openPorts(portSet);
  let tell: (event: PlaneEvent) => void = () => {};
  const plane = openPlane({
    ...options,
    ports,
    onEvent: (event) => tell(event),
  });
  const close = async () => {
    await plane.close();
    ports.dtls.close();
  };
  return {
    ports: [plane.port],
    attach(onEvent) {
      tell = onEvent;
      return { handle: (command) => plane.handle(command), close };
    },
    close,
  };
}

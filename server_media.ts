/**
 * Opens media as the command line says, and explains why that does not work.
 *
 * @module
 */
import type { ServeOptions } from "./cli/serve_options.ts";
import { UsageError } from "./cli/usage_error.ts";
import { ListenError } from "./http/listeners.ts";
import type { Log } from "./lib/log.ts";
import type { Clock } from "./lib/time.ts";
import { choosePortSet } from "./sfu/transport/native/choose_ports.ts";
import { type Media, openMedia } from "./sfu/workers/open_media.ts";
import { WorkerOpenError } from "./sfu/workers/worker_thread.ts";

/**
 * Opens the media plane, in as many threads as the command line says.
 *
 * @throws {ListenError} if a port cannot be had
 * @throws {UsageError} if a public address is none
 */
export async function openServerMedia(
  options: ServeOptions,
  clock: Clock,
  log: Log,
): Promise<Media> {
  const { mediaPort, mediaWorkers, publicAddresses, http, https } = options;
  const portSet = choosePortSet(options.native, log);
  try {
    const media = await openMedia({
      workers: mediaWorkers,
      module: new URL("./media_worker.ts", import.meta.url),
      hostname: "::",
      port: mediaPort,
      publicAddresses,
      reservedTcpPorts: [http, https].flatMap((place) =>
        place !== undefined && "port" in place ? [place.port] : []
      ),
      portSet,
      clock,
      log,
    });
    log.info("Media", { workers: mediaWorkers, ports: media.ports.join() });
    return media;
  } catch (error) {
    const reason = error instanceof WorkerOpenError ? error.reason : undefined;
    if (error instanceof RangeError || reason === "bad-address") {
      throw new UsageError((error as Error).message);
    }
    const isInUse = error instanceof Deno.errors.AddrInUse ||
      reason === "in-use";
    const why = isInUse
      ? "another program uses it, perhaps another Nereid"
      : String(error);
    const last = mediaPort + Math.max(1, mediaWorkers) - 1;
    const ports = last > mediaPort
      ? `one of the UDP ports ${mediaPort} to ${last}`
      : `UDP port ${mediaPort}`;
    throw new ListenError(
      `Cannot listen on ${ports}: ${why}. Choose others with --media-port or --media-workers`,
      { cause: error },
    );
  }
}

import { assertNever } from "../../lib/assert_never.ts";
import type { Log, LogFields, LogLevel } from "../../lib/log.ts";
import type { Clock } from "../../lib/time.ts";
import { type OpenPlane, openPlane } from "../open_plane.ts";
import {
  type MediaPorts,
  openPorts,
} from "../transport/native/choose_ports.ts";
import type {
  FromWorker,
  ToWorker,
  WorkerPlaneOptions,
} from "./worker_messages.ts";

/** The part of a worker's global scope that is used here. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
}

/** What is open in a worker. */
interface Opened {
  readonly plane: OpenPlane;
  readonly ports: MediaPorts;
}

/**
 * Runs a media plane in a worker: carries out what the main thread says, and
 * tells it what happens. The worker lasts until the main thread ends it.
 */
export function servePlane(scope: WorkerScope, clock: Clock): void {
  const say = (message: FromWorker) => scope.postMessage(message);
  const log = postingLog(say);
  let opened: Opened | undefined;
  const handle = async (message: ToWorker) => {
    switch (message.kind) {
      case "open":
        opened = await open(message.options, clock, log, say);
        return;
      case "command":
        return opened?.plane.handle(message.command);
      case "relay":
        return opened?.plane.relays.handle(message.command);
      case "ping":
        return say({ kind: "pong" });
      case "close":
        await opened?.plane.close();
        opened?.ports.dtls.close();
        return say({ kind: "closed" });
      default:
        assertNever(message);
    }
  };
  scope.onmessage = ({ data }) => {
    handle(data).catch((error) => log.error("bug in media", { error }));
  };
}

/** Opens the plane and says so; `undefined` if it cannot be opened. */
async function open(
  { portSet, ...options }: WorkerPlaneOptions,
  clock: Clock,
  log: Log,
  say: (message: FromWorker) => void,
): Promise<Opened | undefined> {
  try {
    const ports = await openPorts(portSet);
    const onEvent: Parameters<typeof openPlane>[0]["onEvent"] = (event) =>
      say({ kind: "event", event });
    const plane = openPlane({
      ...options,
      ports,
      clock,
      log,
      onEvent,
      onRelay: (event) => say({ kind: "relay", event }),
    });
    say({ kind: "opened", port: plane.port });
    return { plane, ports };
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "in-use"
      : error instanceof RangeError
      ? "bad-address"
      : "other";
    const text = error instanceof Error ? error.message : String(error);
    say({ kind: "not-opened", reason, text });
    return undefined;
  }
}

function postingLog(say: (message: FromWorker) => void): Log {
  const at = (level: LogLevel) => (text: string, fields: LogFields = {}) =>
    say({ kind: "log", level, text, fields: toTexts(fields) });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}

function toTexts(fields: LogFields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        key,
        value instanceof Error ? value.stack ?? value.message : String(value),
      ]),
  );
}

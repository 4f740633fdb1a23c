/**
 * What the main thread and a media worker say to each other. All plain values.
 *
 * @module
 */
import type { LogLevel } from "../../lib/log.ts";
import type { MediaCommand, PlaneEvent } from "../../protocol/media_plane.ts";
import type { RelayCommand, RelayEvent } from "../relay/relay_messages.ts";
import type { PortSet } from "../transport/native/choose_ports.ts";

/** What a worker's plane is opened with. */
export interface WorkerPlaneOptions {
  readonly hostname: string;
  /** The UDP port, and TCP port; 0 for any. */
  readonly port: number;
  /** TCP ports that something else of ours has. */
  readonly reservedTcpPorts: readonly number[];
  readonly publicAddresses: readonly string[];
  /** Chosen by the main thread, for all. */
  readonly portSet: PortSet;
}

/** From the main thread to a worker. */
export type ToWorker =
  /** The first. */
  | { readonly kind: "open"; readonly options: WorkerPlaneOptions }
  | { readonly kind: "command"; readonly command: MediaCommand }
  | { readonly kind: "relay"; readonly command: RelayCommand }
  /** To be answered, as a sign of life. */
  | { readonly kind: "ping" }
  /** The last: to close everything and say so. */
  | { readonly kind: "close" };

/** From a worker to the main thread. */
export type FromWorker =
  | { readonly kind: "opened"; readonly port: number }
  /** It cannot open its plane, and waits to be ended. */
  | {
    readonly kind: "not-opened";
    readonly reason: "in-use" | "bad-address" | "other";
    readonly text: string;
  }
  | { readonly kind: "event"; readonly event: PlaneEvent }
  | { readonly kind: "relay"; readonly event: RelayEvent }
  | { readonly kind: "pong" }
  | {
    readonly kind: "log";
    readonly level: LogLevel;
    readonly text: string;
    /** As text, for not everything can be sent. */
    readonly fields: Readonly<Record<string, string>>;
  }
  | { readonly kind: "closed" };

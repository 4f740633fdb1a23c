import type { DatagramSocket } from "./ports.ts";

/** Where to listen. */
export interface DatagramSocketOptions {
  /** `::` takes both families, and becomes `0.0.0.0` where there is no IPv6. */
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Opens a UDP port with Deno's own datagram API: works everywhere. */
export declare function openDenoDatagramSocket(
  options: DatagramSocketOptions,
): DatagramSocket;

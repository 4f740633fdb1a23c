/**
 * What the load generator calls of the C library besides what the native ports
 * do: precise sleep and the clock by which the system stamps datagrams.
 *
 * @module
 */
import { openLibrary } from "../../sfu/transport/native/libraries.ts";

const SYMBOLS = {
  clock_gettime: { parameters: ["i32", "usize"], result: "i32" },
  /** Waits for a time, and for nothing else. */
  nanosleep: { parameters: ["usize", "usize"], result: "i32" },
} as const;

/** Opens them. */
export function openLoadLibc() {
  return openLibrary("libc.so.6", SYMBOLS);
}

/** The functions. */
export type LoadLibc = ReturnType<typeof openLoadLibc>;

/** Constants of Linux that are the same on x86-64 and arm64. */
export const LoadLinux = {
  CLOCK_REALTIME: 0,
  SOL_IP: 0,
  IP_PKTINFO: 8,
  SO_TIMESTAMPNS: 35,
} as const;

import { type Functions, openLibrary } from "./libraries.ts";

/**
 * Addresses are `usize`, and passed as `bigint`s that are there already, or that
 * are loaded from a `BigUint64Array`: then V8 makes no object for them, and calls
 * the function at once. None of these functions takes more or fewer arguments by their values,
 * because those are called in another way on some machines.
 */
const SYMBOLS = {
  setsockopt: {
    parameters: ["i32", "i32", "i32", "usize", "u32"],
    result: "i32",
  },
  getsockopt: {
    parameters: ["i32", "i32", "i32", "usize", "usize"],
    result: "i32",
  },
  getsockname: { parameters: ["i32", "usize", "usize"], result: "i32" },
  recvmmsg: {
    parameters: ["i32", "usize", "u32", "i32", "usize"],
    result: "i32",
  },
  sendmmsg: { parameters: ["i32", "usize", "u32", "i32"], result: "i32" },
  /** For reading what lies outside of our memory. */
  memcpy: { parameters: ["usize", "usize", "usize"], result: "void" },
  /** With a size of 0: tells where a buffer is, for it returns the first. */
  locate: {
    name: "memcpy",
    parameters: ["buffer", "buffer", "usize"],
    result: "usize",
  },
  __errno_location: { parameters: [], result: "usize" },
} as const;

/** The functions of the C library that the native ports call. */
export type Libc = Functions<typeof SYMBOLS>;

/**
 * Opens the C library.
 *
 * @throws {LibraryError} if it cannot be had
 */
export function openLibc(): Libc {
  return openLibrary("libc.so.6", SYMBOLS);
}

/** Constants of Linux that are the same on x86-64 and arm64. */
export const Linux = {
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_DGRAM: 2,
  SOL_SOCKET: 1,
  SO_TYPE: 3,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  /** The same beyond the system's limit, for root only. */
  SO_SNDBUFFORCE: 32,
  SO_RCVBUFFORCE: 33,
  SOL_UDP: 17,
  UDP_SEGMENT: 103,
  MSG_DONTWAIT: 0x40,
} as const;

/** Error numbers of Linux that make a difference. */
export const Errno = { EINTR: 4, EAGAIN: 11 } as const;

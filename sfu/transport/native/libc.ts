import { type Functions, openLibrary } from "./libraries.ts";

/**
 * Addresses are `usize` and passed as numbers: no pointer object is made per
 * call. None of these functions takes more or fewer arguments by their values,
 * because those are called in another way on some machines.
 */
const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "usize", "u32"],
    result: "i32",
  },
  bind: { parameters: ["i32", "usize", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "usize", "usize"], result: "i32" },
  recvmmsg: {
    parameters: ["i32", "usize", "u32", "i32", "usize"],
    result: "i32",
  },
  sendmmsg: { parameters: ["i32", "usize", "u32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  eventfd_write: { parameters: ["i32", "u64"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "usize"], result: "i32" },
  epoll_wait: {
    parameters: ["i32", "usize", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  malloc: { parameters: ["usize"], result: "usize" },
  free: { parameters: ["usize"], result: "void" },
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
  SOCK_NONBLOCK: 0o4000,
  SOCK_CLOEXEC: 0o2000000,
  SOL_SOCKET: 1,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  /** The same beyond the system's limit, for root only. */
  SO_SNDBUFFORCE: 32,
  SO_RCVBUFFORCE: 33,
  IPPROTO_IPV6: 41,
  IPV6_V6ONLY: 26,
  SOL_UDP: 17,
  UDP_SEGMENT: 103,
  MSG_DONTWAIT: 0x40,
  EFD_NONBLOCK: 0o4000,
  EFD_CLOEXEC: 0o2000000,
  EPOLL_CLOEXEC: 0o2000000,
  EPOLL_CTL_ADD: 1,
  EPOLL_CTL_MOD: 3,
  EPOLLIN: 1,
  EPOLLOUT: 4,
} as const;

/** Error numbers of Linux that make a difference. */
export const Errno = {
  EINTR: 4,
  EAGAIN: 11,
  EACCES: 13,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
} as const;

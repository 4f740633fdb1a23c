import { writeAddress } from "./endpoint_slots.ts";
import { Errno, type Libc, Linux } from "./libc.ts";
import type { NativeMemory } from "./native_memory.ts";

/**
 * How much the system may keep for us, in bytes. Lower loses packets while we
 * are busy; higher takes that much of the system's memory under load.
 */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** Room for any arguments of one call. */
const SCRATCH_BYTES = 32;

/** The calls that open a UDP port, and what they share. */
export class UdpSyscalls {
  readonly libc: Libc;
  readonly memory: NativeMemory;
  /** Room for the arguments of one call. */
  readonly scratch: number;

  /** How much memory an object of this class allocates, with padding. */
  static readonly memoryBytes = 2 * SCRATCH_BYTES;

  constructor(libc: Libc, memory: NativeMemory) {
    this.libc = libc;
    this.memory = memory;
    this.scratch = memory.allocate(2 * SCRATCH_BYTES);
  }

  /** Why the call before failed. To be read right after it. */
  errno(): number {
    const at = this.scratch + SCRATCH_BYTES;
    this.libc.memcpy(this.memory.base + at, this.libc.__errno_location(), 4);
    return this.memory.u32(at);
  }

  /**
   * Opens a nonblocking socket on an address. A socket for IPv6 takes IPv4 too
   * if it is bound to all addresses.
   *
   * @returns the file descriptor
   * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.listenDatagram`
   */
  open(family: number, address: Uint8Array, port: number): number {
    const { libc, memory } = this;
    const type = Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
    const fd = libc.socket(family, type, 0);
    if (fd < 0) throw toError("open a UDP socket", this.errno());
    this.#enlarge(fd);
    if (family === Linux.AF_INET6) {
      this.#setOption(fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, 0);
    }
    const size = writeAddress(
      memory.bytes,
      this.scratch,
      family,
      address,
      port,
    );
    if (libc.bind(fd, memory.base + this.scratch, size) !== 0) {
      const errno = this.errno();
      libc.close(fd);
      throw toError("bind a UDP socket", errno);
    }
    return fd;
  }

  /** Where the bound address is in memory, until the next call of ours. */
  boundAddress(fd: number): number {
    const sizeAt = this.scratch + SCRATCH_BYTES;
    this.memory.setU32(sizeAt, SCRATCH_BYTES);
    const { base } = this.memory;
    if (this.libc.getsockname(fd, base + this.scratch, base + sizeAt) !== 0) {
      throw toError("name a UDP socket", this.errno());
    }
    return this.scratch;
  }

  /** Whether the system cuts one message into datagrams (Linux 4.18 and later). */
  canSegment(fd: number): boolean {
    return this.#setOption(fd, Linux.SOL_UDP, Linux.UDP_SEGMENT, 0);
  }

  /** As much as root gets, or else as much as the system's limit allows. */
  #enlarge(fd: number): void {
    const size = SOCKET_BUFFER_BYTES;
    for (
      const [forced, usual] of [
        [Linux.SO_RCVBUFFORCE, Linux.SO_RCVBUF],
        [Linux.SO_SNDBUFFORCE, Linux.SO_SNDBUF],
      ] as const
    ) {
      if (this.#setOption(fd, Linux.SOL_SOCKET, forced, size)) continue;
      this.#setOption(fd, Linux.SOL_SOCKET, usual, size);
    }
  }

  #setOption(fd: number, level: number, name: number, value: number): boolean {
    this.memory.setU32(this.scratch, value);
    const at = this.memory.base + this.scratch;
    return this.libc.setsockopt(fd, level, name, at, 4) === 0;
  }
}

/** The error that Deno's own sockets would throw. */
export function toError(what: string, errno: number): Error {
  const text = `Cannot ${what}: error ${errno}`;
  switch (errno) {
    case Errno.EADDRINUSE:
      return new Deno.errors.AddrInUse(`${text}, the address is in use`);
    case Errno.EADDRNOTAVAIL:
      return new Deno.errors.AddrNotAvailable(`${text}, no such address here`);
    case Errno.EACCES:
      return new Deno.errors.PermissionDenied(`${text}, not allowed`);
    default:
      return new Error(text);
  }
}

import { readAddress } from "./endpoint_slots.ts";
import { type Libc, Linux } from "./libc.ts";
import type { NativeMemory } from "./native_memory.ts";

/**
 * How much the system may keep for us, in bytes. Lower loses packets while we
 * are busy; higher takes that much of the system's memory under load.
 */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** Room for any arguments of one call. */
const SCRATCH_BYTES = 32;

/** How far descriptors are looked through: a server may have that many. */
const MAX_DESCRIPTOR = 65_536;

/** The calls that find and prepare a UDP socket, and what they share. */
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
    this.libc
      .memcpy(this.memory.address(at), this.libc.__errno_location(), 4n);
    return this.memory.u32(at);
  }

  /**
   * The descriptor of a UDP socket of this process by its bound address, or -1.
   * Deno does not tell it.
   */
  find(host: string, port: number): number {
    for (let fd = 0; fd < MAX_DESCRIPTOR; fd++) {
      const name = this.#name(fd);
      const found = name?.host === host && name.port === port &&
        this.#option(fd, Linux.SOL_SOCKET, Linux.SO_TYPE) === Linux.SOCK_DGRAM;
      if (found) return fd;
    }
    return -1;
  }

  /** The family of a socket's address. */
  family(fd: number): number {
    return this.#name(fd) === undefined
      ? -1
      : this.memory.u32(this.scratch) & 0xffff;
  }

  /** Whether the system cuts one message into datagrams (Linux 4.18 and later). */
  canSegment(fd: number): boolean {
    return this.#setOption(fd, Linux.SOL_UDP, Linux.UDP_SEGMENT, 0);
  }

  /** As much as root gets, or else as much as the system's limit allows. */
  enlarge(fd: number): void {
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

  /** The bound address of an internet socket; leaves its bytes in the scratch. */
  #name(fd: number): { host: string; port: number } | undefined {
    const { memory, libc, scratch } = this;
    const sizeAt = scratch + SCRATCH_BYTES;
    memory.setU32(sizeAt, SCRATCH_BYTES);
    const result = libc
      .getsockname(fd, memory.address(scratch), memory.address(sizeAt));
    if (result !== 0) return;
    const family = memory.u32(scratch) & 0xffff;
    const known = family === Linux.AF_INET || family === Linux.AF_INET6;
    return known ? readAddress(memory.bytes, scratch) : undefined;
  }

  #option(fd: number, level: number, name: number): number {
    const { memory, libc, scratch } = this;
    const sizeAt = scratch + SCRATCH_BYTES;
    memory.setU32(sizeAt, 4);
    const value = memory.address(scratch);
    const result = libc
      .getsockopt(fd, level, name, value, memory.address(sizeAt));
    return result === 0 ? memory.u32(scratch) : -1;
  }

  #setOption(fd: number, level: number, name: number, value: number): boolean {
    this.memory.setU32(this.scratch, value);
    const at = this.memory.address(this.scratch);
    return this.libc.setsockopt(fd, level, name, at, 4) === 0;
  }
}

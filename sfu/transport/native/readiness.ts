import { type Libc, Linux } from "./libc.ts";
import { toError, type UdpSyscalls } from "./udp_syscalls.ts";

/** Room for a `struct epoll_event`, which is 12 or 16 bytes by machine. */
const EVENT_BYTES = 16;

/**
 * How long one wait lasts at most, in milliseconds: so long a thread of a worker
 * that was terminated goes on. Lower ends it sooner; higher wakes less often
 * while nothing happens.
 */
const MAX_WAIT_MS = 1_000;

/**
 * Waits for a socket without keeping a thread of JavaScript: the wait is a
 * system call in a thread of Deno's pool. It is `epoll` rather than `poll`,
 * because it does not hold the socket: that can be closed at once, and its port
 * is free then, though the other thread has not noticed yet.
 */
export class Readiness {
  readonly #syscalls: UdpSyscalls;
  readonly #libc: Libc;
  readonly #socket: number;
  readonly #epoll: number;
  /** An `eventfd` that ends a wait. */
  readonly #wake: number;
  /**
   * Where the system writes what happened. It is never read, and not ours: the
   * other thread may write there after our memory is gone with its worker.
   */
  readonly #event: bigint;
  #interest: number;
  #waiting = false;
  #closed = false;

  /**
   * Watches a socket for datagrams.
   *
   * @throws {Error} if the system has no room for one more
   */
  constructor(syscalls: UdpSyscalls, socket: number) {
    const { libc } = syscalls;
    this.#syscalls = syscalls;
    this.#libc = libc;
    this.#socket = socket;
    this.#interest = Linux.EPOLLIN;
    this.#event = libc.malloc(EVENT_BYTES);
    this.#epoll = libc.epoll_create1(Linux.EPOLL_CLOEXEC);
    this.#wake = libc.eventfd(0, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC);
    const ready = this.#event !== 0n && this.#epoll >= 0 && this.#wake >= 0 &&
      this.#control(Linux.EPOLL_CTL_ADD, this.#wake, Linux.EPOLLIN) &&
      this.#control(Linux.EPOLL_CTL_ADD, socket, this.#interest);
    if (ready) return;
    const errno = syscalls.errno();
    this.#release();
    throw toError("watch a UDP socket", errno);
  }

  /** Whether to wake, too, when the system takes more datagrams again. */
  watchSending(watch: boolean): void {
    const interest = watch ? Linux.EPOLLIN | Linux.EPOLLOUT : Linux.EPOLLIN;
    if (interest === this.#interest || this.#closed) return;
    this.#interest = interest;
    this.#control(Linux.EPOLL_CTL_MOD, this.#socket, interest);
  }

  /** Waits until something can be done, or a second has passed, or closed. */
  async wait(): Promise<void> {
    if (this.#closed) return;
    this.#waiting = true;
    await this.#libc.epoll_wait(this.#epoll, this.#event, 1, MAX_WAIT_MS);
    this.#waiting = false;
    if (this.#closed) this.#release();
  }

  /** Ends a wait. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#waiting) this.#libc.eventfd_write(this.#wake, 1n);
    else this.#release();
  }

  #control(operation: number, fd: number, events: number): boolean {
    const { memory } = this.#syscalls;
    const at = this.#syscalls.scratch;
    memory.bytes.fill(0, at, at + EVENT_BYTES);
    memory.setU32(at, events);
    const address = memory.base + at;
    return this.#libc.epoll_ctl(this.#epoll, operation, fd, address) === 0;
  }

  #release(): void {
    if (this.#epoll >= 0) this.#libc.close(this.#epoll);
    if (this.#wake >= 0) this.#libc.close(this.#wake);
    this.#libc.free(this.#event);
  }
}

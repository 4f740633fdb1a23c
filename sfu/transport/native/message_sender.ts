import { type EndpointSlots } from "./endpoint_slots.ts";
import { Errno, Linux } from "./libc.ts";
import { MessageBlock } from "./message_block.ts";
import { type SendQueue, WINDOW } from "./send_queue.ts";
import type { UdpSyscalls } from "./udp_syscalls.ts";

/** How many messages one system call takes. */
const BATCH = 64;

/** `CMSG_SPACE` of 16 bits. */
export const CONTROL_SPACE = 24;
/** `CMSG_LEN` of 16 bits. */
export const CONTROL_LENGTH = 18;

/** Hands planned messages to the system. */
export class MessageSender {
  /** How many datagrams the system has refused. */
  refused = 0;
  readonly #syscalls: UdpSyscalls;
  readonly #slots: EndpointSlots;
  readonly #queue: SendQueue;
  readonly #fd: number;
  readonly #block: MessageBlock;
  /** One control message for each message, which says the segments' size. */
  readonly #controls: number;
  /** Of each message, its first datagram's number among the planned. */
  readonly #firsts = new Uint16Array(WINDOW + 1);

  /** How much memory an object of this class allocates. */
  static readonly memoryBytes = MessageBlock.memoryBytes(WINDOW, WINDOW) +
    WINDOW * CONTROL_SPACE;

  constructor(
    syscalls: UdpSyscalls,
    slots: EndpointSlots,
    queue: SendQueue,
    fd: number,
  ) {
    const { memory } = syscalls;
    this.#syscalls = syscalls;
    this.#slots = slots;
    this.#queue = queue;
    this.#fd = fd;
    this.#block = new MessageBlock(memory, WINDOW, WINDOW);
    this.#controls = memory.allocate(WINDOW * CONTROL_SPACE);
    for (let i = 0; i < WINDOW; i++) {
      const at = this.#controls + i * CONTROL_SPACE;
      memory.setU64(at, CONTROL_LENGTH);
      memory.setU32(at + 8, Linux.SOL_UDP);
      memory.setU32(at + 12, Linux.UDP_SEGMENT);
    }
  }

  /**
   * Sends what is queued.
   *
   * @returns false if the system takes no more for now, and some is left
   */
  flush(): boolean {
    while (this.#queue.count > 0) {
      const messages = this.#queue.plan();
      this.#layOut(messages);
      const done = this.#send(messages);
      this.#queue.sweep();
      if (!done) return false;
    }
    return true;
  }

  #layOut(messages: number): void {
    const { sizes } = this.#queue;
    let first = 0;
    for (let message = 0; message < messages; message++) {
      this.#firsts[message] = first;
      this.#layOutMessage(message, first, sizes[message]!);
      first += sizes[message]!;
    }
    this.#firsts[messages] = first;
  }

  /** Describes a message of some of the planned datagrams to the system. */
  #layOutMessage(message: number, first: number, size: number): void {
    const queue = this.#queue;
    const head = queue.planned[first]!;
    const slot = queue.target(head);
    const name = this.#slots.addressOffset(slot);
    this.#block.setName(message, name, this.#slots.addressBytes(slot));
    // Datagrams that lie one behind the other share a vector.
    let vector = first;
    let start = queue.offset(head);
    let end = start + queue.length(head);
    for (let i = first + 1; i < first + size; i++) {
      const position = queue.planned[i]!;
      const offset = queue.offset(position);
      if (offset !== end) {
        this.#block.setVector(vector++, start, end - start);
        start = offset;
      }
      end = offset + queue.length(position);
    }
    this.#block.setVector(vector, start, end - start);
    this.#block.setVectors(message, first, vector - first + 1);
    const control = this.#controls + message * CONTROL_SPACE;
    if (size > 1) {
      this.#syscalls.memory.setU32(control + 16, queue.length(head));
    }
    this.#block.setControl(message, control, size > 1 ? CONTROL_SPACE : 0);
  }

  #send(messages: number): boolean {
    let message = 0;
    while (message < messages) {
      const count = Math.min(messages - message, BATCH);
      const sent = this.#sendBatch(message, count);
      for (let i = 0; i < sent; i++) this.#drop(message++);
      if (sent > 0) continue;
      const errno = this.#syscalls.errno();
      if (errno === Errno.EINTR) continue;
      if (errno === Errno.EAGAIN) return false;
      if (!this.#handleRefusal(message)) return false;
      message++;
    }
    return true;
  }

  #sendBatch(message: number, count: number): number {
    const { libc } = this.#syscalls;
    const address = this.#block.address(message);
    return libc.sendmmsg(this.#fd, address, count, Linux.MSG_DONTWAIT);
  }

  /** Forgets the datagrams of a message. */
  #drop(message: number): void {
    const end = this.#firsts[message + 1]!;
    for (let i = this.#firsts[message]!; i < end; i++) {
      this.#queue.drop(this.#queue.planned[i]!);
    }
  }

  /**
   * The system does not take a message. If that is of several datagrams, the
   * reason may be that the path takes no such messages: each is then sent alone,
   * and from then on if it helped.
   *
   * @returns false if the system takes no more for now
   */
  #handleRefusal(message: number): boolean {
    const first = this.#firsts[message]!;
    const end = this.#firsts[message + 1]!;
    if (end - first === 1) {
      this.refused++;
      this.#drop(message);
      return true;
    }
    const slot = this.#queue.target(this.#queue.planned[first]!);
    for (let i = first; i < end; i++) {
      const position = this.#queue.planned[i]!;
      this.#layOutMessage(message, i, 1);
      if (this.#sendBatch(message, 1) === 1) {
        this.#queue.setSingle(slot);
      } else {
        const errno = this.#syscalls.errno();
        if (errno === Errno.EAGAIN || errno === Errno.EINTR) return false;
        this.refused++;
      }
      this.#queue.drop(position);
    }
    return true;
  }
}

/**
 * A UDP port by the C library: datagrams are received and sent by the batch.
 * For Linux only.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import {
  type DatagramSocketOptions,
  listenDatagram,
} from "../deno_datagram_socket.ts";
import type { DatagramReceiver, DatagramSocket, Endpoint } from "../ports.ts";
import { EndpointSlots, MAX_ENDPOINTS } from "./endpoint_slots.ts";
import { type Libc, Linux } from "./libc.ts";
import { MessageBlock } from "./message_block.ts";
import { MessageSender } from "./message_sender.ts";
import { NativeMemory } from "./native_memory.ts";
import { SendQueue } from "./send_queue.ts";
import { UdpSyscalls } from "./udp_syscalls.ts";

/** See `deno_datagram_socket.ts`. */
const MAX_DATAGRAM_BYTES = 2_048;
const ARENA_BYTES = 8 * 1024 * 1024;
const MAX_QUEUED = 16_384;
const MAX_BATCH = 64;

/**
 * After how many datagrams in a batch it is looked at once whether there are
 * more, before Deno waits. Lower wastes turns under light load; higher has Deno
 * receive more of the datagrams, each at several times the cost.
 */
const BUSY_BATCH = 4;

/** How many senders are known by the text that Deno has for them. */
const MAX_WAKERS = 4_096;

/** Room for any address that the system writes. */
const NAME_BYTES = 32;

/**
 * When to try again after the system took no more, or failed, in milliseconds.
 * Lower is done sooner; higher leaves it more time to get better.
 */
const RETRY_MS = 2;

/**
 * Opens a UDP port. To be closed by the caller.
 *
 * Deno opens the system's socket, closes it, and waits for it: no wait is
 * cheaper, and none else would be safe when a worker is ended from outside. The
 * first datagram after a wait comes by Deno, all others straight from the system.
 *
 * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.listenDatagram`
 */
export function openNativeDatagramSocket(
  libc: Libc,
  options: DatagramSocketOptions,
): DatagramSocket {
  const arenaBytes = options.arenaBytes ?? ARENA_BYTES;
  const memory = new NativeMemory(libc, arenaBytes + MEMORY_BYTES);
  const arena = memory.allocate(arenaBytes);
  const conn = listenDatagram(options);
  try {
    return new NativeDatagramSocket(
      new UdpSyscalls(libc, memory),
      conn,
      memory.bytes.subarray(arena, arena + arenaBytes),
    );
  } catch (error) {
    conn.close();
    throw error;
  }
}

/** Whose datagram has ended a wait. */
interface Waker {
  readonly hostname: string;
  readonly endpoint: Endpoint;
}

class NativeDatagramSocket implements DatagramSocket {
  readonly host: string;
  readonly port: number;
  readonly arena: Uint8Array;
  readonly closed: Promise<void>;
  readonly #end: () => void;
  readonly #conn: Deno.DatagramConn;
  readonly #fd: number;
  readonly #libc: Libc;
  readonly #memory: NativeMemory;
  readonly #slots: EndpointSlots;
  readonly #queue: SendQueue;
  readonly #sender: MessageSender;
  readonly #block: MessageBlock;
  readonly #buffers: number;
  readonly #names: number;
  /** By port, who has ended a wait lately. */
  readonly #wakers = new Map<number, Waker>();
  #receiver: DatagramReceiver | undefined;
  #closed = false;
  #batchOpen = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #endPause: (() => void) | undefined;

  constructor(
    syscalls: UdpSyscalls,
    conn: Deno.DatagramConn,
    arena: Uint8Array,
  ) {
    const { libc, memory } = syscalls;
    const { hostname, port } = conn.addr as Deno.NetAddr;
    const fd = syscalls.find(hostname, port);
    if (fd < 0) throw new Error("Cannot find Deno's UDP socket");
    const family = syscalls.family(fd);
    syscalls.enlarge(fd);
    ({ promise: this.closed, resolve: this.#end } = Promise.withResolvers());
    this.#conn = conn;
    this.#fd = fd;
    this.#libc = libc;
    this.#memory = memory;
    this.arena = arena;
    this.host = hostname;
    this.port = port;
    const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.#slots = new EndpointSlots(memory, family, seed);
    this.#queue = new SendQueue(this.#slots, {
      roomBytes: arena.length,
      capacity: MAX_QUEUED,
      maxEndpoints: MAX_ENDPOINTS,
      maxSegments: syscalls.canSegment(fd) ? MAX_BATCH : 1,
    });
    this.#sender = new MessageSender(syscalls, this.#slots, this.#queue, fd);
    this.#buffers = memory.allocate(MAX_BATCH * MAX_DATAGRAM_BYTES);
    this.#names = memory.allocate(MAX_BATCH * NAME_BYTES);
    this.#block = new MessageBlock(memory, MAX_BATCH, MAX_BATCH);
    for (let i = 0; i < MAX_BATCH; i++) {
      const buffer = this.#buffers + i * MAX_DATAGRAM_BYTES;
      this.#block.setName(i, this.#names + i * NAME_BYTES, NAME_BYTES);
      this.#block.setVector(i, buffer, MAX_DATAGRAM_BYTES);
      this.#block.setVectors(i, i, 1);
    }
  }

  get endpointCount(): number {
    return this.#slots.count;
  }

  get refusedSends(): number {
    return this.#sender.refused;
  }

  start(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    this.#run();
  }

  reserve(maxBytes: number): number {
    return maxBytes > MAX_DATAGRAM_BYTES ? -1 : this.#queue.reserve(maxBytes);
  }

  /**
   * See {@linkcode DatagramSocket.commit}.
   *
   * @throws {RangeError} if that is not where {@linkcode reserve} gave room
   */
  commit(to: Endpoint, offset: number, sizeBytes: number): void {
    if (!(sizeBytes >= 0) || this.#queue.reserve(sizeBytes) !== offset) {
      throw new RangeError(`Cannot send ${sizeBytes} bytes at ${offset}`);
    }
    const slot = this.#slots.slotOf(to);
    if (slot < 0) this.#sender.refused++;
    else this.#queue.push(slot, offset, sizeBytes);
  }

  flush(): void {
    if (this.#closed || this.#queue.count === 0) return;
    if (this.#sender.flush() || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.flush();
    }, RETRY_MS);
  }

  endpoint(host: string, port: number): Endpoint {
    return this.#slots.endpoint(host, port);
  }

  address(endpoint: Endpoint): { host: string; port: number } {
    return this.#slots.address(endpoint);
  }

  forget(endpoint: Endpoint): void {
    this.#slots.forget(endpoint);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#endPause?.();
    this.#conn.close();
    if (this.#receiver === undefined) this.#end();
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(MAX_DATAGRAM_BYTES);
    while (!this.#closed) {
      let received;
      try {
        received = await this.#conn.receive(buffer);
      } catch {
        await this.#pause();
        continue;
      }
      if (this.#closed) break;
      this.#handleFirst(received[0], received[1] as Deno.NetAddr);
      while (this.#receive() >= BUSY_BATCH && !this.#closed) {
        // What else is to be done has its turn; meanwhile more may come.
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    this.#end();
  }

  /** The datagram with which a wait ended; its batch goes on. */
  #handleFirst(datagram: Uint8Array, from: Deno.NetAddr): void {
    const endpoint = this.#endpointOf(from);
    if (endpoint === undefined) return; // No room: a stranger, for sure.
    this.#batchOpen = true;
    this.#receiver?.handleDatagram(endpoint, datagram, 0, datagram.length);
  }

  /** Most that wake us have done so before: their addresses are not read again. */
  #endpointOf({ hostname, port }: Deno.NetAddr): Endpoint | undefined {
    const known = this.#wakers.get(port);
    const usable = known?.hostname === hostname &&
      this.#slots.slotOf(known.endpoint) >= 0;
    if (usable) return known.endpoint;
    try {
      const endpoint = this.#slots.endpoint(hostname, port);
      if (this.#wakers.size >= MAX_WAKERS) this.#wakers.clear();
      this.#wakers.set(port, { hostname, endpoint });
      return endpoint;
    } catch {
      return undefined;
    }
  }

  /** Hands on what has come, up to a batch, and ends it; returns how many. */
  #receive(): number {
    // The descriptor may be somebody else's by now.
    if (this.#closed) return 0;
    const count = this.#libc.recvmmsg(
      this.#fd,
      this.#block.address(0),
      MAX_BATCH,
      Linux.MSG_DONTWAIT,
      0n,
    );
    for (let i = 0; i < count && !this.#closed; i++) {
      const name = this.#names + i * NAME_BYTES;
      const start = this.#buffers + i * MAX_DATAGRAM_BYTES;
      const from = this.#slots.intern(name);
      this.#block.setName(i, name, NAME_BYTES);
      if (from === 0) continue; // No room: a stranger, for sure.
      this.#receiver?.handleDatagram(
        from,
        this.#memory.bytes,
        start,
        this.#block.transferred(i),
      );
    }
    if ((count > 0 || this.#batchOpen) && !this.#closed) {
      this.#batchOpen = false;
      this.#receiver?.handleBatchEnd();
    }
    return count;
  }

  /** Waits a little, or until closed. */
  #pause(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(end, RETRY_MS);
      this.#endPause = end;
    });
  }
}

/** What a socket needs besides the arena, with padding between the pieces. */
const MEMORY_BYTES = UdpSyscalls.memoryBytes + EndpointSlots.memoryBytes +
  MessageSender.memoryBytes + MessageBlock.memoryBytes(MAX_BATCH, MAX_BATCH) +
  MAX_BATCH * (MAX_DATAGRAM_BYTES + NAME_BYTES) + 1_024;

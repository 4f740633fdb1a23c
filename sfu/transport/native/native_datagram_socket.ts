/**
 * A UDP port by the C library: datagrams are received and sent by the batch.
 * For Linux only.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { DatagramSocketOptions } from "../deno_datagram_socket.ts";
import { decodeIpAddress } from "../ip_address.ts";
import type { DatagramReceiver, DatagramSocket, Endpoint } from "../ports.ts";
import { EndpointSlots, MAX_ENDPOINTS, readAddress } from "./endpoint_slots.ts";
import { type Libc, Linux } from "./libc.ts";
import { MessageBlock } from "./message_block.ts";
import { MessageSender } from "./message_sender.ts";
import { NativeMemory } from "./native_memory.ts";
import { Readiness } from "./readiness.ts";
import { SendQueue } from "./send_queue.ts";
import { UdpSyscalls } from "./udp_syscalls.ts";

/** See `deno_datagram_socket.ts`. */
const MAX_DATAGRAM_BYTES = 2_048;
const ARENA_BYTES = 8 * 1024 * 1024;
const MAX_QUEUED = 16_384;
const MAX_BATCH = 64;

/** Room for any address that the system writes. */
const NAME_BYTES = 32;

/**
 * After a wait shorter than that, in milliseconds, the next datagrams are
 * fetched {@linkcode PAUSE_MS} later. Lower wakes more often in bursts; higher
 * delays more packets that come alone.
 */
const SHORT_WAIT_MS = 1;

/**
 * How long datagrams may gather under load. A wake-up costs as much as fifty
 * datagrams: lower pays it more often; higher delays packets.
 */
const PAUSE_MS = 1;

/**
 * Opens a UDP port. To be closed by the caller.
 *
 * @throws {RangeError} if the host is no IP address
 * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.listenDatagram`
 */
export function openNativeDatagramSocket(
  libc: Libc,
  options: Omit<DatagramSocketOptions, "listen">,
): DatagramSocket {
  const { hostname, port } = options;
  const address = decodeIpAddress(hostname);
  if (address === undefined) {
    throw new RangeError(`Cannot listen on ${hostname}: no IP address`);
  }
  const arenaBytes = options.arenaBytes ?? ARENA_BYTES;
  const memory = new NativeMemory(libc, arenaBytes + MEMORY_BYTES);
  const arena = memory.allocate(arenaBytes);
  const syscalls = new UdpSyscalls(libc, memory);
  const open = (at: Uint8Array) => {
    const family = at.length === 16 ? Linux.AF_INET6 : Linux.AF_INET;
    return new NativeDatagramSocket(syscalls, {
      fd: syscalls.open(family, at, port),
      family,
      arena: memory.bytes.subarray(arena, arena + arenaBytes),
    });
  };
  try {
    return open(address);
  } catch (error) {
    const isAny = address.length === 16 && address.every((byte) => byte === 0);
    if (!isAny || error instanceof Deno.errors.AddrInUse) throw error;
    return open(new Uint8Array(4));
  }
}

/** What is made before the socket. */
interface Parts {
  readonly fd: number;
  readonly family: number;
  readonly arena: Uint8Array;
}

class NativeDatagramSocket implements DatagramSocket {
  readonly host: string;
  readonly port: number;
  readonly arena: Uint8Array;
  readonly closed: Promise<void>;
  readonly #end: () => void;
  readonly #fd: number;
  readonly #libc: Libc;
  readonly #memory: NativeMemory;
  readonly #slots: EndpointSlots;
  readonly #queue: SendQueue;
  readonly #sender: MessageSender;
  readonly #readiness: Readiness;
  readonly #block: MessageBlock;
  readonly #buffers: number;
  readonly #names: number;
  #receiver: DatagramReceiver | undefined;
  #blocked = false;
  #closed = false;
  #endPause: (() => void) | undefined;

  constructor(syscalls: UdpSyscalls, { fd, family, arena }: Parts) {
    const { libc, memory } = syscalls;
    ({ promise: this.closed, resolve: this.#end } = Promise.withResolvers());
    this.#fd = fd;
    this.#libc = libc;
    this.#memory = memory;
    this.arena = arena;
    try {
      const bound = readAddress(memory.bytes, syscalls.boundAddress(fd));
      this.host = bound.host;
      this.port = bound.port;
      this.#readiness = new Readiness(syscalls, fd);
    } catch (error) {
      libc.close(fd);
      throw error;
    }
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
    this.#blocked = !this.#sender.flush();
    this.#readiness.watchSending(this.#blocked);
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
    this.#endPause?.();
    this.#readiness.close();
    this.#libc.close(this.#fd);
    if (this.#receiver === undefined) this.#end();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const received = this.#receive();
      if (this.#blocked) this.flush();
      if (received > 0) {
        // What else is to be done has its turn; meanwhile more may come.
        await new Promise<void>((resolve) => setImmediate(resolve));
      } else await this.#rest();
    }
    this.#end();
  }

  /** Hands on what has come, up to a batch; returns how many. */
  #receive(): number {
    const count = this.#libc.recvmmsg(
      this.#fd,
      this.#block.address(0),
      MAX_BATCH,
      Linux.MSG_DONTWAIT,
      0,
    );
    if (count <= 0) return 0;
    for (let i = 0; i < count && !this.#closed; i++) {
      const name = this.#names + i * NAME_BYTES;
      const start = this.#buffers + i * MAX_DATAGRAM_BYTES;
      const end = start + this.#block.transferred(i);
      const from = this.#slots.intern(name);
      this.#block.setName(i, name, NAME_BYTES);
      if (from === 0) continue; // No room: a stranger, for sure.
      this.#receiver?.handleDatagram(
        from,
        this.#memory.bytes.subarray(start, end),
      );
    }
    if (!this.#closed) this.#receiver?.handleBatchEnd();
    return count;
  }

  /** Nothing is there: waits for more, or under load a little. */
  async #rest(): Promise<void> {
    const before = performance.now();
    await this.#readiness.wait();
    if (performance.now() - before < SHORT_WAIT_MS) await this.#pause();
  }

  #pause(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(end, PAUSE_MS);
      this.#endPause = end;
    });
  }
}

/** What a socket needs besides the arena, with padding between the pieces. */
const MEMORY_BYTES = UdpSyscalls.memoryBytes + EndpointSlots.memoryBytes +
  MessageSender.memoryBytes + MessageBlock.memoryBytes(MAX_BATCH, MAX_BATCH) +
  MAX_BATCH * (MAX_DATAGRAM_BYTES + NAME_BYTES) + 1_024;

import { listenDatagram } from "../../sfu/transport/deno_datagram_socket.ts";
import { writeAddress } from "../../sfu/transport/native/endpoint_slots.ts";
import { type Libc, Linux, openLibc } from "../../sfu/transport/native/libc.ts";
import { MessageBlock } from "../../sfu/transport/native/message_block.ts";
import { NativeMemory } from "../../sfu/transport/native/native_memory.ts";
import { UdpSyscalls } from "../../sfu/transport/native/udp_syscalls.ts";
import { type LoadLibc, LoadLinux, openLoadLibc } from "./load_libc.ts";

/** The most peers of one socket. */
export const MAX_PEERS = 4_096;

/** How many datagrams one system call takes or gives. */
const BATCH = 64;
const DATAGRAM_BYTES = 2_048;

/** Of a `struct sockaddr_in`, and the room that is left for it. */
const NAME_BYTES = 16;
const NAME_SPACE = 32;
/** `sizeof(struct cmsghdr)`. */
const CONTROL_HEADER = 16;
/** Of one `struct in_pktinfo`, and where its source and destination are. */
const PKTINFO_BYTES = 12;
const PKTINFO_SOURCE = CONTROL_HEADER + 4;
const PKTINFO_DESTINATION = CONTROL_HEADER + 8;
const PKTINFO_SPACE = 32;
/** With a `struct timespec` of 16 bytes. */
const TIMESTAMP_SPACE = 32;
const RECEIVE_CONTROL = TIMESTAMP_SPACE + PKTINFO_SPACE;

/** How often and when to send again what the system does not take. */
const MAX_TRIES = 1_000;
const RETRY_MS = 0.1;

/** The address of a peer by its number. */
export function peerAddress(peer: number): string {
  return `127.1.${peer >> 8}.${peer & 0xff}`;
}

/** How often it is looked what has come, while peers connect. */
const PUMP_MS = 1;

/** Whoever gets the datagrams to one address. */
export interface LoadDestination {
  /**
   * Takes a datagram, valid during the call only; true if it is RTP.
   *
   * @param arrivedMs when the system got it, by {@linkcode LoadSocket.nowMs}
   */
  handleDatagram(datagram: Uint8Array, arrivedMs: number): boolean;
}

/**
 * One UDP socket that plays many peers, each with an address of its own: peer
 * number 258 is 127.1.1.2. So a thousand peers cost the load generator one
 * system call per batch, and the server cannot tell them from a thousand sockets.
 *
 * Blocks instead of awaiting: while load runs, nothing else is to be done.
 */
export class LoadSocket {
  readonly #conn: Deno.DatagramConn;
  readonly #libc: Libc;
  readonly #more: LoadLibc;
  readonly #memory: NativeMemory;
  readonly #fd: number;
  readonly #receiveBlock: MessageBlock;
  readonly #receiveBuffers: number;
  readonly #receiveControls: number;
  readonly #sendBlock: MessageBlock;
  readonly #sendBuffers: number;
  readonly #sendNames: number;
  readonly #sendControls: number;
  readonly #time: number;
  readonly #timeAddress: bigint;
  readonly #views: Uint8Array[] = [];
  readonly #destinations: LoadDestination[] = [];
  #received = 0;
  #queued = 0;
  #pump: ReturnType<typeof setInterval> | undefined;

  /** Opens the socket; to be closed. */
  constructor() {
    this.#libc = openLibc();
    this.#more = openLoadLibc();
    const perDatagram = 2 * DATAGRAM_BYTES + NAME_SPACE + RECEIVE_CONTROL +
      PKTINFO_SPACE;
    const memory = new NativeMemory(
      this.#libc,
      BATCH * perDatagram + 2 * MessageBlock.memoryBytes(BATCH, BATCH) +
        UdpSyscalls.memoryBytes + 1_024,
    );
    this.#memory = memory;
    this.#conn = listenDatagram({ hostname: "0.0.0.0", port: 0 });
    const syscalls = new UdpSyscalls(this.#libc, memory);
    const { hostname, port } = this.#conn.addr as Deno.NetAddr;
    this.#fd = syscalls.find(hostname, port);
    syscalls.enlarge(this.#fd);
    this.#time = memory.allocate(16);
    this.#timeAddress = memory.address(this.#time);
    this.#setOption(LoadLinux.SOL_IP, LoadLinux.IP_PKTINFO);
    this.#setOption(Linux.SOL_SOCKET, LoadLinux.SO_TIMESTAMPNS);
    this.#receiveBlock = new MessageBlock(memory, BATCH, BATCH);
    this.#receiveBuffers = memory.allocate(BATCH * DATAGRAM_BYTES);
    this.#receiveControls = memory.allocate(BATCH * RECEIVE_CONTROL);
    this.#sendBlock = new MessageBlock(memory, BATCH, BATCH);
    this.#sendBuffers = memory.allocate(BATCH * DATAGRAM_BYTES);
    this.#sendNames = memory.allocate(BATCH * NAME_SPACE);
    this.#sendControls = memory.allocate(BATCH * PKTINFO_SPACE);
    for (let i = 0; i < BATCH; i++) this.#prepare(i);
  }

  /** The time of day, as precise as there is, in milliseconds. */
  nowMs(): number {
    this.#more
      .clock_gettime(
        LoadLinux.CLOCK_REALTIME,
        this.#timeAddress,
      );
    return this.#readTime(this.#time);
  }

  /** Lets that much time pass for all of this thread. */
  sleep(ms: number): void {
    if (ms <= 0) return;
    this.#memory.setU64(this.#time, Math.floor(ms / 1_000));
    this.#memory.setU64(this.#time + 8, Math.floor(ms % 1_000 * 1e6));
    this.#more.nanosleep(this.#timeAddress, 0n);
  }

  /** Where to write the next datagram, before it is queued. */
  room(): Uint8Array {
    if (this.#queued === BATCH) this.flush();
    return this.#views[this.#queued]!;
  }

  /** Queues what was written to the {@linkcode room}, from a peer to the server. */
  queue(peer: number, serverPort: number, sizeBytes: number): void {
    const i = this.#queued++;
    const { bytes } = this.#memory;
    const name = this.#sendNames + i * NAME_SPACE;
    bytes[name + 2] = serverPort >> 8;
    bytes[name + 3] = serverPort;
    const source = this.#sendControls + i * PKTINFO_SPACE + PKTINFO_SOURCE;
    bytes[source + 2] = peer >> 8;
    bytes[source + 3] = peer;
    this.#sendBlock
      .setVector(i, this.#sendBuffers + i * DATAGRAM_BYTES, sizeBytes);
  }

  /** Sends what is queued. */
  flush(): void {
    let sent = 0;
    for (let tries = 0; sent < this.#queued;) {
      const count = this.#libc.sendmmsg(
        this.#fd,
        this.#sendBlock.address(sent),
        this.#queued - sent,
        0,
      );
      if (count > 0) sent += count;
      else if (++tries < MAX_TRIES) this.sleep(RETRY_MS);
      else throw new Error("The load generator cannot send");
    }
    this.#queued = 0;
  }

  /** Sends one datagram at once. */
  send(peer: number, serverPort: number, datagram: Uint8Array): void {
    this.room().set(datagram);
    this.queue(peer, serverPort, datagram.length);
    this.flush();
  }

  /** How many RTP packets have come for anybody. */
  get received(): number {
    return this.#received;
  }

  /** Hands on up to a batch of what has come; returns how many. */
  receive(): number {
    const count = this.#libc.recvmmsg(
      this.#fd,
      this.#receiveBlock.address(0),
      BATCH,
      Linux.MSG_DONTWAIT,
      0n,
    );
    const { bytes } = this.#memory;
    for (let i = 0; i < count; i++) {
      const control = this.#receiveControls + i * RECEIVE_CONTROL;
      const to = control + TIMESTAMP_SPACE + PKTINFO_DESTINATION;
      const peer = bytes[to + 2]! << 8 | bytes[to + 3]!;
      const start = this.#receiveBuffers + i * DATAGRAM_BYTES;
      const end = start + this.#receiveBlock.transferred(i);
      const arrived = this.#readTime(control + CONTROL_HEADER);
      this.#receiveBlock.setControl(i, control, RECEIVE_CONTROL);
      const isRtp = this.#destinations[peer]
        ?.handleDatagram(bytes.subarray(start, end), arrived);
      if (isRtp) this.#received++;
    }
    return Math.max(0, count);
  }

  /** Gives whoever is there for them the datagrams to one more address. */
  add(destination: LoadDestination): number {
    if (this.#destinations.length >= MAX_PEERS) {
      throw new Error("The load generator has no more addresses");
    }
    return this.#destinations.push(destination) - 1;
  }

  /** While peers connect, which awaits: hands on what comes. */
  pump(): void {
    this.stopPump();
    this.#pump = setInterval(() => {
      while (this.receive() > 0);
    }, PUMP_MS);
  }

  /** Ends that. */
  stopPump(): void {
    clearInterval(this.#pump);
  }

  /** The port, on every address. */
  get port(): number {
    return (this.#conn.addr as Deno.NetAddr).port;
  }

  close(): void {
    this.stopPump();
    this.#conn.close();
  }

  /** All that never changes about the i-th datagram of a batch. */
  #prepare(i: number): void {
    const memory = this.#memory;
    const from = this.#receiveBuffers + i * DATAGRAM_BYTES;
    this.#receiveBlock.setVector(i, from, DATAGRAM_BYTES);
    this.#receiveBlock.setVectors(i, i, 1);
    this.#receiveBlock.setControl(
      i,
      this.#receiveControls + i * RECEIVE_CONTROL,
      RECEIVE_CONTROL,
    );
    const name = this.#sendNames + i * NAME_SPACE;
    const server = Uint8Array.of(127, 0, 0, 1);
    writeAddress(memory.bytes, name, Linux.AF_INET, server, 0);
    this.#sendBlock.setName(i, name, NAME_BYTES);
    this.#sendBlock.setVectors(i, i, 1);
    const control = this.#sendControls + i * PKTINFO_SPACE;
    memory.setU64(control, CONTROL_HEADER + PKTINFO_BYTES);
    memory.setU32(control + 8, LoadLinux.SOL_IP);
    memory.setU32(control + 12, LoadLinux.IP_PKTINFO);
    memory.bytes.set([127, 1, 0, 0], control + PKTINFO_SOURCE);
    this.#sendBlock.setControl(i, control, CONTROL_HEADER + PKTINFO_BYTES);
    const room = this.#sendBuffers + i * DATAGRAM_BYTES;
    this.#views.push(memory.bytes.subarray(room, room + DATAGRAM_BYTES));
  }

  #readTime(offset: number): number {
    const { words } = this.#memory;
    const at = offset >>> 2;
    const seconds = words[at]! + words[at + 1]! * 0x1_0000_0000;
    return seconds * 1_000 + words[at + 2]! / 1e6;
  }

  #setOption(level: number, name: number): void {
    this.#memory.setU32(this.#time, 1);
    const at = this.#timeAddress;
    if (this.#libc.setsockopt(this.#fd, level, name, at, 4) === 0) return;
    throw new Error(`The load generator's socket has no option ${name}`);
  }
}

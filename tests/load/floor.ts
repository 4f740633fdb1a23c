/**
 * The least that forwarding can cost: the datagrams that the server would send,
 * encrypted and sent by the same ports, and nothing else. A process of its own;
 * see `line_process.ts`.
 *
 * @module
 */
import { openNativeLibraries } from "../../sfu/transport/native/choose_ports.ts";
import { openNativeDatagramSocket } from "../../sfu/transport/native/native_datagram_socket.ts";
import { createNativeSrtpProvider } from "../../sfu/transport/native/native_srtp.ts";
import {
  type DatagramSocket,
  type Endpoint,
  SRTP_MAX_OVERHEAD,
  type SrtpSender,
} from "../../sfu/transport/ports.ts";
import { RTP_HEADER_SIZE, writeRtpHeader } from "../../sfu/rtp/rtp_packet.ts";
import { serveLines } from "./line_process.ts";
import { peerAddress } from "./load_socket.ts";
import { cpuBetween, readCpu } from "./process_cpu.ts";
import { BURSTS, BURSTS_PER_SECOND, type TrafficKind } from "./traffic.ts";

/** What a floor does for one command. */
export interface FloorCommand {
  readonly kind: TrafficKind;
  readonly load: number;
  readonly seconds: number;
  /** The load generator's port. */
  readonly port: number;
  readonly publishers: number;
  /** As many of each publisher. */
  readonly subscribers: number;
  /** Their numbers on the load generator's socket begin here. */
  readonly firstNumber: number;
}

/** What that was. */
export interface FloorResult {
  readonly packets: number;
  readonly cpuSeconds: number;
}

/** One that gets all packets of a publisher. */
interface Target {
  readonly endpoint: Endpoint;
  readonly sender: SrtpSender;
}

/** The most packets of a publisher that go at a time, as in the server. */
const MAX_BATCH = 32;

const { libc, libcrypto } = openNativeLibraries();
const srtp = createNativeSrtpProvider(libc, libcrypto);
const socket = openNativeDatagramSocket(libc, { hostname: "::", port: 0 });
const targets: Target[] = [];
let sequenceNumber = 0;

function target(number: number, port: number): Target {
  return targets[number] ??= {
    endpoint: socket.endpoint(peerAddress(number), port),
    sender: srtp.createSender({
      profile: "AEAD_AES_128_GCM",
      masterKey: crypto.getRandomValues(new Uint8Array(16)),
      masterSalt: crypto.getRandomValues(new Uint8Array(12)),
    }),
  };
}

async function run(command: FloorCommand): Promise<FloorResult> {
  const { kind, load, seconds, port, publishers, firstNumber } = command;
  const each = command.subscribers / publishers;
  const all = Array.from(
    { length: command.subscribers },
    (_, i) => target(firstNumber + i, port),
  );
  const payloads = BURSTS[kind].map((size) => new Uint8Array(size));
  const intervalMs = 1_000 / (BURSTS_PER_SECOND[kind] * load);
  const before = readCpu(Deno.pid);
  const start = performance.now();
  /** When each publisher's next burst is due: none in step with another's. */
  const next = Array.from(
    { length: publishers },
    (_, i) => start + intervalMs * i / publishers,
  );
  const end = start + seconds * 1_000;
  let packets = 0;
  for (let due; (due = Math.min(...next)) < end;) {
    const left = due - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    const now = performance.now();
    for (let publisher = 0; publisher < publishers; publisher++) {
      // Those that are due together go together, as from one batch of a server.
      let bursts = 0;
      const most = Math.ceil(MAX_BATCH / payloads.length);
      for (; next[publisher]! <= now && bursts < most; bursts++) {
        next[publisher] = next[publisher]! + intervalMs;
      }
      const first = publisher * each;
      for (let i = first; bursts > 0 && i < first + each; i++) {
        packets += sendBursts(socket, all[i]!, payloads, bursts);
      }
      sequenceNumber += bursts * payloads.length;
    }
    socket.flush();
  }
  return { packets, cpuSeconds: cpuBetween(before, readCpu(Deno.pid)) };
}

const header = new Uint8Array(RTP_HEADER_SIZE);

function sendBursts(
  socket: DatagramSocket,
  { endpoint, sender }: Target,
  payloads: readonly Uint8Array[],
  bursts: number,
): number {
  let sent = 0;
  for (let i = 0; i < bursts * payloads.length; i++) {
    const payload = payloads[i % payloads.length]!;
    const room = RTP_HEADER_SIZE + payload.length + SRTP_MAX_OVERHEAD;
    const offset = socket.reserve(room);
    if (offset < 0) continue;
    const number = (sequenceNumber + i) & 0xffff;
    writeRtpHeader(header, 96, false, number, number, 1);
    const size = sender.protectRtp(header, payload, socket.arena, offset);
    socket.commit(endpoint, offset, size);
    sent++;
  }
  return sent;
}

await serveLines(run);
socket.close();

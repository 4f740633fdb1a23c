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
  const intervalMs = 1_000 / (BURSTS_PER_SECOND[kind] * load * publishers);
  const before = readCpu(Deno.pid);
  const start = performance.now();
  let packets = 0;
  for (let burst = 0; burst * intervalMs < seconds * 1_000; burst++) {
    const due = start + burst * intervalMs;
    const left = due - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    const first = burst % publishers * each;
    for (let i = first; i < first + each; i++) {
      packets += sendBurst(socket, all[i]!, payloads);
    }
    socket.flush();
    sequenceNumber += payloads.length;
  }
  return { packets, cpuSeconds: cpuBetween(before, readCpu(Deno.pid)) };
}

const header = new Uint8Array(RTP_HEADER_SIZE);

function sendBurst(
  socket: DatagramSocket,
  { endpoint, sender }: Target,
  payloads: readonly Uint8Array[],
): number {
  let sent = 0;
  for (let i = 0; i < payloads.length; i++) {
    const payload = payloads[i]!;
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

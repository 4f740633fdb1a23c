/**
 * What native ports cost, against portable ones: to protect and to open a packet
 * of 1,200 bytes, to send a burst of ten such to each of fifty viewers, and to
 * receive one of a hundred, which is also sent.
 */
import { openDenoDatagramSocket } from "../deno_datagram_socket.ts";
import {
  type DatagramSocket,
  SRTP_MAX_OVERHEAD,
  type SrtpKeys,
} from "../ports.ts";
import { createNodeSrtpProvider } from "../srtp/node_srtp.ts";
import { openNativeLibraries } from "./choose_ports.ts";
import { openNativeDatagramSocket } from "./native_datagram_socket.ts";
import { createNativeSrtpProvider } from "./native_srtp.ts";

const VIEWERS = 50;
const BURST = 10;
const PACKET_BYTES = 1_200;
const RECEIVED = 100;

const { libc, libcrypto } = openNativeLibraries();
const payload = new Uint8Array(PACKET_BYTES - 12);

for (
  const profile of ["AEAD_AES_128_GCM", "SRTP_AES128_CM_HMAC_SHA1_80"] as const
) {
  const keys: SrtpKeys = {
    profile,
    masterKey: new Uint8Array(16).fill(1),
    masterSalt: new Uint8Array(profile === "AEAD_AES_128_GCM" ? 12 : 14),
  };
  for (
    const [name, provider] of [
      ["portable", createNodeSrtpProvider()],
      ["native", createNativeSrtpProvider(libc, libcrypto)],
    ] as const
  ) {
    const sender = provider.createSender(keys);
    const receiver = provider.createReceiver(keys);
    const header = Uint8Array.of(0x80, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    const out = new Uint8Array(PACKET_BYTES + SRTP_MAX_OVERHEAD);
    let sequenceNumber = 0;
    Deno.bench(`${name} ports`, {
      group: `protect and open, ${profile}`,
      baseline: name === "portable",
    }, () => {
      header[2] = ++sequenceNumber >>> 8;
      header[3] = sequenceNumber;
      const size = sender.protectRtp(header, payload, out, 0);
      receiver.unprotectRtp(out.subarray(0, size));
    });
  }
}

// Nobody reads them: what is measured is sending.
const options = { hostname: "127.0.0.1", port: 0 };
const viewers = Array.from(
  { length: VIEWERS },
  () => Deno.listenDatagram({ ...options, transport: "udp" }),
);
for (
  const [name, socket] of [
    ["portable", openDenoDatagramSocket(options)],
    ["native", openNativeDatagramSocket(libc, options)],
  ] as const
) {
  const endpoints = viewers.map(({ addr }) =>
    socket.endpoint("127.0.0.1", (addr as Deno.NetAddr).port)
  );
  Deno.bench(`${name} ports`, {
    group: `send ${VIEWERS * BURST} packets`,
    baseline: name === "portable",
  }, async () => {
    for (let i = 0; i < BURST; i++) {
      for (const to of endpoints) {
        socket.commit(to, await roomIn(socket), PACKET_BYTES);
      }
    }
    socket.flush();
    // All is sent when there is as much room as can be.
    while (socket.reserve(0) !== 0) await turn();
  });
}

for (
  const [name, socket] of [
    ["portable", openDenoDatagramSocket(options)],
    ["native", openNativeDatagramSocket(libc, options)],
  ] as const
) {
  const source = openNativeDatagramSocket(libc, options);
  const to = source.endpoint("127.0.0.1", socket.port);
  let missing = 0;
  let handleAll = () => {};
  socket.start({
    handleDatagram: () => void missing--,
    handleBatchEnd: () => missing <= 0 && handleAll(),
    handleGone() {},
  });
  Deno.bench(`${name} ports`, {
    group: `receive ${RECEIVED} packets`,
    baseline: name === "portable",
  }, async () => {
    missing = RECEIVED;
    const all = new Promise<void>((resolve) => handleAll = resolve);
    for (let i = 0; i < RECEIVED; i++) {
      source.commit(to, await roomIn(source), PACKET_BYTES);
    }
    source.flush();
    await all;
  });
}

async function roomIn(socket: DatagramSocket): Promise<number> {
  for (;;) {
    const offset = socket.reserve(PACKET_BYTES);
    if (offset >= 0) return offset;
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * What the native ports share with C stays where it is and alive, however busy
 * the garbage collector is: a million packets are sealed, sent, received and
 * opened while it has much to do, and each is as it was.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type DatagramSocket,
  type Endpoint,
  SRTP_MAX_OVERHEAD,
  type SrtpKeys,
  type SrtpProfile,
  type SrtpProvider,
} from "../ports.ts";
import { openLibc } from "./libc.ts";
import { openLibcrypto } from "./libcrypto.ts";
import { openNativeDatagramSocket } from "./native_datagram_socket.ts";
import { createNativeSrtpProvider } from "./native_srtp.ts";

const PACKETS = 1_000_000;
/** Of the packets, those that go through the system's sockets as well. */
const ON_THE_WIRE = 400_000;
const PAYLOAD_BYTES = 40;

const libc = openLibc();
const srtp = createNativeSrtpProvider(libc, openLibcrypto());

/** Makes garbage of all ages and kinds, some of it as short as headers are. */
class Litter {
  readonly #kept: unknown[] = new Array(512).fill(undefined);
  #at = 0;

  add(n: number): void {
    this.#kept[this.#at++ % 512] = n % 64 === 0
      ? new ArrayBuffer(20_000)
      : new Uint8Array(n % 64);
  }
}

function keysOf(profile: SrtpProfile): SrtpKeys {
  const salt = profile === "AEAD_AES_128_GCM" ? 12 : 14;
  return {
    profile,
    masterKey: new Uint8Array(16).fill(3),
    masterSalt: new Uint8Array(salt).fill(4),
  };
}

/** Seals numbered packets, and opens them again; each header and payload is new. */
class Line {
  readonly #sender;
  readonly #receiver;

  constructor(provider: SrtpProvider, profile: SrtpProfile) {
    this.#sender = provider.createSender(keysOf(profile));
    this.#receiver = provider.createReceiver(keysOf(profile));
  }

  seal(n: number, out: Uint8Array, offset: number): number {
    const header = new Uint8Array(12); // short enough for V8's own heap
    header.set([0x80, 96, n >>> 8, n]);
    header[11] = 1;
    const payload = new Uint8Array(PAYLOAD_BYTES).fill(n);
    return this.#sender.protectRtp(header, payload, out, offset);
  }

  /** Whether a packet is the one of that number. */
  opens(n: number, packet: Uint8Array): boolean {
    if (this.#receiver.unprotectRtp(packet) !== 12 + PAYLOAD_BYTES) {
      return false;
    }
    return packet[2] === (n >>> 8 & 0xff) && packet[3] === (n & 0xff) &&
      packet[12] === (n & 0xff) && packet[51] === (n & 0xff);
  }

  [Symbol.dispose](): void {
    this.#sender.close();
    this.#receiver.close();
  }
}

for (
  const [profile, packets] of [
    ["AEAD_AES_128_GCM", PACKETS - 200_000 - ON_THE_WIRE],
    ["SRTP_AES128_CM_HMAC_SHA1_80", 200_000],
  ] as const
) {
  Deno.test(`native SRTP keeps its memory over ${packets} packets of ${profile}`, () => {
    const litter = new Litter();
    using line = new Line(srtp, profile);
    // Now and then another buffer, and the one before is garbage.
    let out = new Uint8Array(0);
    for (let n = 0; n < packets; n++) {
      if (n % 1_000 === 0) out = new Uint8Array(4_096);
      litter.add(n);
      const offset = n % 2_000;
      const size = line.seal(n, out, offset);
      if (!line.opens(n, out.subarray(offset, offset + size))) {
        assert.fail(`packet ${n}`);
      }
    }
  });
}

Deno.test(`native sockets keep their memory over ${ON_THE_WIRE} packets`, async () => {
  const litter = new Litter();
  using line = new Line(srtp, "AEAD_AES_128_GCM");
  const from = openNativeDatagramSocket(libc, {
    hostname: "127.0.0.1",
    port: 0,
    arenaBytes: 64 * 1024,
  });
  const to = openNativeDatagramSocket(libc, { hostname: "127.0.0.1", port: 0 });
  const target = from.endpoint("127.0.0.1", to.port);
  let received = 0;
  let wake = () => {};
  to.start({
    handleDatagram(sender, buffer, offset, sizeBytes) {
      const datagram = buffer.subarray(offset, offset + sizeBytes);
      litter.add(received);
      if (!line.opens(received, datagram)) return;
      received++;
      // Endpoints come and go as well.
      to.forget(sender);
    },
    handleBatchEnd: () => wake(),
  });
  for (let n = 0; n < ON_THE_WIRE;) {
    for (let i = 0; i < 100; i++) send(from, target, line, n++);
    from.flush();
    while (received < n) await new Promise<void>((resolve) => wake = resolve);
  }
  for (const socket of [from, to]) {
    socket.close();
    await socket.closed;
  }
  assert.equal(received, ON_THE_WIRE);
});

function send(
  socket: DatagramSocket,
  to: Endpoint,
  line: Line,
  n: number,
): void {
  const offset = socket.reserve(12 + PAYLOAD_BYTES + SRTP_MAX_OVERHEAD);
  assert.ok(offset >= 0);
  socket.commit(to, offset, line.seal(n, socket.arena, offset));
}

/**
 * What strangers and rogue clients try, over real sockets: each time the
 * victim's call goes on both ways, and the attack is counted.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { testWithPorts } from "../../tests/support/port_sets.ts";
import {
  openTestHub,
  rtpPacket,
  type TestCall,
  type TestHub,
  until,
} from "../../tests/support/test_hub.ts";
import { createCredentials } from "./dtls/certificate.ts";
import { fingerprintOf } from "./dtls/client_proof.ts";
import type { DropReason } from "./ports.ts";
import { systemRandomBytes } from "./random.ts";
import { decodeStun, StunType } from "./stun.ts";
import { encodeBindingRequest } from "./stun_encode.ts";

/** Somebody on the network who is no peer. */
class Stranger {
  readonly received: Uint8Array[] = [];
  readonly #conn: Deno.DatagramConn;
  readonly #to: Deno.NetAddr;

  constructor(hub: TestHub) {
    const family = hub.host.includes(":") ? "::1" : "127.0.0.1";
    this.#conn = Deno.listenDatagram({
      transport: "udp",
      hostname: family,
      port: 0,
    });
    this.#to = { transport: "udp", hostname: hub.host, port: hub.port };
    this.#receive();
  }

  async send(datagram: Uint8Array): Promise<void> {
    await this.#conn.send(datagram, this.#to);
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }

  async #receive(): Promise<void> {
    for await (const [datagram] of this.#conn) this.received.push(datagram);
  }
}

/** The victim's call goes on, both ways and where it was. */
async function goesOn(it: TestHub, victim: TestCall): Promise<void> {
  await victim.arrives();
  await victim.returns();
  assert.equal(victim.transport.connected, true);
  assert.equal(victim.observer.connected, 1);
  assert.deepEqual(victim.observer.failures, []);
  assert.deepEqual(it.errors, []);
}

/** Waits until that many more are dropped for that reason. */
async function dropped(
  it: TestHub,
  reason: DropReason,
  attack: () => Promise<void> | void,
  atLeast = 1,
): Promise<void> {
  const before = it.hub.dropped[reason];
  await attack();
  await until(() => it.hub.dropped[reason] >= before + atLeast);
}

/** Gathers what the peer of a call sends, of one kind of first byte. */
function sniff(call: TestCall, first: (byte: number) => boolean): Uint8Array[] {
  const seen: Uint8Array[] = [];
  call.peer.onSend = (datagram) => {
    if (first(datagram[0] ?? 0)) seen.push(datagram.slice());
  };
  return seen;
}

testWithPorts(
  "A client whose certificate is not the one of its SDP gets nothing",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.call();
    const rogue = await it.open({
      claimedFingerprint: victim.peer.local.fingerprint,
    });
    rogue.exchange();
    rogue.peer.connect().catch(() => {});
    await until(() => rogue.observer.failures.length > 0);

    assert.equal(rogue.observer.failures[0]!.recoverable, false);
    assert.equal(rogue.observer.connected, 0);
    await dropped(
      it,
      "before-handshake",
      () => rogue.peer.sendRaw(rtpPacket(1)),
    );
    await goesOn(it, victim);
  },
);

testWithPorts(
  "A client that shows a certificate without its key gets nothing",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const [stolen, own] = [
      await createCredentials(),
      await createCredentials(),
    ];
    const victim = await it.call({ credentials: stolen });
    const rogue = await it.open({
      credentials: { ...stolen, keyPem: own.keyPem },
      claimedFingerprint: fingerprintOf(stolen.certificate),
    });
    rogue.exchange();
    rogue.peer.connect().catch(() => {});
    await until(() => rogue.observer.failures.length > 0);

    assert.match(rogue.observer.failures[0]!.reason, /key/);
    assert.equal(rogue.observer.connected, 0);
    await goesOn(it, victim);
  },
);

testWithPorts(
  "A client whose Finished is wrong gets nothing",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.call();
    const rogue = await it.open({ badFinished: true });
    rogue.exchange();
    rogue.peer.connect().catch(() => {});
    await until(() => rogue.observer.failures.length > 0);

    assert.match(rogue.observer.failures[0]!.reason, /Finished/);
    assert.equal(rogue.observer.connected, 0);
    await goesOn(it, victim);
  },
);

for (const host of ["127.0.0.1", "::1"]) {
  testWithPorts(
    `A check without the password moves nothing and gets no answer (${host})`,
    async (openPorts) => {
      using it = await openTestHub(openPorts, host);
      const victim = await it.call();
      using stranger = new Stranger(it);
      const request = victim.peer.ice.request({ useCandidate: true });
      const forged = encodeBindingRequest(request, "a guessed password 123456");
      const offset = decodeStun(forged)!.integrityOffset;
      const bare = forged.slice(0, offset);
      new DataView(bare.buffer).setUint16(2, offset - 20);
      const unknown = encodeBindingRequest(
        { ...request, username: "nobody:nobody" },
        victim.transport.local.icePwd,
      );

      await dropped(it, "stun-unauthenticated", () => stranger.send(forged));
      await dropped(it, "stun-unauthenticated", () => stranger.send(bare));
      await dropped(it, "stun-unknown-user", () => stranger.send(unknown));
      await goesOn(it, victim);

      assert.deepEqual(stranger.received, []);
    },
  );
}

testWithPorts(
  "An authentic check in error is answered so, and moves nothing",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.call();
    const response = await victim.peer.ice.check({
      role: "controlled",
      useCandidate: true,
    });

    assert.equal(response.type, StunType.error);
    assert.equal(response.errorCode, 487);
    await goesOn(it, victim);
  },
);

testWithPorts(
  "14 bytes that begin with 30 close nothing",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.call();
    using stranger = new Stranger(it);
    const record = Uint8Array.of(30, 254, 253, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0);

    await dropped(it, "unknown-endpoint", () => stranger.send(record));
    await goesOn(it, victim);
    await dropped(it, "dtls-malformed", () => victim.peer.sendRaw(record));
    await goesOn(it, victim);
  },
);

testWithPorts(
  "A ClientHello after the handshake resets nothing",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.open();
    const dtls = sniff(victim, (byte) => byte >= 20 && byte < 64);
    await victim.connect();
    const clear = dtls.filter((record) => record[4] === 0);
    assert.ok(clear.some((record) => record[0] === 22 && record[13] === 1));
    using stranger = new Stranger(it);

    for (const record of clear) {
      await dropped(it, "unknown-endpoint", () => stranger.send(record));
      await dropped(it, "dtls-malformed", () => victim.peer.sendRaw(record));
    }
    await goesOn(it, victim);
    assert.deepEqual(stranger.received, []);
  },
);

testWithPorts("Clear-text alerts close nothing", async (openPorts) => {
  using it = await openTestHub(openPorts);
  const victim = await it.call();
  for (const alert of [[1, 0], [2, 40], [2, 255]]) {
    const record = Uint8Array.of(
      21,
      254,
      253,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      9,
      0,
      2,
      ...alert,
    );
    await dropped(it, "dtls-malformed", () => victim.peer.sendRaw(record));
  }
  await goesOn(it, victim);
});

testWithPorts(
  "Garbage of every first byte and size does nothing",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.call();
    using stranger = new Stranger(it);
    const total = () => Object.values(it.hub.dropped).reduce((a, b) => a + b);

    for (let first = 0; first < 256; first++) {
      const noise = systemRandomBytes(1 + (first * 7) % 200);
      noise[0] = first;
      const before = total();
      await stranger.send(noise);
      victim.peer.sendRaw(noise);
      await until(() => total() >= before + 2);
    }
    await dropped(it, "empty", () => stranger.send(new Uint8Array(0)));

    assert.ok(it.hub.dropped["unknown-first-byte"] > 0);
    assert.ok(it.hub.dropped["stun-malformed"] > 0);
    assert.ok(it.hub.dropped["srtp-authentication"] > 0);
    await goesOn(it, victim);
    assert.deepEqual(stranger.received, []);
  },
);

testWithPorts(
  "Truncated and changed messages do nothing",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.open();
    const sent = sniff(victim, () => true);
    await victim.connect();
    await victim.arrives();
    victim.peer.onSend = () => {};
    const total = () => Object.values(it.hub.dropped).reduce((a, b) => a + b);
    const spoilt = async (datagram: Uint8Array) => {
      const before = total();
      victim.peer.sendRaw(datagram);
      await until(() => total() > before);
    };

    for (const datagram of sent) {
      for (const size of [1, 2, 8, 12, 13, 19, 20, 24, datagram.length - 1]) {
        if (size < datagram.length) await spoilt(datagram.slice(0, size));
      }
    }
    // STUN's FINGERPRINT may be missing: only what stands before it is protected.
    const protectedBytes = (it: Uint8Array) =>
      it[0]! < 4 ? it.length - 8 : it.length;
    const sealed = sent.filter((it) =>
      it[0]! < 4 || it[0]! > 127 || it[4] === 1
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sealed),
        fc.nat(2_000),
        fc.integer({ min: 1, max: 255 }),
        async (datagram, at, change) => {
          const changed = datagram.slice();
          changed[at % protectedBytes(changed)]! ^= change;
          await spoilt(changed);
        },
      ),
      { numRuns: 300 },
    );
    await goesOn(it, victim);
  },
);

testWithPorts("A replayed SRTP packet is dropped", async (openPorts) => {
  using it = await openTestHub(openPorts);
  const victim = await it.call();
  const media = sniff(victim, (byte) => byte > 127);
  await victim.arrives();
  const count = victim.observer.rtp.length;

  await dropped(it, "srtp-replayed", () => victim.peer.sendRaw(media[0]!));

  assert.equal(victim.observer.rtp.length, count);
  await goesOn(it, victim);
});

testWithPorts(
  "300 packets lost across the sequence wrap do no harm",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.call();
    for (const start of [65_300, 164]) {
      for (let i = 0; i < 50; i++) {
        const before = victim.observer.rtp.length;
        victim.peer.sendRtp(rtpPacket((start + i) & 0xffff));
        await until(() => victim.observer.rtp.length > before);
      }
    }
    assert.equal(it.hub.dropped["srtp-authentication"], 0);
    assert.equal(victim.observer.rtp.length, 100);
  },
);

testWithPorts(
  "An endpoint whose media comes is not given to another peer",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const [victim, rogue] = [await it.call(), await it.call()];
    await victim.arrives();
    // What the rogue would send with the victim's address as its source.
    const claim = () =>
      victim.peer.sendRaw(encodeBindingRequest(
        rogue.peer.ice.request({ useCandidate: true }),
        rogue.peer.ice.remote.icePwd,
      ));

    await dropped(it, "endpoint-in-use", claim);
    await goesOn(it, victim);
    await goesOn(it, rogue);
  },
);

testWithPorts(
  "An endpoint that is silent goes to the latest authentic check, and back",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const [first, second] = [await it.call(), await it.call()];
    await first.arrives();
    it.clock.advance(3_000);
    const answers: Uint8Array[] = [];
    first.peer.onDatagram = (datagram) => answers.push(datagram.slice());

    first.peer.sendRaw(encodeBindingRequest(
      second.peer.ice.request({ useCandidate: true }),
      second.peer.ice.remote.icePwd,
    ));
    await until(() => answers.length > 0);
    await dropped(
      it,
      "srtp-authentication",
      () => first.peer.sendRtp(rtpPacket(999)),
    );

    await first.peer.ice.check({ useCandidate: true });
    await second.peer.ice.check({ useCandidate: true });
    await goesOn(it, first);
    await goesOn(it, second);
  },
);

testWithPorts(
  "A flood from many ports leaves nothing behind",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.call();
    const before = it.endpointCount();

    for (let i = 0; i < 100; i++) {
      using stranger = new Stranger(it);
      await dropped(it, "unknown-endpoint", () => stranger.send(rtpPacket(i)));
    }

    assert.equal(it.endpointCount(), before);
    await goesOn(it, victim);
  },
);

testWithPorts(
  "One client's endpoints are bounded, and gone when it is",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const victim = await it.call();
    const before = it.endpointCount();
    const restless = await it.open();
    restless.exchange();

    for (let i = 0; i < 40; i++) await restless.peer.move();
    assert.equal(it.endpointCount(), before + 16);
    restless.close();

    assert.equal(it.endpointCount(), before);
    await goesOn(it, victim);
  },
);

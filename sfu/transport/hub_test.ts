import assert from "node:assert/strict";
import { testWithPorts } from "../../tests/support/port_sets.ts";
import {
  openTestHub,
  rtcpPacket,
  rtpPacket,
  TestObserver,
  until,
} from "../../tests/support/test_hub.ts";
import { TestDtlsClient } from "../../tests/support/test_dtls_client.ts";
import { createCredentials } from "./dtls/certificate.ts";

for (const host of ["127.0.0.1", "::1"]) {
  testWithPorts(
    `openTransportHub() carries RTP and RTCP both ways over ${host}`,
    async (openPorts) => {
      using it = await openTestHub(openPorts, host);
      const call = await it.call();
      const fromPeer = rtcpPacket(7);
      const toPeer = rtcpPacket(8);
      let back: Uint8Array | undefined;
      call.peer.onRtcp = (packet) => back = packet.slice();

      await call.arrives();
      await call.returns();
      call.peer.sendRtcp(fromPeer);
      assert.ok(call.transport.sendRtcp(toPeer) > toPeer.length);
      it.hub.flush();
      await until(() => call.observer.rtcp.length > 0 && back !== undefined);

      assert.deepEqual(call.observer.rtcp, [fromPeer]);
      assert.deepEqual(back, toPeer);
      assert.equal(call.observer.connected, 1);
      assert.deepEqual(call.observer.failures, []);
      assert.deepEqual(it.errors, []);
    },
  );
}

testWithPorts(
  "openTransportHub() carries media with the older SRTP profile",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call({ profiles: ["SRTP_AES128_CM_HMAC_SHA1_80"] });

    await call.arrives();
    await call.returns();
  },
);

testWithPorts(
  "openTransportHub() serves many peers on one port",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const calls = await Promise.all(Array.from({ length: 5 }, () => it.call()));

    for (const call of calls) await call.arrives();
    for (const call of calls) await call.returns();

    assert.deepEqual(calls.map((call) => call.observer.rtp.length), [
      1,
      1,
      1,
      1,
      1,
    ]);
    calls[0]!.close();
    await calls[1]!.arrives();
    await calls[1]!.returns();
  },
);

testWithPorts(
  "PeerTransport answers checks before the other side's SDP is here",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.open();

    const connecting = call.peer.connect();
    await until(() => it.hub.dropped["before-handshake"] > 0);
    call.exchange();
    await connecting;

    await call.arrives();
  },
);

testWithPorts(
  "PeerTransport follows a nominated check to another port",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call();
    await call.arrives();
    const before = call.peer.port;

    await call.peer.move();

    assert.notEqual(call.peer.port, before);
    await call.returns();
    await call.arrives();
    assert.equal(call.observer.connected, 1);
  },
);

testWithPorts(
  "PeerTransport.sendRtp() drops and counts before it is connected",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.open();
    const packet = rtpPacket(1);

    assert.equal(call.transport.sendRtp(packet.subarray(0, 12), packet), 0);
    assert.equal(call.transport.sendRtcp(rtcpPacket(1)), 0);
    assert.equal(it.hub.dropped["send-refused"], 2);
  },
);

testWithPorts(
  "PeerTransport.sendRtp() refuses what no datagram takes",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call();
    const packet = rtpPacket(1, 60_000);

    assert.equal(
      call.transport.sendRtp(packet.subarray(0, 12), packet.subarray(12)),
      0,
    );
    await call.returns();
  },
);

testWithPorts(
  "PeerTransport.setRemote() refuses another fingerprint once connected",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call();
    const { iceUfrag, icePwd, fingerprint } = call.peer.local;
    const other = {
      ...fingerprint,
      value: fingerprint.value.replace(/./g, "A"),
    };

    assert.throws(
      () =>
        call.transport.setRemote({ iceUfrag, icePwd, fingerprints: [other] }),
      RangeError,
    );
    call.transport.setRemote({
      iceUfrag,
      icePwd,
      fingerprints: [{
        ...fingerprint,
        value: fingerprint.value.toLowerCase(),
      }],
    });
    await call.arrives();
  },
);

testWithPorts(
  "PeerTransport.restartIce() keeps the old credentials until the new are used",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call();
    const old = call.transport.local;

    call.transport.restartIce();
    assert.notEqual(call.transport.local.iceUfrag, old.iceUfrag);
    await call.peer.ice.check({ useCandidate: true });
    await call.arrives();
    await call.returns();
    call.peer.ice.restart(call.transport.local);
    call.exchange();
    await call.peer.move();
    await call.arrives();
    await call.returns();

    const before = it.hub.dropped["stun-unknown-user"];
    call.peer.ice.remote = old;
    const late = call.peer.ice.check();
    late.catch(() => {});
    await until(() => it.hub.dropped["stun-unknown-user"] > before);
    assert.equal(call.observer.connected, 1);
  },
);

testWithPorts(
  "PeerTransport fails if it does not connect in time, and may yet connect",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.open();

    it.hub.poll(it.clock.advance(60_000));
    assert.deepEqual(call.observer.failures, []);
    call.exchange();
    it.hub.poll(it.clock.advance(29_999));
    assert.deepEqual(call.observer.failures, []);
    it.hub.poll(it.clock.advance(1));
    it.hub.poll(it.clock.advance(60_000));
    assert.deepEqual(
      call.observer.failures.map(({ recoverable }) => recoverable),
      [true],
    );

    await call.connect();
    it.hub.poll(it.clock.advance(1));
    await call.arrives();
    await call.returns();
    assert.equal(call.observer.failures.length, 1);
  },
);

testWithPorts(
  "PeerTransport fails without checks, sends nothing, and recovers with one",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call();

    it.hub.poll(it.clock.advance(29_999));
    assert.deepEqual(call.observer.failures, []);
    it.hub.poll(it.clock.advance(1));
    it.hub.poll(it.clock.advance(10));
    assert.deepEqual(
      call.observer.failures.map(({ recoverable }) => recoverable),
      [true],
    );
    assert.equal(call.transport.sendRtcp(rtcpPacket(1)), 0);

    await call.peer.ice.check({ useCandidate: true });
    await call.returns();
    it.hub.poll(it.clock.advance(30_000));
    assert.equal(call.observer.failures.length, 2);
  },
);

testWithPorts(
  "PeerTransport gives an ICE restart time of its own",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call();

    it.hub.poll(it.clock.advance(30_000));
    call.transport.restartIce();
    it.hub.poll(it.clock.advance(29_999));
    assert.equal(call.observer.failures.length, 1);
    it.hub.poll(it.clock.advance(1));
    assert.equal(call.observer.failures.length, 2);
  },
);

testWithPorts(
  "PeerTransport fails for good if the handshake takes too long",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.open();
    call.exchange();
    await call.peer.ice.check();
    let answered = false;
    call.peer.onDatagram = (datagram) => answered ||= datagram[0] === 22;
    // A client that says hello and hears nothing of the answer.
    const deaf = new TestDtlsClient({
      credentials: await createCredentials(),
      send: (datagram) => call.peer.sendRaw(datagram),
    });
    deaf.start();
    await until(() => answered);
    deaf.close();

    it.hub.poll(it.clock.advance(14_999));
    assert.deepEqual(call.observer.failures, []);
    it.hub.poll(it.clock.advance(1));
    it.hub.poll(it.clock.advance(60_000));

    assert.deepEqual(
      call.observer.failures.map(({ recoverable }) => recoverable),
      [false],
    );
  },
);

testWithPorts(
  "PeerTransport ends on an authentic close_notify",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call();

    call.peer.sendRaw(call.peer.dtls.sealAlert(1, 0));
    await until(() => call.observer.failures.length > 0);

    assert.equal(call.observer.failures[0]!.recoverable, false);
    assert.equal(call.transport.connected, false);
    assert.equal(call.transport.sendRtcp(rtcpPacket(1)), 0);
  },
);

testWithPorts(
  "PeerTransport.close() is final, and may be called while a packet is handled",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const other = await it.call();
    const observer = new TestObserver();
    const call = await it.call({}, observer);
    let packets = 0;
    observer.handleRtp = () => {
      packets++;
      call.transport.close();
    };

    call.peer.sendRtp(rtpPacket(1));
    call.peer.sendRtp(rtpPacket(2));
    await until(() => it.hub.dropped["unknown-endpoint"] > 0);

    assert.equal(packets, 1);
    assert.equal(call.transport.sendRtcp(rtcpPacket(1)), 0);
    call.transport.close();
    call.exchange();
    call.transport.restartIce();
    await other.arrives();
  },
);

testWithPorts(
  "openTransportHub() contains and reports what an observer throws",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const other = await it.call();
    const observer = new TestObserver();
    const boom = new Error("a bug");
    const throws = () => {
      throw boom;
    };
    observer.handleConnected = throws;
    observer.handleRtp = throws;
    observer.handleFailed = throws;
    const call = await it.call({}, observer);

    call.peer.sendRtp(rtpPacket(1));
    await until(() => it.errors.length === 2);
    it.hub.poll(it.clock.advance(30_000));

    assert.ok(it.errors.length >= 3);
    assert.ok(it.errors.every((error) => error === boom));
    await other.peer.ice.check();
    await other.arrives();
    await other.returns();
  },
);

testWithPorts(
  "openTransportHub() closes twice without harm",
  async (openPorts) => {
    using it = await openTestHub(openPorts);
    const call = await it.call();
    it.hub.close();
    it.hub.close();

    assert.throws(() => it.hub.createPeer(new TestObserver()), Error);
    assert.equal(call.transport.sendRtcp(rtcpPacket(1)), 0);
    assert.deepEqual(it.errors, []);
  },
);

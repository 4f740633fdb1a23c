/**
 * Hundreds of people who come at once hold nobody up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { FakeDatagramSocket } from "../../tests/support/fake_datagram_socket.ts";
import { testWithPorts } from "../../tests/support/port_sets.ts";
import { TestDtlsClient } from "../../tests/support/test_dtls_client.ts";
import { TestClock, TestObserver } from "../../tests/support/test_hub.ts";
import { TestIceAgent } from "../../tests/support/test_ice_agent.ts";
import { createCredentials, type Credentials } from "./dtls/certificate.ts";
import { fingerprintOf } from "./dtls/client_proof.ts";
import { openTransportHub } from "./hub.ts";
import type { DtlsProvider, Endpoint, TransportHub } from "./ports.ts";
import { systemRandomBytes } from "./random.ts";
import { createNodeSrtpProvider } from "./srtp/node_srtp.ts";
import { encodeBindingRequest } from "./stun_encode.ts";

const CROWD = 200;
const DTLS_HANDSHAKE = 22;

testWithPorts(
  "A crowd's handshakes are done by and by, and nobody else waits for them",
  async (openPorts) => {
    const { dtls } = await openPorts();
    const socket = new FakeDatagramSocket();
    const hub = openHub(socket, dtls);
    const credentials = await createCredentials();
    const crowd = Array.from(
      { length: CROWD },
      (_, n) => new Newcomer(hub, credentials, (n + 1) as Endpoint),
    );
    socket.receive(...crowd.map((one) => [one.endpoint, one.check()] as const));
    const hellos = await Promise.all(crowd.map((one) => one.hello()));
    const answered = () =>
      socket.sent.filter((it) => it.datagram[0] === DTLS_HANDSHAKE).length;
    socket.sent.length = 0;

    socket.receive(...hellos.map((it, n) => [crowd[n]!.endpoint, it] as const));
    let before = 0;
    for (let turns = 0; answered() < CROWD; turns++) {
      assert.ok(answered() - before <= 16);
      before = answered();
      assert.ok(turns < CROWD);
      // Whoever comes meanwhile has his answer at once.
      const [first] = crowd;
      const sent = socket.sent.length;
      socket.receive([first!.endpoint, first!.check()]);
      assert.equal(socket.sent.length, sent + 1);
      assert.equal(socket.sent[sent]!.datagram[0], 1);
      await new Promise((resolve) => setImmediate(resolve));
    }

    const askedBy = socket.sent
      .filter((it) => it.datagram[0] === DTLS_HANDSHAKE).map(({ to }) => to);
    assert.deepEqual(askedBy, crowd.map(({ endpoint }) => endpoint));
    assert.equal(hub.dropped["dtls-backlog"], 0);
    hub.close();
    dtls.close();
  },
);

function openHub(
  socket: FakeDatagramSocket,
  dtls: DtlsProvider,
): TransportHub {
  return openTransportHub({
    socket,
    dtls,
    srtp: createNodeSrtpProvider(),
    announced: [],
    random: systemRandomBytes,
    clock: new TestClock(),
    onError: (error) => assert.fail(String(error)),
  });
}

/** Somebody who comes to the hub from an endpoint of his own. */
class Newcomer {
  readonly endpoint: Endpoint;
  readonly #ice: TestIceAgent;
  readonly #credentials: Credentials;

  constructor(hub: TransportHub, credentials: Credentials, endpoint: Endpoint) {
    this.endpoint = endpoint;
    this.#credentials = credentials;
    const transport = hub.createPeer(new TestObserver());
    this.#ice = new TestIceAgent(transport.local, () => {});
    transport.setRemote({
      ...this.#ice.local,
      fingerprints: [fingerprintOf(credentials.certificate)],
    });
  }

  check(): Uint8Array {
    const { icePwd } = this.#ice.remote;
    return encodeBindingRequest(this.#ice.request(), icePwd);
  }

  /** The first datagram of a DTLS client. */
  hello(): Promise<Uint8Array> {
    return new Promise((resolve) => {
      const client = new TestDtlsClient({
        credentials: this.#credentials,
        retransmitMs: 0,
        send: resolve,
      });
      client.start();
    });
  }
}

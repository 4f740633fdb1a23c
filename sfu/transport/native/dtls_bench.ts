/**
 * What a DTLS handshake costs the server by OpenSSL, against werift: the answer
 * to a client's hello, and what comes of its proof. Together they are a
 * handshake; the client's own work is not measured.
 */
import { setImmediate } from "node:timers";
import { TestDtlsClient } from "../../../tests/support/test_dtls_client.ts";
import { createCredentials } from "../dtls/certificate.ts";
import { fingerprintOf } from "../dtls/client_proof.ts";
import { openWeriftDtls } from "../dtls/werift_dtls.ts";
import type { DtlsProvider, DtlsSession } from "../ports.ts";
import { openNativeLibraries } from "./choose_ports.ts";
import { openNativeDtls } from "./native_dtls.ts";

const { libc, libssl } = openNativeLibraries();
const credentials = await createCredentials();
const expected = [fingerprintOf(credentials.certificate)];

/** Both sides, joined by hand. */
class Link {
  readonly connected: Promise<void>;
  readonly #toServer: Uint8Array[] = [];
  readonly #toClient: Uint8Array[] = [];
  readonly #session: DtlsSession;
  readonly #client: TestDtlsClient;

  constructor(provider: DtlsProvider) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.connected = promise;
    this.#session = provider.createSession(expected, {
      handleDtlsOutput: (datagram) => this.#toClient.push(datagram.slice()),
      handleDtlsConnected: () => resolve(),
      handleDtlsFailed: (reason) => reject(new Error(reason)),
      handleDtlsClosed: () => {},
    });
    this.#client = new TestDtlsClient({
      credentials,
      retransmitMs: 0,
      send: (datagram) => this.#toServer.push(datagram),
    });
    this.#client.start();
  }

  /** Lets the client go on, until it has said what it has to. */
  async client(): Promise<void> {
    for (const datagram of this.#toClient.splice(0)) {
      this.#client.handleDatagram(datagram);
    }
    do {
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#toServer.length === 0);
  }

  server(): void {
    for (const datagram of this.#toServer.splice(0)) {
      this.#session.handleDatagram(datagram);
    }
  }

  close(): void {
    this.#session.close();
    this.#client.close();
  }
}

for (
  const [name, provider] of [
    ["werift", await openWeriftDtls()],
    ["OpenSSL", await openNativeDtls(libc, libssl)],
  ] as const
) {
  /** A link whose client has said its last hello: werift's says two. */
  const openLink = async () => {
    const link = new Link(provider);
    await link.client();
    if (name === "OpenSSL") return link;
    link.server();
    await link.client();
    return link;
  };
  const baseline = name === "werift";

  Deno.bench(name, { group: "hello", baseline }, async (bench) => {
    const link = await openLink();
    bench.start();
    link.server();
    bench.end();
    link.close();
  });

  Deno.bench(name, { group: "proof", baseline }, async (bench) => {
    const link = await openLink();
    link.server();
    await link.client();
    bench.start();
    link.server();
    await link.connected;
    bench.end();
    link.close();
  });
}

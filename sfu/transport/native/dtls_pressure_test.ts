/**
 * What DTLS shares with OpenSSL stays where it is and alive, is given back, and
 * is not used with lengths or at times that would end the process.
 *
 * @module
 */
import assert from "node:assert/strict";
import { TestDtlsClient } from "../../../tests/support/test_dtls_client.ts";
import { createCredentials } from "../dtls/certificate.ts";
import { openDtlsLink } from "../dtls/dtls_contract.ts";
import { openLibc } from "./libc.ts";
import { openLibssl } from "./libssl.ts";
import { openNativeDtls } from "./native_dtls.ts";
import { SslContext } from "./ssl_context.ts";
import { SslServer } from "./ssl_server.ts";

const HALF_OPEN = 2_500;
const WHOLE = 100;
/** What 2,500 handshakes would hold if nobody gave it back: more than 50 MB. */
const MAX_GROWTH_BYTES = 20_000_000;
/**
 * Other tests run in this process at the same time, and its memory is theirs,
 * too. What is not given back is so every time.
 */
const MAX_ROUNDS = 8;

const libc = openLibc();
const libssl = openLibssl();

/** Makes garbage of all ages. */
function litter(n: number): unknown {
  return Array.from({ length: 20 }, (_, i) => new ArrayBuffer(i * n % 9_000));
}

Deno.test(`native DTLS gives back the memory of ${HALF_OPEN} half-open handshakes`, async () => {
  const provider = await openNativeDtls(libc, libssl);
  const credentials = await createCredentials();
  const hello = await new Promise<Uint8Array>((send) => {
    new TestDtlsClient({ credentials, retransmitMs: 0, send }).start();
  });
  let answers = 0;
  const observer = {
    handleDtlsOutput: (datagram: Uint8Array) => {
      if (datagram[0] === 22 && datagram[13] === 2) answers++;
    },
    handleDtlsConnected: () => assert.fail("connected"),
    handleDtlsFailed: (reason: string) => assert.fail(reason),
    handleDtlsClosed: () => assert.fail("closed"),
  };
  const handshake = () => {
    const session = provider.createSession([], observer);
    assert.ok(session.handleDatagram(hello));
    session.close();
  };
  const handshakes = () => {
    for (let n = 0; n < HALF_OPEN; n++) handshake();
  };
  handshakes();
  const growths: number[] = [];
  do {
    const before = Deno.memoryUsage().rss;
    handshakes();
    growths.push(Deno.memoryUsage().rss - before);
  } while (
    growths.at(-1)! >= MAX_GROWTH_BYTES && growths.length < MAX_ROUNDS
  );
  provider.close();

  assert.equal(answers, HALF_OPEN * (1 + growths.length));
  assert.ok(Math.min(...growths) < MAX_GROWTH_BYTES, `${growths} bytes more`);
});

Deno.test(`native DTLS connects ${WHOLE} clients among much garbage`, async () => {
  const provider = await openNativeDtls(libc, libssl);
  const contract = {
    name: "OpenSSL",
    open: () => Promise.resolve({ ...provider, close() {} }),
    openClient: (options: ConstructorParameters<typeof TestDtlsClient>[0]) =>
      new TestDtlsClient(options),
  };
  for (let n = 0; n < WHOLE; n++) {
    using it = await openDtlsLink(contract, {
      toServer: (datagram) => {
        litter(n);
        return [datagram];
      },
    });
    const mine = await it.client.connected;
    assert.equal(await it.outcome, "connected");
    assert.deepEqual(it.result?.sendKeys, mine.receiveKeys);
  }
  provider.close();
});

Deno.test("SslServer refuses what would make C end the process", async () => {
  const context = new SslContext(libc, libssl, await createCredentials());
  const server = new SslServer(context);
  assert.throws(() => server.feed(new Uint8Array(20_000)), RangeError);
  assert.throws(() => server.exportKeys(5_000), RangeError);
  assert.equal(server.trust(new Uint8Array(20_000)), false);
  assert.equal(server.trust(new Uint8Array(0)), false);
  assert.equal(
    server.trust(crypto.getRandomValues(new Uint8Array(300))),
    false,
  );
  assert.equal(server.srtpProfile, undefined);
  assert.equal(server.hasExtendedMasterSecret, false);
  assert.throws(() => server.secrets(), /OpenSSL failed/);
  assert.throws(() => server.exportKeys(60), /OpenSSL failed/);
  assert.deepEqual(server.takeRecords(), []);

  server.close();
  server.close();
  const closed = /it is over/;
  assert.throws(() => server.feed(new Uint8Array(20)), closed);
  assert.throws(() => server.takeRecords(), closed);
  assert.throws(() => server.trust(new Uint8Array(20)), closed);
  assert.throws(() => server.srtpProfile, closed);
  assert.throws(() => server.secrets(), closed);
  context.close();
  context.close();
  assert.throws(() => new SslServer(context), /it is closed/);
});

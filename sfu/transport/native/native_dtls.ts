/**
 * DTLS 1.2 by OpenSSL's libssl.
 *
 * @module
 */
import { createCredentials } from "../dtls/certificate.ts";
import { fingerprintOf } from "../dtls/client_proof.ts";
import { DtlsServerSession } from "../dtls/server_session.ts";
import type { DtlsProvider } from "../ports.ts";
import type { Libc } from "./libc.ts";
import type { Libssl } from "./libssl.ts";
import { SslContext } from "./ssl_context.ts";
import { SslHandshake } from "./ssl_handshake.ts";

/**
 * Makes a certificate of our own and DTLS sessions that present it. Provider and
 * sessions must be closed: a handshake holds memory that nobody collects.
 *
 * @throws {Error} if this OpenSSL cannot do what we need
 */
export async function openNativeDtls(
  libc: Libc,
  libssl: Libssl,
): Promise<DtlsProvider> {
  const credentials = await createCredentials();
  const context = new SslContext(libc, libssl, credentials);
  return {
    fingerprint: fingerprintOf(credentials.certificate),
    createSession: (expected, observer) =>
      new DtlsServerSession(
        (...args) => new SslHandshake(context, ...args),
        expected,
        observer,
      ),
    close: () => context.close(),
  };
}

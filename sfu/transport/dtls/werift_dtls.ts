/**
 * DTLS 1.2 by werift's `DtlsServer`, with the proofs that it leaves out.
 *
 * @module
 */
import type { DtlsProvider } from "../ports.ts";
import { createCredentials } from "./certificate.ts";
import { fingerprintOf } from "./client_proof.ts";
import { DtlsServerSession } from "./server_session.ts";
import { WeriftHandshake } from "./werift_handshake.ts";

/** Makes a certificate of our own and DTLS sessions that present it. */
export async function openWeriftDtls(): Promise<DtlsProvider> {
  const credentials = await createCredentials();
  return {
    fingerprint: fingerprintOf(credentials.certificate),
    createSession: (expected, observer) =>
      new DtlsServerSession(
        (...args) => new WeriftHandshake(credentials, ...args),
        expected,
        observer,
      ),
    close() {}, // nothing of the system is held
  };
}

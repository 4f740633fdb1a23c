import type { DtlsProvider } from "../ports.ts";

/** Makes a certificate of our own and DTLS sessions that present it. */
export declare function openWeriftDtls(): Promise<DtlsProvider>;

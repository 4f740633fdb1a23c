/**
 * Chooses, at the start, between native and portable ports.
 *
 * @module
 */
import type { Log } from "../../../lib/log.ts";
import {
  type DatagramSocketOptions,
  openDenoDatagramSocket,
} from "../deno_datagram_socket.ts";
import type { DatagramSocket, DtlsProvider, SrtpProvider } from "../ports.ts";
import { createNodeSrtpProvider } from "../srtp/node_srtp.ts";
import { type Libc, openLibc } from "./libc.ts";
import { type Libcrypto, openLibcrypto } from "./libcrypto.ts";
import { LibraryError } from "./libraries.ts";
import { type Libssl, openLibssl } from "./libssl.ts";
import { openNativeDatagramSocket } from "./native_datagram_socket.ts";
import { openNativeDtls } from "./native_dtls.ts";
import { createNativeSrtpProvider } from "./native_srtp.ts";

/**
 * Which ports to take: native ones where they can be had, native ones or none,
 * or portable ones.
 */
export type NativeChoice = "auto" | "on" | "off";

/** What carries media: one set for all planes of a thread. */
export interface MediaPorts {
  /** Opens a UDP port, to be closed; throws as the adapters do. */
  readonly openSocket: (options: DatagramSocketOptions) => DatagramSocket;
  readonly srtp: SrtpProvider;
  /** To be closed. */
  readonly dtls: DtlsProvider;
}

/** One of the two sets of ports that there are. */
export type PortSet = "native" | "portable";

/**
 * Chooses between the sets of ports for the whole process, and writes one line
 * to the log that says which one, and why.
 *
 * @throws {LibraryError} if native ones are wanted and cannot be had
 */
export function choosePortSet(choice: NativeChoice, log: Log): PortSet {
  if (choice === "off") {
    log.info("Media ports", { ports: "portable", reason: "--native off" });
    return "portable";
  }
  try {
    openNativeLibraries();
    log.info("Media ports", { ports: "native" });
    return "native";
  } catch (error) {
    if (choice === "on" || !(error instanceof LibraryError)) throw error;
    const reason = error.message;
    log.info("Media ports", { ports: "portable", reason });
    return "portable";
  }
}

/**
 * Opens a set of ports for the thread that asks.
 *
 * @throws {LibraryError} if it is the native one and cannot be had
 */
export async function openPorts(set: PortSet): Promise<MediaPorts> {
  return set === "native"
    ? await openNativePorts(openNativeLibraries())
    : await openPortablePorts();
}

/** Ports that work wherever Deno does. */
export async function openPortablePorts(): Promise<MediaPorts> {
  // Only where it is wanted: threads with native ports do without werift.
  const { openWeriftDtls } = await import("../dtls/werift_dtls.ts");
  return {
    openSocket: openDenoDatagramSocket,
    srtp: createNodeSrtpProvider(),
    dtls: await openWeriftDtls(),
  };
}

/** What native ports stand on. */
export interface NativeLibraries {
  readonly libc: Libc;
  readonly libcrypto: Libcrypto;
  readonly libssl: Libssl;
}

/**
 * Opens the libraries of a Linux system, for as long as the process lasts.
 *
 * @throws {LibraryError} if one of them cannot be had
 */
export function openNativeLibraries(): NativeLibraries {
  return {
    libc: openLibc(),
    libcrypto: openLibcrypto(),
    libssl: openLibssl(),
  };
}

/** Ports on the libraries of a Linux system. */
export async function openNativePorts(
  { libc, libcrypto, libssl }: NativeLibraries,
): Promise<MediaPorts> {
  return {
    openSocket: (options) => openNativeDatagramSocket(libc, options),
    srtp: createNativeSrtpProvider(libc, libcrypto),
    dtls: await openNativeDtls(libc, libssl),
  };
}

/**
 * The sets of media ports that this system has, for tests that each must pass.
 *
 * @module
 */
import {
  type MediaPorts,
  openNativeLibraries,
  openNativePorts,
  openPortablePorts,
} from "../../sfu/transport/native/choose_ports.ts";
import type { DatagramSocket } from "../../sfu/transport/ports.ts";

/** Opens a set of ports; whoever does closes its DTLS. */
export type OpenPorts = () => Promise<MediaPorts>;

/**
 * Registers a test once for each set of ports: on Linux two, elsewhere one. It
 * closes the sockets that it opens.
 */
export function testWithPorts(
  name: string,
  body: (openPorts: OpenPorts) => Promise<void>,
): void {
  for (const [set, open] of Object.entries(PORT_SETS)) {
    Deno.test(`${name} (${set} ports)`, async () => {
      const sockets: DatagramSocket[] = [];
      await body(async () => {
        const ports = await open();
        return {
          ...ports,
          openSocket(options) {
            const socket = ports.openSocket(options);
            sockets.push(socket);
            return socket;
          },
        };
      });
      await Promise.all(sockets.map(({ closed }) => closed));
    });
  }
}

/** By name. The libraries are opened before any test, which would miss them. */
const PORT_SETS: Readonly<Record<string, OpenPorts>> = {
  portable: openPortablePorts,
  ...nativePorts(),
};

function nativePorts(): Record<string, OpenPorts> {
  if (Deno.build.os !== "linux") return {};
  const libraries = openNativeLibraries();
  return { native: () => openNativePorts(libraries) };
}

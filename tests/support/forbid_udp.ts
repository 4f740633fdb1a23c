import { requireProgram } from "./required_programs.ts";

/**
 * Has the system refuse to send datagrams, on loopback, too: in a private network.
 *
 * @param ports to these alone, as Firefox connects a UDP socket to learn its
 *   address; to all unless given
 */
export async function forbidUdp(ports?: readonly number[]): Promise<void> {
  const targets = ports?.map((port) => ` dport ${port}`) ?? [""];
  const rules = [
    "add pref 100 lookup local",
    ...targets.map((to) => `add pref 50 ipproto udp${to} prohibit`),
    "del pref 0",
  ];
  for (const rule of rules) {
    const { success } = await new Deno.Command(requireProgram("ip"), {
      args: ["rule", ...rule.split(" ")],
    }).output();
    if (!success) throw new Error(`Cannot forbid UDP: ip rule ${rule}`);
  }
}

/** Whether a datagram can be sent, to that port of this machine if it matters. */
export async function hasUdp(port?: number): Promise<boolean> {
  const hostname = "127.0.0.1";
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  try {
    const to = socket.addr as Deno.NetAddr;
    await socket.send(Uint8Array.of(1), { ...to, port: port ?? to.port });
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

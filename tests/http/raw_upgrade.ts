/**
 * Asks for a WebSocket as a page of some origin would, and gives the status of
 * the answer. The WebSocket class says no origin.
 *
 * @param server `http://HOST:PORT`
 */
export async function openRawWebSocket(
  server: string,
  origin: string,
): Promise<number> {
  const { hostname, port, host } = new URL(server);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [
    "GET /ws HTTP/1.1",
    `Host: ${host}`,
    `Origin: ${origin}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "",
    "",
  ];
  await connection.write(new TextEncoder().encode(lines.join("\r\n")));
  const answer = new Uint8Array(1024);
  const size = await connection.read(answer) ?? 0;
  const text = new TextDecoder().decode(answer.subarray(0, size));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}

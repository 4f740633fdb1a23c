import { serverUrl } from "./target.ts";

/** What a server answers to somebody who asks for a WebSocket. */
export interface UpgradeAnswer {
  readonly status: number;
  readonly headers: Headers;
}

/** Asks for a WebSocket with headers of one's own; the connection ends then. */
export async function askForUpgrade(
  headers: Readonly<Record<string, string>> = {},
): Promise<UpgradeAnswer> {
  const { hostname, port, host } = new URL(serverUrl());
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const all = {
    "Host": host,
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const request = ["GET /ws HTTP/1.1", ...lines, "", ""].join("\r\n");
  await connection.write(new TextEncoder().encode(request));
  return parseAnswer(await readHead(connection));
}

async function readHead(connection: Deno.Conn): Promise<string> {
  let text = "";
  const chunk = new Uint8Array(4096);
  while (!text.includes("\r\n\r\n")) {
    const size = await connection.read(chunk);
    if (size === null) break;
    text += new TextDecoder().decode(chunk.subarray(0, size));
  }
  return text.split("\r\n\r\n")[0] ?? "";
}

function parseAnswer(head: string): UpgradeAnswer {
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(statusLine)?.[1]);
  return { status, headers };
}

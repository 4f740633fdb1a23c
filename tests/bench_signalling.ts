/**
 * `deno task bench:signalling`: what a group of a thousand costs the server. A
 * server process, and that many WebSocket clients in this one.
 *
 * @module
 */
import process from "node:process";

import { BenchClient } from "./support/bench_client.ts";
import { RawWebSocket } from "./support/raw_websocket.ts";
import { readUsage } from "./support/process_usage.ts";
import { TestServer } from "./support/server.ts";

/** What is measured, on the last line. */
interface Figures {
  readonly clients: number;
  /** From the last client's connecting to its knowing everybody. */
  readonly joinMs: number;
  readonly deliveriesPerCpuSecond: number;
  /** Resident memory of the server for each client in the group. */
  readonly bytesPerClient: number;
  /** How much later a message arrives while one client does not read. */
  readonly stallDelayMs: number;
}

const CLIENTS = Number(process.argv[2] ?? 1_000);
const SCHEME = process.argv[3] ?? "ws";

/** How many messages are said to everybody; fewer are less exact. */
const MESSAGES = 200;

/** How many messages tell how long one takes to arrive. */
const PROBES = 50;

/** How long a message is that the stalled reader does not read, in characters. */
const PROBE_LENGTH = 10_000;

async function measure(): Promise<Figures> {
  await using server = await TestServer.start({
    groups: { bench: { "wildcard-user": GUEST } },
  });
  const url = SCHEME === "wss"
    ? `${server.https.replace("https", "wss")}/ws`
    : `${server.http.replace("http", "ws")}/ws`;
  const pid = await server.pid();
  const before = await readUsage(pid);
  const clients: BenchClient[] = [];
  const startMs = performance.now();
  while (clients.length < CLIENTS - 1) {
    const count = Math.min(50, CLIENTS - 1 - clients.length);
    const group = Array.from(
      { length: count },
      (_, index) => BenchClient.join(url, `c${clients.length + index}`),
    );
    clients.push(...await Promise.all(group));
  }
  for (const client of clients) await client.knows(CLIENTS - 1);
  console.log(
    `${clients.length} clients joined in ${
      Math.round(performance.now() - startMs)
    } ms`,
  );
  const lastMs = performance.now();
  const last = await BenchClient.join(url, "last");
  await last.knows(CLIENTS);
  const joinMs = performance.now() - lastMs;
  clients.push(last);
  const joined = await readUsage(pid);
  console.log(
    `joins took ${(joined.cpuSeconds - before.cpuSeconds).toFixed(1)} s of CPU`,
  );

  const deliveriesPerCpuSecond = await measureDeliveries(pid, clients);
  const calmMs = await probe(clients);
  const stalled = await stall(server);
  const stalledMs = await probe(clients);
  stalled[Symbol.dispose]();
  console.log(
    `a long message took ${calmMs.toFixed(1)} ms to reach all, and ${
      stalledMs.toFixed(1)
    } ms with a stalled reader (medians of ${PROBES})`,
  );
  for (const client of clients) client.close();
  return {
    clients: CLIENTS,
    joinMs: Math.round(joinMs),
    deliveriesPerCpuSecond: Math.round(deliveriesPerCpuSecond),
    bytesPerClient: Math.round(
      (joined.residentBytes - before.residentBytes) / CLIENTS,
    ),
    stallDelayMs: Number(Math.max(0, stalledMs - calmMs).toFixed(1)),
  };
}

const GUEST = { password: { type: "wildcard" }, permissions: "present" };

async function measureDeliveries(
  pid: number,
  clients: readonly BenchClient[],
): Promise<number> {
  const before = await readUsage(pid);
  const startMs = performance.now();
  const sum = () => clients.reduce((sum, client) => sum + client.chats, 0);
  const already = sum();
  for (let count = 0; count < MESSAGES; count += 1) {
    clients[count % clients.length]?.say(`message ${count}`);
  }
  const expected = MESSAGES * clients.length;
  for (const client of clients) await client.heard(MESSAGES);
  const after = await readUsage(pid);
  const delivered = sum() - already;
  if (delivered !== expected) throw new Error(`${delivered} of ${expected}`);
  const seconds = after.cpuSeconds - before.cpuSeconds;
  console.log(
    `${delivered} deliveries in ${
      Math.round(performance.now() - startMs)
    } ms, ${seconds.toFixed(2)} s of CPU`,
  );
  return delivered / seconds;
}

/** The median of how long a message takes to reach everybody. */
async function probe(clients: readonly BenchClient[]): Promise<number> {
  const times: number[] = [];
  const few = clients.slice(0, 50);
  const [speaker] = few;
  for (let count = 0; count < PROBES; count += 1) {
    const heard = few.map((client) => client.heard(client.chats + 1));
    const startMs = performance.now();
    speaker?.say("x".repeat(PROBE_LENGTH));
    await Promise.all(heard);
    times.push(performance.now() - startMs);
  }
  return times.sort((a, b) => a - b)[PROBES >> 1] ?? 0;
}

/** Lets somebody join who reads nothing. */
async function stall(server: TestServer): Promise<RawWebSocket> {
  const socket = await RawWebSocket.open(Number(new URL(server.http).port));
  await socket.send(
    '{"type":"handshake","version":["2"],"id":"stalled"}',
  );
  await socket.send(
    '{"type":"join","kind":"join","group":"bench","username":"s","password":""}',
  );
  return socket;
}

console.log(JSON.stringify(await measure()));
Deno.exit(0);

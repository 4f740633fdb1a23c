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

const [COUNT = "1000", SCHEME = "ws"] = process.argv.slice(2)
  .filter((argument) => argument !== "--");
const CLIENTS = Number(COUNT);

/** How many messages are said to everybody; fewer are less exact. */
const MESSAGES = 200;

/** How often that is done; the median counts. */
const SERIES = 5;

/** How often one more reads, and one more does not, by turns. */
const ROUNDS = 5;

/** How many messages of a round tell how long one takes to arrive. */
const PROBES = 20;

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

  const rates: number[] = [];
  for (let count = 0; count < SERIES; count += 1) {
    rates.push(await measureDeliveries(pid, clients));
  }
  const stallDelayMs = await measureStallDelay(server, url, clients);
  for (const client of clients) client.close();
  return {
    clients: CLIENTS,
    joinMs: Math.round(joinMs),
    deliveriesPerCpuSecond: Math.round(median(rates)),
    bytesPerClient: Math.round(
      (joined.residentBytes - before.residentBytes) / CLIENTS,
    ),
    stallDelayMs: Number(stallDelayMs.toFixed(1)),
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
  const heard = clients.map((client) => client.heard(client.chats + MESSAGES));
  for (let count = 0; count < MESSAGES; count += 1) {
    clients[count % clients.length]?.say(`message ${count}`);
  }
  const expected = MESSAGES * clients.length;
  await Promise.all(heard);
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

/**
 * How much later a message reaches others if one more does not read than if one
 * more reads: both by turns, so that what else the machine does hits both.
 * Below zero if it came earlier.
 */
async function measureStallDelay(
  server: TestServer,
  url: string,
  clients: readonly BenchClient[],
): Promise<number> {
  // Not one of Deno's own, which wait for confirmations (RFC 896).
  using speaker = await joinUnread(server, "speaker");
  const calm: number[] = [];
  const stalled: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const reader = await BenchClient.join(url, `reader${round}`);
    calm.push(...await probe(speaker, clients));
    reader.close();
    using _ = await joinUnread(server, "stalled");
    stalled.push(...await probe(speaker, clients));
  }
  const [calmMs, stalledMs] = [median(calm), median(stalled)];
  console.log(
    `a long message took ${calmMs.toFixed(1)} ms to reach fifty, and ${
      stalledMs.toFixed(1)
    } ms with a stalled reader (medians of ${calm.length})`,
  );
  return stalledMs - calmMs;
}

/** How long messages take to reach fifty, who are served first, in milliseconds. */
async function probe(
  speaker: RawWebSocket,
  clients: readonly BenchClient[],
): Promise<number[]> {
  const times: number[] = [];
  const message = JSON.stringify({
    type: "chat",
    source: "speaker",
    username: "s",
    value: "x".repeat(PROBE_LENGTH),
    noecho: true,
  });
  const few = clients.slice(0, 50);
  // The first one waits for what somebody's coming and going costs.
  for (let count = 0; count <= PROBES; count += 1) {
    const heard = few.map((client) => client.heard(client.chats + 1));
    const startMs = performance.now();
    await speaker.send(message);
    await Promise.all(heard);
    if (count > 0) times.push(performance.now() - startMs);
  }
  return times;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Lets somebody join who reads nothing. */
async function joinUnread(
  server: TestServer,
  id: string,
): Promise<RawWebSocket> {
  const socket = await RawWebSocket.open(Number(new URL(server.http).port));
  await socket.send(
    JSON.stringify({ type: "handshake", version: ["2"], id }),
  );
  await socket.send(
    '{"type":"join","kind":"join","group":"bench","username":"s","password":""}',
  );
  return socket;
}

console.log(JSON.stringify(await measure()));
Deno.exit(0);

/**
 * Two people who chat, and how long each message is under way. A process of its
 * own; see `line_process.ts`.
 *
 * @module
 */
import { serveLines } from "./line_process.ts";

/** Where to chat, and for how long. */
export interface ChatCommand {
  /** `http://HOST:PORT` */
  readonly http: string;
  readonly group: string;
  readonly seconds: number;
}

/** How long messages were under way. */
export interface ChatResult {
  readonly messages: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /**
   * By how much this process, which does next to nothing, was late itself: what
   * the machine adds, whoever serves.
   */
  readonly ownLateP99Ms: number;
  readonly ownLateMaxMs: number;
}

/** Between two messages, in milliseconds: less than people's, for more samples. */
const INTERVAL_MS = 20;

/** A client that has joined. */
function join(
  { http, group }: ChatCommand,
  username: string,
  onChat: (value: string) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(`${http.replace(/^http/, "ws")}/ws`);
  const say = (message: unknown) => socket.send(JSON.stringify(message));
  socket.onopen = () => {
    say({ type: "handshake", version: ["2"], id: username });
    say({ type: "join", kind: "join", group, username });
  };
  return new Promise((resolve, reject) => {
    socket.onclose = () => reject(new Error("The chat was closed"));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.type === "ping") say({ type: "pong" });
      if (message.type === "joined") resolve(socket);
      if (message.type === "chat") onChat(String(message.value));
    };
  });
}

async function chat(command: ChatCommand): Promise<ChatResult> {
  const latencies: number[] = [];
  const late: number[] = [];
  const listener = await join(command, "listener", (value) => {
    latencies.push(performance.now() - Number(value));
  });
  const speaker = await join(command, "speaker", () => {});
  const endMs = performance.now() + command.seconds * 1_000;
  let sent = 0;
  while (performance.now() < endMs) {
    const value = String(performance.now());
    const from = { source: "speaker", username: "speaker" };
    speaker.send(JSON.stringify({ type: "chat", ...from, value }));
    sent++;
    const before = performance.now();
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    late.push(performance.now() - before - INTERVAL_MS);
  }
  while (latencies.length < sent) {
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  speaker.close();
  listener.close();
  return {
    messages: sent,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    maxMs: quantile(latencies, 1),
    ownLateP99Ms: quantile(late, 0.99),
    ownLateMaxMs: quantile(late, 1),
  };
}

/** In tenths of a millisecond. */
function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(q * (sorted.length - 1))]! * 10) / 10;
}

await serveLines(chat);

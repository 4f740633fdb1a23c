import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import type { ChatCommand, ChatResult } from "./chat_client.ts";
import { LineProcess } from "./line_process.ts";
import type { LoadPeerContext } from "./load_peer.ts";
import { serverPid } from "./measure_scene.ts";
import { say } from "./say.ts";
import { runStep, type Scene } from "./scene.ts";
import { openServerScene } from "./server_scene.ts";

/** How much media there is, and for how long. */
export interface ChatExtent {
  /** Of each of the groups, of which there is one for each media worker. */
  readonly viewers: number;
  /** How many times real traffic is sent, one after the other; 0 for nothing. */
  readonly loads: readonly number[];
  /** Of each of these. */
  readonly seconds: number;
}

/** Chat at one load. */
export interface ChatFigures extends ChatResult {
  readonly load: number;
  /** How many processors the server keeps busy. */
  readonly serverCores: number;
  readonly packetsPerSecond: number;
  /** Of packets, 0 to 1. */
  readonly lost: number;
}

/**
 * Measures how long a chat message is under way while media loads all cores: one
 * group for each media worker, and two others who chat.
 */
export async function measureChat(
  { viewers, loads, seconds }: ChatExtent,
  context: LoadPeerContext,
): Promise<ChatFigures[]> {
  const names = Array.from(
    { length: navigator.hardwareConcurrency },
    (_, n) => `load${n}`,
  );
  const groups = Object.fromEntries(
    [...names, "chat"].map((name) => [name, OPEN_GROUP]),
  );
  await using server = await TestServer.start({ groups });
  await using chat = new LineProcess("chat_client.ts");
  const pid = serverPid();
  const { http, media: mediaPort } = server;
  const scenes: Scene[] = [];
  for (const group of names) {
    const options = { http, mediaPort, pid, group, publishers: 1, viewers };
    scenes.push(await openServerScene(options, context));
  }
  say(`chat: ${viewers} viewers in each of ${names.length} groups`);
  const all: Scene = {
    publishers: scenes.flatMap(({ publishers }) => publishers),
    subscribers: scenes.flatMap(({ subscribers }) => subscribers),
    close: () => scenes.forEach((scene) => scene.close()),
  };
  const results: ChatFigures[] = [];
  for (const load of loads) {
    await chat.tell({ http, group: "chat", seconds } satisfies ChatCommand);
    const step = load > 0
      ? await runStep(all, context.socket, {
        kind: "video",
        load,
        seconds,
        pid,
      })
      : undefined;
    const answer = await chat.answer<ChatResult>();
    results.push({
      load,
      serverCores: step ? step.cpuSeconds / step.wallSeconds : 0,
      packetsPerSecond: Math.round(step?.packetsPerSecond ?? 0),
      lost: step ? 1 - step.received / step.expected : 0,
      ...answer,
    });
    say(`chat: ${JSON.stringify(results.at(-1))}`);
  }
  all.close();
  return results;
}

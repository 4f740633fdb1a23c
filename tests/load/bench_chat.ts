/**
 * How long a chat message is under way while media loads all cores: one group
 * for each media worker, and others who chat. Prints one line of JSON.
 *
 * @module
 */
import { createCredentials } from "../../sfu/transport/dtls/certificate.ts";
import { openNativeLibraries } from "../../sfu/transport/native/choose_ports.ts";
import { createNativeSrtpProvider } from "../../sfu/transport/native/native_srtp.ts";
import { TestServer } from "../support/server.ts";
import { OPEN_GROUP } from "../support/test_call.ts";
import type { ChatCommand, ChatResult } from "./chat_client.ts";
import { LineProcess } from "./line_process.ts";
import { LoadSocket } from "./load_socket.ts";
import { serverPid } from "./measure_scene.ts";
import { say } from "./say.ts";
import { runStep, type Scene } from "./scene.ts";
import { openServerScene } from "./server_scene.ts";

const VIEWERS = 60;
/** How many times real traffic is sent; the last ones are more than is carried. */
const LOADS = [0, 1, 4, 16];
const SECONDS = 5;

async function main(): Promise<unknown[]> {
  const { libc, libcrypto } = openNativeLibraries();
  const context = {
    socket: new LoadSocket(),
    srtp: createNativeSrtpProvider(libc, libcrypto),
    credentials: await createCredentials(),
  };
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
    const shape = { publishers: 1, viewers: VIEWERS };
    const options = { http, mediaPort, pid, group, ...shape };
    scenes.push(await openServerScene(options, context));
  }
  say(`${VIEWERS} viewers in each of ${names.length} groups are connected`);
  const all: Scene = {
    publishers: scenes.flatMap(({ publishers }) => publishers),
    subscribers: scenes.flatMap(({ subscribers }) => subscribers),
    close: () => scenes.forEach((scene) => scene.close()),
  };
  const results: unknown[] = [];
  for (const load of LOADS) {
    const seconds = SECONDS;
    await chat.tell(
      { http, group: "chat", seconds } satisfies ChatCommand,
    );
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
      serverCores: step && step.cpuSeconds / step.wallSeconds,
      packetsPerSecond: step && Math.round(step.packetsPerSecond),
      lost: step && 1 - step.received / step.expected,
      ...answer,
    });
    say(JSON.stringify(results.at(-1)));
  }
  all.close();
  context.socket.close();
  return results;
}

if (import.meta.main) {
  console.log(JSON.stringify(await main()));
  Deno.exit(0);
}

import { OPEN_GROUP } from "../support/test_call.ts";
import { TestServer } from "../support/server.ts";
import type { FloorResult } from "./floor.ts";
import { LineProcess } from "./line_process.ts";
import type { LoadPeerContext } from "./load_peer.ts";
import type { LoadSocket } from "./load_socket.ts";
import { descendants } from "./process_cpu.ts";
import { openRelayScene } from "./relay_scene.ts";
import { say } from "./say.ts";
import {
  consent,
  drain,
  type LoadStep,
  runStep,
  type Scene,
  type StepResult,
} from "./scene.ts";
import { openServerScene } from "./server_scene.ts";
import type { TrafficKind } from "./traffic.ts";

/** Who is in a call: publishers see each other, viewers see all publishers. */
export interface SceneShape {
  readonly publishers: number;
  readonly viewers: number;
}

/** How long it is measured. */
export interface Pace {
  /** How often each of the contestants has its turn. */
  readonly rounds: number;
  /** Of one turn. */
  readonly seconds: number;
  /** How often the interval of possible highest loads is halved. */
  readonly searches: number;
  /** Where the search ends. */
  readonly maxLoad: number;
}

/** The server at one load. */
export interface ServerFigures {
  readonly packetsPerSecond: number;
  readonly packetsPerCpuSecond: number;
  readonly gbitPerCpuSecond: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** Of packets that should have come, 0 to 1. */
  readonly loss: number;
}

/** What was measured of one scene: medians over the rounds. */
export interface SceneFigures {
  /** At the highest load without loss that was found. */
  readonly server: ServerFigures;
  /** At half of that. */
  readonly half: ServerFigures;
  /** Packets per second of processor time at the same load. */
  readonly floor: number;
  /** The same at werift's highest load without loss. */
  readonly werift: number;
  readonly handshakeCpuMs: number;
  readonly weriftHandshakeCpuMs: number;
}

/** Loads from which the highest is searched for: where they certainly do no harm. */
const FIRST_LOAD = { server: 1, werift: 0.25 } as const;
/** How much of what is expected may be missing where there is "no loss". */
const TOLERATED_LOSS = 1e-4;
/** How much less is tried where a short step was carried and a long one is not. */
const STEP_BACK = 7 / 8;
/**
 * Whoever takes longer for 99 of 100 packets is falling behind: it would lose
 * some in the end, and until then shows a load that it does not carry.
 */
const TOLERATED_LATENCY_MS = 20;

/** Measures server, floor and werift in turn. */
export async function measureScene(
  shape: SceneShape,
  kind: TrafficKind,
  pace: Pace,
  context: LoadPeerContext,
): Promise<SceneFigures> {
  const { socket } = context;
  const { publishers, viewers } = shape;
  const name = `${kind}, ${publishers} → ${viewers || publishers - 1}`;
  await using server = await TestServer.start({ groups: { load: OPEN_GROUP } });
  await using relay = new LineProcess("werift_relay.ts");
  await using floor = new LineProcess("floor.ts");
  const pid = serverPid();
  const scene = await openServerScene({
    http: server.http,
    mediaPort: server.media,
    pid,
    group: "load",
    ...shape,
  }, context);
  const subscribers = scene.subscribers.length;
  say(`${name}: ${subscribers} subscribers of the server are connected`);
  const relayed = await openRelayScene(
    relay,
    { publishers, subscribers },
    context,
  );
  say(`${name}: ${subscribers} subscribers of werift are connected`);
  const floorLoad = new FloorLoad(floor, socket, { publishers, subscribers });

  const run = async (of: Scene, step: LoadStep) => {
    await consent([scene, relayed], socket);
    return await runStep(of, socket, step);
  };
  const search = (of: Scene, pid: number, first: number) =>
    highestLoad(
      first,
      pace,
      (load, seconds) => run(of, { kind, load, seconds, pid }),
    );
  const highest = await search(scene, pid, FIRST_LOAD.server);
  const weriftLoad = await search(relayed, relay.pid, FIRST_LOAD.werift);
  const full: StepResult[] = [];
  const half: StepResult[] = [];
  const werift: StepResult[] = [];
  const floors: FloorResult[] = [];
  for (let round = 0; round < pace.rounds; round++) {
    const { seconds } = pace;
    full.push(await run(scene, { kind, load: highest, seconds, pid }));
    floors.push(await floorLoad.run(kind, highest, seconds));
    half.push(await run(scene, { kind, load: highest / 2, seconds, pid }));
    const step = { kind, load: weriftLoad, seconds, pid: relay.pid };
    werift.push(await run(relayed, step));
  }
  scene.close();
  relayed.close();
  const figures: SceneFigures = {
    server: toFigures(full),
    half: toFigures(half),
    floor: median(floors.map((one) => one.packets / one.cpuSeconds)),
    werift: toFigures(werift).packetsPerCpuSecond,
    handshakeCpuMs: scene.handshakeCpuMs,
    weriftHandshakeCpuMs: relayed.handshakeCpuMs,
  };
  say(`${name}: ${JSON.stringify(figures, undefined, 1)}`);
  return figures;
}

/** The process that runs `main.ts`: the last one that was started. */
export function serverPid(): number {
  const pid = descendants(Deno.pid).find((pid) =>
    Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("main.ts")
  );
  if (pid === undefined) throw new Error("The server has no process");
  return pid;
}

/**
 * The highest load that is carried, to the precision of so many halvings: first
 * looked for in short steps, and then lowered until a whole one is carried too.
 */
async function highestLoad(
  first: number,
  { searches, maxLoad, seconds }: Pace,
  run: (load: number, seconds: number) => Promise<StepResult>,
): Promise<number> {
  let good = first;
  let bad = first * 2;
  while (bad <= maxLoad && isCarried(await run(bad, seconds / 2))) {
    good = bad;
    bad *= 2;
  }
  for (let i = 0; i < searches; i++) {
    const middle = (good + bad) / 2;
    if (isCarried(await run(middle, seconds / 2))) good = middle;
    else bad = middle;
  }
  while (good > first && !isCarried(await run(good, seconds))) {
    good = Math.max(first, good * STEP_BACK);
  }
  return good;
}

function isCarried(result: StepResult): boolean {
  const lost = result.expected - result.received;
  return lost <= result.expected * TOLERATED_LOSS &&
    result.latencyP99Ms < TOLERATED_LATENCY_MS;
}

/** Drives `floor.ts`, and takes what it sends. */
class FloorLoad {
  readonly #process: LineProcess;
  readonly #socket: LoadSocket;
  readonly #shape: { publishers: number; subscribers: number };
  readonly #firstNumber: number;

  constructor(
    process: LineProcess,
    socket: LoadSocket,
    shape: { publishers: number; subscribers: number },
  ) {
    this.#process = process;
    this.#socket = socket;
    this.#shape = shape;
    const numbers = Array.from(
      { length: shape.subscribers },
      () => socket.add({ handleDatagram: () => true }),
    );
    this.#firstNumber = numbers[0]!;
  }

  async run(
    kind: TrafficKind,
    load: number,
    seconds: number,
  ): Promise<FloorResult> {
    await this.#process.tell({
      kind,
      load,
      seconds,
      port: this.#socket.port,
      firstNumber: this.#firstNumber,
      ...this.#shape,
    });
    drain(this.#socket, seconds);
    return await this.#process.answer<FloorResult>();
  }
}

function toFigures(results: readonly StepResult[]): ServerFigures {
  const of = (figure: (result: StepResult) => number) =>
    median(results.map(figure));
  return {
    packetsPerSecond: of((it) => it.packetsPerSecond),
    packetsPerCpuSecond: of((it) => it.received / it.cpuSeconds),
    gbitPerCpuSecond: of((it) => it.receivedBytes * 8e-9 / it.cpuSeconds),
    latencyP50Ms: of((it) => it.latencyP50Ms),
    latencyP99Ms: of((it) => it.latencyP99Ms),
    loss: of((it) => 1 - it.received / it.expected),
  };
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

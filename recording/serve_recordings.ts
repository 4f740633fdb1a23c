import { assertNever } from "../lib/assert_never.ts";
import type { Clock } from "../lib/time.ts";
import type { GroupName } from "../protocol/ids.ts";
import type { PublisherKey } from "../protocol/media_plane.ts";
import { Plane } from "../sfu/plane.ts";
import type { RelayEvent } from "../sfu/relay/relay_messages.ts";
import { Relays } from "../sfu/relay/relays.ts";
import { systemRandomBytes } from "../sfu/transport/random.ts";
import { recordingName } from "./file_names.ts";
import { explain, FlowRecorder } from "./flow_recorder.ts";
import type {
  FromRecordingWorker,
  ToRecordingWorker,
} from "./recording_messages.ts";
import { createSilentHub } from "./silent_hub.ts";

/** How often what is due is done, in milliseconds. */
const POLL_INTERVAL_MS = 20;

/** The part of a worker's global scope that is used here. */
export interface RecordingScope {
  onmessage: ((event: MessageEvent<ToRecordingWorker>) => void) | null;
  postMessage(message: FromRecordingWorker): void;
}

/**
 * Runs the recorder in a worker: publishers are relayed to it, as to a media
 * worker that has viewers of them (ADR 0036), and are written.
 */
export function serveRecordings(scope: RecordingScope, clock: Clock): void {
  const recordings = new Recordings(scope, clock);
  scope.onmessage = ({ data }) => recordings.handle(data);
}

/** All flows that are recorded, of all groups. */
class Recordings {
  readonly #scope: RecordingScope;
  readonly #clock: Clock;
  readonly #plane: Plane;
  readonly #relays: Relays;
  readonly #flows = new Map<PublisherKey, FlowRecorder>();
  #directory = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(scope: RecordingScope, clock: Clock) {
    this.#scope = scope;
    this.#clock = clock;
    this.#plane = new Plane({
      hub: createSilentHub(),
      random: systemRandomBytes,
      clock,
      onEvent() {},
      onError: (error) => this.#logBug(error),
    });
    this.#relays = new Relays(this.#plane, (event) => this.#tell(event));
  }

  handle(message: ToRecordingWorker): void {
    try {
      this.#carryOut(message);
    } catch (error) {
      this.#logBug(error);
    }
  }

  #carryOut(message: ToRecordingWorker): void {
    switch (message.kind) {
      case "open":
        this.#directory = message.directory;
        return;
      case "prepare":
        return this.#prepare(message.group);
      case "record":
        return this.#record(message);
      case "offer": {
        const { publisher, sdp } = message;
        return this.#relays.handle({ kind: "offer-relay", publisher, sdp });
      }
      case "release":
        return this.#release(message.publisher);
      case "close":
        for (const publisher of [...this.#flows.keys()]) {
          this.#release(publisher);
        }
        this.#relays.close();
        return this.#scope.postMessage({ kind: "closed" });
      default:
        assertNever(message);
    }
  }

  /** Makes the folder, and finds out whether it can be written to. */
  #prepare(group: GroupName): void {
    try {
      Deno.mkdirSync(this.#folder(group), { recursive: true, mode: 0o700 });
      const probe = Deno.makeTempFileSync({ dir: this.#folder(group) });
      Deno.removeSync(probe);
    } catch (error) {
      const text = `Cannot record: ${explain(error)}`;
      this.#tellGroup({ kind: "recording-failed", group, text });
    }
  }

  #record(
    { publisher: key, group, username, codecs, sdp, memory }:
      & ToRecordingWorker
      & { kind: "record" },
  ): void {
    const ring = { id: key, memory };
    this.#relays.handle({
      kind: "open-relay",
      publisher: key,
      codecs,
      sdp,
      ring,
    });
    const publisher = this.#plane.publisherOf(key);
    if (publisher === undefined) return;
    const recorder = new FlowRecorder({
      publisher,
      nextPath: () => {
        const now = new Date(this.#clock.now().wall);
        return `${this.#folder(group)}/${recordingName(now, username)}`;
      },
      warn: (text) =>
        this.#tellGroup({ kind: "recording-warning", group, text }),
    });
    this.#flows.set(key, recorder);
    this.#timer ??= setInterval(() => this.#poll(), POLL_INTERVAL_MS);
  }

  #release(publisher: PublisherKey): void {
    const flow = this.#flows.get(publisher);
    this.#flows.delete(publisher);
    // First what came last.
    flow?.poll(this.#clock.now().instant);
    flow?.close(this.#clock.now().instant);
    this.#relays.handle({ kind: "drop-ring", ring: publisher });
    this.#relays.handle({ kind: "close-relay", publisher });
    if (this.#flows.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    this.#plane.poll();
    const { instant } = this.#clock.now();
    for (const flow of this.#flows.values()) {
      try {
        flow.poll(instant);
      } catch (error) {
        this.#logBug(error);
      }
    }
  }

  /** The plane wants keyframes as for viewers; all else is for others to say. */
  #tell(event: RelayEvent): void {
    if (event.kind !== "relay-feedback") return;
    const { publisher, feedback: { keyframes: sources } } = event;
    if (sources.length === 0) return;
    this.#scope.postMessage({ kind: "want-keyframes", publisher, sources });
  }

  #tellGroup(event: (FromRecordingWorker & { kind: "event" })["event"]): void {
    this.#scope.postMessage({ kind: "event", event });
  }

  #logBug(error: unknown): void {
    const text = error instanceof Error ? error.stack : undefined;
    this.#scope.postMessage({
      kind: "log",
      level: "error",
      text: "bug in recording",
      fields: { error: text ?? String(error) },
    });
  }

  /** Names of groups are checked where they come in; subgroups nest. */
  #folder(group: GroupName): string {
    return `${this.#directory}/${group}`;
  }
}

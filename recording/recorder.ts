import { assertNever } from "../lib/assert_never.ts";
import type { Log } from "../lib/log.ts";
import type { GroupName } from "../protocol/ids.ts";
import type {
  MediaCommand,
  PlaneEvent,
  PublisherKey,
} from "../protocol/media_plane.ts";
import type {
  RecordingCommand,
  RecordingEvent,
} from "../protocol/recording.ts";
import { createRingMemory } from "../sfu/relay/packet_ring.ts";
import type {
  FromRecordingWorker,
  ToRecordingWorker,
} from "./recording_messages.ts";

/**
 * How much of a flow's packets waits for the recording thread, in bytes, a power
 * of two. Lower saves memory; higher bears a slow disk for longer: this much is
 * two seconds of 4 Mbit/s.
 */
const RING_BYTES = 1 << 20;

/** How long the thread has to complete its files at the end, in milliseconds. */
const CLOSE_MS = 3_000;

/** What a recorder is made of. */
export interface RecorderOptions {
  /** What the thread runs: it calls `serveRecordings()`. */
  readonly module: URL;
  /** Where recordings are: a folder for each group. Made when it is needed. */
  readonly directory: string;
  /** To the media plane, whose events are given to {@linkcode Recorder.take}. */
  readonly command: (command: MediaCommand) => void;
  readonly onEvent: (event: RecordingEvent) => void;
  readonly log: Log;
}

type Recorded = RecordingCommand & { readonly kind: "record-publisher" };

/** A publisher that is recorded. */
interface Recording {
  readonly command: Recorded;
  readonly memory: SharedArrayBuffer;
  /** Whether the thread has it. */
  isOpen: boolean;
}

/**
 * The main thread's part in recording: has publishers tapped and their packets
 * written by a thread of its own, which is started when it is needed first.
 * Touches no packet. To be closed.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #recordings = new Map<PublisherKey, Recording>();
  readonly #groups = new Set<GroupName>();
  #worker: Worker | undefined;
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Carries out a command. */
  handle(command: RecordingCommand): void {
    switch (command.kind) {
      case "prepare-recording":
        this.#groups.add(command.group);
        return this.#say({ kind: "prepare", group: command.group });
      case "record-publisher": {
        const memory = createRingMemory(RING_BYTES);
        const { publisher } = command;
        this.#recordings.set(publisher, { command, memory, isOpen: false });
        return this.#tap(publisher);
      }
      case "release-publisher":
        return this.#release(command.publisher);
      default:
        assertNever(command);
    }
  }

  /** Takes what the media plane says, of which some is for a recorder only. */
  take(event: PlaneEvent): void {
    if (event.kind === "publisher-tapped") this.#open(event);
    // It may have moved to another worker, or has other tracks now.
    else if (event.kind === "publisher-answered") this.#tap(event.publisher);
  }

  /** Has all files completed. Idempotent. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#closed ??= Promise.withResolvers();
    this.#say({ kind: "close" });
    const timer = setTimeout(this.#closed.resolve, CLOSE_MS);
    await this.#closed.promise;
    clearTimeout(timer);
    worker.terminate();
    this.#worker = undefined;
  }

  #tap(publisher: PublisherKey): void {
    const recording = this.#recordings.get(publisher);
    if (recording === undefined) return;
    const { memory } = recording;
    const ring = toRing(publisher);
    this.#options.command({ kind: "tap-publisher", publisher, ring, memory });
  }

  #open(
    { publisher, codecs, sdp }: PlaneEvent & { kind: "publisher-tapped" },
  ): void {
    const recording = this.#recordings.get(publisher);
    if (recording === undefined) return;
    const { command, memory, isOpen } = recording;
    recording.isOpen = true;
    if (isOpen) return this.#say({ kind: "offer", publisher, sdp });
    const { group, username } = command;
    this.#say({
      kind: "record",
      publisher,
      group,
      username,
      codecs,
      sdp,
      memory,
    });
  }

  #release(publisher: PublisherKey): void {
    const ring = toRing(publisher);
    if (!this.#recordings.delete(publisher)) return;
    this.#options.command({ kind: "untap-publisher", publisher, ring });
    this.#say({ kind: "release", publisher });
  }

  #say(message: ToRecordingWorker): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const { module, directory } = this.#options;
    const worker = startWorker(module, directory);
    worker.onmessage = ({ data }) => this.#handle(data as FromRecordingWorker);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message);
    };
    worker.postMessage(
      { kind: "open", directory } satisfies ToRecordingWorker,
    );
    return worker;
  }

  #handle(message: FromRecordingWorker): void {
    switch (message.kind) {
      case "event":
        return this.#options.onEvent(message.event);
      case "want-keyframes": {
        const { publisher, sources: keyframes } = message;
        const ring = toRing(publisher);
        const kind = "heed-tap";
        return this.#options.command({ kind, publisher, ring, keyframes });
      }
      case "log":
        return this.#options.log[message.level](message.text, message.fields);
      case "closed":
        return this.#closed?.resolve();
      default:
        assertNever(message);
    }
  }

  /** Recordings are over then; the calls go on. */
  #die(reason: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#closed?.resolve();
    this.#options.log.error("The recording thread has died", { reason });
    for (const publisher of this.#recordings.keys()) {
      const ring = toRing(publisher);
      this.#options.command({ kind: "untap-publisher", publisher, ring });
    }
    this.#recordings.clear();
    const groups = [...this.#groups];
    this.#groups.clear();
    for (const group of groups) {
      const text = "The recording has broken off; begin it again";
      this.#options.onEvent({ kind: "recording-failed", group, text });
    }
  }
}

/** Rings between media workers count up from 1. */
function toRing(publisher: PublisherKey): number {
  return -publisher;
}

/** It may write below that folder, and nothing else. */
function startWorker(module: URL, directory: string): Worker {
  return new Worker(module, {
    type: "module",
    name: "recording",
    deno: {
      permissions: {
        net: false,
        sys: false,
        ffi: false,
        env: false,
        read: [directory],
        write: [directory],
        run: false,
        import: false,
      },
    },
  });
}

import { type ReadonlySignal, signal } from "@preact/signals";

/** Lower shows a voice sooner; higher takes less of the processor. */
const INTERVAL_MS = 120;
/** Lower takes breath for speech; higher misses soft voices. From 0 to 1. */
const SPEECH_LEVEL = 0.035;
/** Lower flickers between words; higher points at who has long stopped. */
const HOLD_MS = 600;

/** How much of the sound is looked at each time: some ten milliseconds. */
const SAMPLES = 512;

/** A source that is listened to. */
interface Meter {
  readonly source: MediaStreamAudioSourceNode;
  readonly analyser: AnalyserNode;
  level: number;
  lastSpokeMs: number;
}

/** Lets somebody else decide what is listened to. */
export interface LevelWatch {
  /** Listens to a stream; any earlier one of that key goes. */
  watch(key: string, media: MediaStream): void;
  /** Listens to it no longer. */
  unwatch(key: string): void;
}

/**
 * Measures how loud streams are, and so who speaks.
 *
 * Starts to measure with the first stream and rests without any; a page that
 * may not play sound yet measures nothing.
 */
export class AudioLevels implements LevelWatch {
  readonly #meters = new Map<string, Meter>();
  readonly #speaking = signal<ReadonlySet<string>>(new Set());
  /** For one source after the other. */
  readonly #samples = new Float32Array(SAMPLES);
  #context: AudioContext | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** The keys of the streams in which somebody speaks right now. */
  get speaking(): ReadonlySignal<ReadonlySet<string>> {
    return this.#speaking;
  }

  /** Listens to a stream with an audio track; any earlier one of that key goes. */
  watch(key: string, media: MediaStream): void {
    this.unwatch(key);
    if (media.getAudioTracks().length === 0) return;
    this.#context ??= new AudioContext();
    const source = this.#context.createMediaStreamSource(media);
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = SAMPLES;
    source.connect(analyser);
    this.#meters.set(key, {
      source,
      analyser,
      level: 0,
      lastSpokeMs: -HOLD_MS,
    });
    this.#timer ??= setInterval(() => this.#measure(), INTERVAL_MS);
  }

  /** Listens to it no longer. */
  unwatch(key: string): void {
    const meter = this.#meters.get(key);
    if (meter === undefined) return;
    meter.source.disconnect();
    this.#meters.delete(key);
    if (this.#meters.size === 0) this.#rest();
  }

  /** The latest loudness from 0 to 1; 0 for a key that is not watched. */
  level(key: string): number {
    return this.#meters.get(key)?.level ?? 0;
  }

  /** Browsers let sound begin with a click: call this in its handler. */
  async resume(): Promise<void> {
    await this.#context?.resume();
  }

  /** Ends it for good. */
  close(): void {
    for (const key of [...this.#meters.keys()]) this.unwatch(key);
    void this.#context?.close();
    this.#context = undefined;
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#speaking.value = new Set();
  }

  #measure(): void {
    const now = performance.now();
    const speaking = new Set<string>();
    for (const [key, meter] of this.#meters) {
      meter.level = this.#loudness(meter.analyser);
      if (meter.level > SPEECH_LEVEL) meter.lastSpokeMs = now;
      if (now - meter.lastSpokeMs < HOLD_MS) speaking.add(key);
    }
    // The same set again must not make every tile render.
    if (!sameMembers(speaking, this.#speaking.peek())) {
      this.#speaking.value = speaking;
    }
  }

  /** The root mean square of what came last, from 0 to 1. */
  #loudness(analyser: AnalyserNode): number {
    analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.sqrt(sum / SAMPLES);
  }
}

function sameMembers(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((member) => b.has(member));
}

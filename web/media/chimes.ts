/** What a chime may tell of. */
export type Chime = "message" | "came" | "went" | "hand" | "test";

/** A tone of a chime. */
interface Tone {
  readonly hertz: number;
  readonly atSeconds: number;
  readonly seconds: number;
}

const CHIMES: Readonly<Record<Chime, readonly Tone[]>> = {
  message: [{ hertz: 880, atSeconds: 0, seconds: 0.12 }],
  came: [
    { hertz: 523, atSeconds: 0, seconds: 0.14 },
    { hertz: 784, atSeconds: 0.1, seconds: 0.2 },
  ],
  went: [
    { hertz: 784, atSeconds: 0, seconds: 0.14 },
    { hertz: 523, atSeconds: 0.1, seconds: 0.2 },
  ],
  hand: [
    { hertz: 659, atSeconds: 0, seconds: 0.14 },
    { hertz: 659, atSeconds: 0.16, seconds: 0.14 },
  ],
  test: [
    { hertz: 523, atSeconds: 0, seconds: 0.25 },
    { hertz: 659, atSeconds: 0.2, seconds: 0.25 },
    { hertz: 784, atSeconds: 0.4, seconds: 0.5 },
  ],
};

/** Louder startles; softer is not noticed. From 0 to 1. */
const VOLUME = 0.08;
/** A test must be heard in a noisy room. */
const TEST_VOLUME = 0.3;

/** Short sounds, made rather than loaded, so that nothing has to be fetched. */
export class Chimes {
  #context: AudioContext | undefined;

  /**
   * Plays a chime, by the default loudspeaker or the one with that id where the
   * browser lets pages choose.
   */
  play(chime: Chime, speakerId = ""): void {
    const context = this.#context ??= new AudioContext();
    // Before the first click on the page it stays silent, which is no error.
    context.resume().catch(() => undefined);
    if ("setSinkId" in context && typeof context.setSinkId === "function") {
      Promise.resolve(context.setSinkId(speakerId)).catch(() => undefined);
    }
    const volume = chime === "test" ? TEST_VOLUME : VOLUME;
    for (const tone of CHIMES[chime]) playTone(context, tone, volume);
  }
}

function playTone(
  context: AudioContext,
  { hertz, atSeconds, seconds }: Tone,
  volume: number,
): void {
  const start = context.currentTime + atSeconds;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds);
}

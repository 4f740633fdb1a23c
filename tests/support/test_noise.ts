const SAMPLE_RATE = 48_000;
const SECONDS = 5;
/** Of a full swing. */
const LOUDNESS = 0.2;

/** White noise, the same every time, as a WAVE file: 48 kHz, one channel. */
export function noise(): Uint8Array {
  const samples = new Int16Array(SAMPLE_RATE * SECONDS);
  let seed = 1;
  for (let at = 0; at < samples.length; at++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    samples[at] = (seed / 2 ** 31 - 1) * LOUDNESS * 0x7fff;
  }
  const file = new Uint8Array(44 + samples.byteLength);
  const view = new DataView(file.buffer);
  const write = (at: number, text: string) =>
    file.set(new TextEncoder().encode(text), at);
  write(0, "RIFF");
  view.setUint32(4, 36 + samples.byteLength, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SAMPLE_RATE, true);
  view.setUint32(28, 2 * SAMPLE_RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, samples.byteLength, true);
  file.set(new Uint8Array(samples.buffer), 44);
  return file;
}

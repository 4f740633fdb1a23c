/** Tells what the benchmark does. */
export function say(line: string): void {
  console.error(`bench: ${(performance.now() / 1_000).toFixed(1)} s: ${line}`);
}

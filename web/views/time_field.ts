/** A moment as a field for local times has it, without seconds. */
export function toTimeField(timeMs: number): string {
  const offsetMs = new Date(timeMs).getTimezoneOffset() * 60_000;
  return new Date(timeMs - offsetMs).toISOString().slice(
    0,
    "yyyy-mm-ddThh:mm".length,
  );
}

/** Whether a value is an object of JSON, and not a list or `null`. */
export function isRecord(
  value: unknown,
): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Gives known fields their own spelling, whatever case they are written in, and
 * takes out those that are `null`, as Go's decoder does.
 */
export function spell(
  object: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => {
        const lower = name.toLowerCase();
        const known = fields.find((field) => field.toLowerCase() === lower);
        return [known ?? name, value];
      }),
  );
}
